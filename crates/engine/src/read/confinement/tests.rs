//! A child of the tests shuts itself in and tries what a hostile file would have a reader do.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use seccompiler::sock_filter;

use super::*;

/// The variable by which the child is told what it gives up and where it tries.
const TRIES: &str = "GONGZHI_TEST_TRIES";
/// What a child may still do.
const LEFT: [&str; 4] = ["read what is open", "seek in it", "memory", "the clock"];
/// Nobody in particular.
const NOBODY: u32 = 65_534;

/// One try and whether it went through.
type Tried = (&'static str, bool);

fn on_paths(folder: &Path) -> Vec<Tried> {
    let file = folder.join("file");
    vec![
        ("open a file", File::open(&file).is_ok()),
        ("write a file", fs::write(folder.join("new"), "x").is_ok()),
        ("list a folder", fs::read_dir(folder).is_ok()),
        ("make a folder", fs::create_dir(folder.join("folder")).is_ok()),
        ("rename a file", fs::rename(&file, folder.join("moved")).is_ok()),
        ("link to a file", symlink("file", folder.join("link")).is_ok()),
        ("remove a file", fs::remove_file(&file).is_ok() || fs::remove_file(folder.join("moved")).is_ok()),
        ("open its own memory", File::open("/proc/self/mem").is_ok()),
        ("open the parent's memory", File::open(format!("/proc/{}/mem", std::os::unix::process::parent_id())).is_ok()),
    ]
}

fn on_others(folder: &Path, port: u16) -> Vec<Tried> {
    vec![
        ("ask for a file's size", fs::metadata(folder).is_ok()),
        ("change the folder", std::env::set_current_dir(folder).is_ok()),
        ("listen", TcpListener::bind("127.0.0.1:0").is_ok()),
        ("connect", TcpStream::connect(("127.0.0.1", port)).is_ok()),
        ("connect to a local socket", UnixStream::connect(folder.join("socket")).is_ok()),
        ("a socket of its own", UnixStream::pair().is_ok()),
        ("start a program", Command::new("/bin/true").status().is_ok()),
        ("start a thread", std::thread::Builder::new().spawn(|| {}).is_ok()),
    ]
}

fn on_what_is_left(open: &mut File) -> Vec<Tried> {
    let mut text = String::new();
    vec![
        (LEFT[0], open.read_to_string(&mut text).is_ok() && text == "open"),
        (LEFT[1], open.seek(SeekFrom::Start(1)).is_ok_and(|at| at == 1)),
        (LEFT[2], vec![1_u8; 64 << 20].iter().map(|byte| u64::from(*byte)).sum::<u64>() == 64 << 20),
        (LEFT[3], std::time::Instant::now().elapsed().as_secs() < 60),
    ]
}

/// The child. Without the variable there is nothing to try.
#[test]
fn what_the_child_of_the_tests_below_tries() {
    let Ok(words) = std::env::var(TRIES) else { return };
    let mut words = words.splitn(3, '|');
    let (mode, port, folder) = (words.next().unwrap(), words.next().unwrap(), Path::new(words.next().unwrap()));
    let mut open = File::open(folder.join("file")).unwrap();
    match mode {
        "paths" => assert!(take_paths_away()),
        "calls" => assert!(take_calls_away()),
        "both" => assert_eq!(confine(), Lacking::default()),
        _ => {}
    }
    let mut tried = on_what_is_left(&mut open);
    tried.extend(on_others(folder, port.parse().unwrap()));
    tried.extend(on_paths(folder));
    let mut lines = String::from("\n");
    for (what, is_done) in tried {
        lines.push_str(&format!("tried|{what}|{is_done}\n"));
    }
    let mut out = std::io::stdout().lock();
    out.write_all(lines.as_bytes()).unwrap();
    out.flush().unwrap();
    // The last, since a program that starts takes the place of this one.
    let error = Command::new("/bin/echo").arg("tried|become another program|true").exec();
    out.write_all(format!("tried|become another program|false {error}\n").as_bytes()).unwrap();
}

/// What a child that gave this up could still do.
fn tries(mode: &str, user: Option<u32>) -> BTreeMap<String, bool> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "open").unwrap();
    let _local = UnixListener::bind(folder.path().join("socket")).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let words = format!("{mode}|{}|{}", port.local_addr().unwrap().port(), folder.path().display());
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--nocapture", "--test-threads=2"]);
    child.arg("read::confinement::tests::what_the_child_of_the_tests_below_tries").env(TRIES, words);
    if let Some(user) = user {
        std::os::unix::fs::chown(folder.path(), Some(user), None).unwrap();
        std::os::unix::fs::chown(folder.path().join("file"), Some(user), None).unwrap();
        std::os::unix::fs::chown(folder.path().join("socket"), Some(user), None).unwrap();
        child.uid(user);
    }
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let tried = text.lines().filter_map(|line| {
        let mut words = line.split('|').skip_while(|word| !word.ends_with("tried")).skip(1);
        Some((words.next()?.to_owned(), words.next()?.starts_with("true")))
    });
    let tried: BTreeMap<String, bool> = tried.collect();
    assert!(tried.contains_key("become another program"), "{text}{}", String::from_utf8_lossy(&output.stderr));
    tried
}

fn is_left(what: &str) -> bool {
    LEFT.contains(&what)
}

#[test]
fn a_child_that_gave_nothing_up_can_do_all_that_is_tried() {
    let tried = tries("nothing", None);
    let refused: Vec<_> = tried.iter().filter(|(_, is_done)| !**is_done).collect();
    assert!(tried.len() >= 20 && refused.is_empty(), "{refused:?}");
}

#[test]
fn a_confined_child_is_refused_everything_but_what_is_open_as_the_superuser_too() {
    let is_superuser = fs::metadata("/proc/self").is_ok_and(|facts| std::os::unix::fs::MetadataExt::uid(&facts) == 0);
    // The tests may lie where nobody else may go.
    let may_start = Command::new(std::env::current_exe().unwrap()).arg("--list").uid(NOBODY).output();
    let others =
        if is_superuser && may_start.is_ok_and(|output| output.status.success()) { Some(NOBODY) } else { None };
    for user in [None].into_iter().chain(others.map(Some)) {
        for (what, is_done) in tries("both", user) {
            assert_eq!(is_done, is_left(&what), "{what} as {user:?}");
        }
    }
}

#[test]
fn each_half_of_the_confinement_stands_by_itself() {
    let paths: Vec<&str> = on_paths(Path::new("/nowhere")).into_iter().map(|(what, _)| what).collect();
    let alone = tries("paths", None);
    for what in paths {
        assert!(!alone[what], "{what} without a path");
    }
    for (what, is_done) in tries("calls", None) {
        assert_eq!(is_done, is_left(&what), "{what} by the calls left alone");
    }
}

/// What the filter says of a call, worked out as the kernel does.
fn verdict(filter: &[sock_filter], number: i64, arguments: [u64; 6]) -> u32 {
    let mut data = Vec::new();
    data.extend(u32::try_from(number).unwrap().to_le_bytes());
    data.extend(0xC000_003E_u32.to_le_bytes());
    data.extend(0_u64.to_le_bytes());
    arguments.iter().for_each(|argument| data.extend(argument.to_le_bytes()));
    let (mut at, mut held) = (0, 0_u32);
    loop {
        let step = &filter[at];
        let jump = |is_so: bool| usize::from(if is_so { step.jt } else { step.jf });
        at += 1;
        match step.code {
            0x20 => held = u32::from_le_bytes(data[step.k as usize..][..4].try_into().unwrap()),
            0x54 => held &= step.k,
            0x05 => at += step.k as usize,
            0x15 => at += jump(held == step.k),
            0x25 => at += jump(held > step.k),
            0x35 => at += jump(held >= step.k),
            0x06 => return step.k,
            code => panic!("code {code:#x}"),
        }
    }
}

#[test]
fn no_call_that_looks_into_another_process_or_makes_one_is_left() {
    let filter = filter().unwrap();
    let refused = 0x0005_0000 | libc::EPERM.unsigned_abs();
    for call in [
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_kill,
        libc::SYS_fork,
        libc::SYS_vfork,
        libc::SYS_clone,
        libc::SYS_clone3,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_socket,
        libc::SYS_connect,
        libc::SYS_sendmsg,
        libc::SYS_open,
        libc::SYS_openat,
        libc::SYS_openat2,
        libc::SYS_io_uring_setup,
        libc::SYS_bpf,
        libc::SYS_setuid,
        libc::SYS_mount,
        libc::SYS_memfd_create,
        libc::SYS_prctl,
        libc::SYS_seccomp,
        libc::SYS_ioctl,
    ] {
        assert_eq!(verdict(&filter, call, [0; 6]), refused, "{call}");
    }
    // Every call there is and those to come, and each as the other numbering of this machine (x32) has it.
    let allowed = |number: i64| verdict(&filter, number, [0; 6]) == 0x7FFF_0000;
    assert_eq!((0..2_000).filter(|number| allowed(*number)).count(), 27 + 3, "new ones are thought about");
    assert!(!(0..2_000).any(|number| allowed(number | 0x4000_0000)));
}

#[test]
fn calls_that_are_left_in_part_are_left_in_that_part_only() {
    let filter = filter().unwrap();
    let allowed = |number, arguments| verdict(&filter, number, arguments) == 0x7FFF_0000;
    let own = u64::from(std::process::id());
    assert!(allowed(libc::SYS_tgkill, [own, own, 6, 0, 0, 0]));
    assert!(!allowed(libc::SYS_tgkill, [own + 1, own + 1, 6, 0, 0, 0]));
    assert!(!allowed(libc::SYS_prlimit64, [0, u64::from(libc::RLIMIT_AS), 0, 0, 0, 0]));
    assert!(allowed(libc::SYS_prlimit64, [0, u64::from(libc::RLIMIT_CPU), 0, 0, 0, 0]));
    assert!(!allowed(libc::SYS_prlimit64, [own, u64::from(libc::RLIMIT_CPU), 0, 0, 0, 0]));
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        assert!(allowed(call, [0, 4096, 3, 0, 0, 0]));
        assert!(!allowed(call, [0, 4096, 7, 0, 0, 0]), "{call}: code");
    }
    let command = |command: i32| [3, command.unsigned_abs().into(), 0, 0, 0, 0];
    assert!(allowed(libc::SYS_fcntl, command(libc::F_GETFD)) && !allowed(libc::SYS_fcntl, command(libc::F_SETOWN)));
}

#[test]
fn what_lacks_crosses_in_a_byte_and_has_its_sentence_in_both_languages() {
    use gongzhi_core::messages::{Language, Translator};
    assert_eq!(Lacking::default().message(), None);
    for (paths, calls) in [(true, false), (false, true), (true, true)] {
        let lacking = Lacking { paths, calls };
        assert_eq!(Lacking::from_byte(lacking.to_byte()), lacking);
        let message = lacking.message().unwrap();
        for language in [Language::Chinese, Language::English] {
            let said = Translator::new(language).say(&message);
            assert_eq!((said.contains("landlock"), said.contains("seccomp")), (paths, calls), "{said}");
        }
    }
}
