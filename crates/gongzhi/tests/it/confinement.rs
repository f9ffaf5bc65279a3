//! The processes that take foreign files in hand: what they hold, what they may, and how many there are.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gongzhi_engine::read::{Limits, RawEvent, WorkerCommand, WorkerPool};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

use crate::program::run_in;

/// The program by a name of its own, so that its processes are told from those of other tests.
struct Named {
    folder: tempfile::TempDir,
}

impl Named {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        symlink(env!("CARGO_BIN_EXE_gongzhi"), folder.path().join("gongzhi")).unwrap();
        Self { folder }
    }

    fn pool(&self, limits: Limits) -> WorkerPool {
        let program = self.folder.path().join("gongzhi");
        WorkerPool::new(WorkerCommand { program, arguments: vec!["read-worker".into()] }, 4, limits)
    }

    /// A sheet too large for a pipe: who reads it is still at it after its first row.
    fn sheet(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let rows: String = (0..200_000).map(|row| format!("演示第{row}号,{row}\n")).collect();
        fs::write(&path, format!("名称,金额\n{rows}")).unwrap();
        path
    }

    /// The folders of its processes in `/proc`.
    fn processes(&self) -> Vec<PathBuf> {
        let name = self.folder.path().join("gongzhi").to_string_lossy().into_owned();
        let is_one =
            |path: &PathBuf| fs::read(path.join("cmdline")).is_ok_and(|words| words.starts_with(name.as_bytes()));
        fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path()).filter(is_one).collect()
    }
}

/// The lines `name: value` of a file of a process.
fn lines(path: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

#[test]
fn a_reading_process_holds_nothing_but_its_file_and_can_get_nothing_else() {
    let named = Named::new();
    let pool = named.pool(Limits::default());
    let mut stream = pool.read_raw(&named.sheet("名称.csv")).unwrap();
    while !matches!(stream.next_event().unwrap(), Some(RawEvent::Row(_))) {}
    let processes = named.processes();
    assert_eq!(processes.len(), 1);
    let process = &processes[0];
    let status = lines(&process.join("status"));
    assert_eq!((status["Seccomp"].as_str(), status["NoNewPrivs"].as_str()), ("2", "1"));
    assert_eq!(status["Threads"], "1");
    assert_eq!(fs::read(process.join("environ")).unwrap(), b"", "no environment");
    assert_eq!(fs::read_link(process.join("cwd")).unwrap(), Path::new("/"));
    assert_eq!(fs::read_to_string(process.join("cmdline")).unwrap().matches("csv").count(), 0, "no path");
    let open = fs::read_dir(process.join("fd")).unwrap().flatten();
    let mut open: Vec<String> =
        open.map(|entry| fs::read_link(entry.path()).unwrap().to_string_lossy().into_owned()).collect();
    open.retain(|name| !name.starts_with("socket:") && !name.starts_with("pipe:") && name != "/dev/null");
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(open[0].ends_with("名称.csv"), "{open:?}");
    let limits = fs::read_to_string(process.join("limits")).unwrap();
    let limit = |name: &str| -> Vec<String> {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().take(2).map(str::to_owned).collect()
    };
    for (name, most) in
        [("Max file size", "0"), ("Max core file size", "0"), ("Max processes", "0"), ("Max open files", "16")]
    {
        assert_eq!(limit(name), [most, most], "{name}");
    }
    let memory = limit("Max address space");
    assert!(memory[0] == memory[1] && memory[0].parse::<u64>().unwrap() < 4 << 30, "{memory:?}");
    let seconds = limit("Max cpu time").iter().map(|limit| limit.parse::<u64>().unwrap()).collect::<Vec<_>>();
    assert!(seconds[0] < 60 && seconds[1] <= 24 * 60 * 60, "{seconds:?}");
}

#[test]
fn at_most_so_many_processes_read_at_once_and_the_next_waits_for_its_turn() {
    let named = Named::new();
    let pool = named.pool(Limits { at_once: 2, ..Limits::default() });
    let sheets = ["1.csv", "2.csv", "3.csv", "4.csv", "5.csv"].map(|name| named.sheet(name));
    let mut held: Vec<_> = sheets[..2].iter().map(|sheet| pool.read_raw(sheet).unwrap()).collect();
    held.iter_mut().for_each(|stream| assert!(stream.next_event().unwrap().is_some()));
    let (told, ended) = std::sync::mpsc::channel();
    let waiting: Vec<_> = sheets[2..]
        .iter()
        .cloned()
        .map(|sheet| {
            let (pool, told) = (pool.clone(), told.clone());
            std::thread::spawn(move || {
                let mut stream = pool.read_raw(&sheet).unwrap();
                while stream.next_event().unwrap().is_some() {}
                told.send(()).unwrap();
            })
        })
        .collect();
    let early = ended.recv_timeout(Duration::from_millis(300));
    assert!(early.is_err(), "a third reads beside two");
    assert_eq!(named.processes().len(), 2);
    drop(held);
    for _ in &waiting {
        ended.recv().unwrap();
        assert!(named.processes().len() <= 2);
    }
    waiting.into_iter().for_each(|thread| thread.join().unwrap());
}

/// Takes landlock and seccomp away from this thread and the programs it starts, as an older kernel would lack them.
fn be_an_older_kernel() {
    let calls = [libc::SYS_landlock_create_ruleset, libc::SYS_seccomp].map(|call| (call, Vec::new()));
    let lacking = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into().unwrap();
    let filter = SeccompFilter::new(calls.into_iter().collect(), SeccompAction::Allow, lacking, arch).unwrap();
    let filter: BpfProgram = filter.try_into().unwrap();
    apply_filter(&filter).unwrap();
}

#[test]
fn what_a_kernel_lacks_is_said_once_and_the_work_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["1.csv", "2.csv", "3.csv"] {
        fs::write(folder.path().join(name), "名称,金额\n甲,1\n").unwrap();
    }
    let words = ["intake", "--dry-run", "--json", "1.csv", "2.csv", "3.csv"];
    let confined = run_in(folder.path(), &words);
    let older = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            be_an_older_kernel();
            run_in(folder.path(), &words)
        });
        thread.join().unwrap()
    });
    assert_eq!(older.status.code(), confined.status.code());
    assert_eq!(older.stdout, confined.stdout, "what is read is read");
    assert_eq!(String::from_utf8_lossy(&older.stdout).lines().count(), 3);
    let said = String::from_utf8_lossy(&older.stderr).into_owned();
    assert_eq!(said.matches("landlock, seccomp").count(), 1, "{said}");
    assert!(!String::from_utf8_lossy(&confined.stderr).contains("landlock"), "this kernel confines");
}
