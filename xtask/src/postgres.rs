//! A PostgreSQL server of the tests' own: Debian's package, a cluster in a folder for temporary files, a free port; stopped at
//! the end, also of tests that fail.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::steps::{ensure_package_files, step};

/// The variable by which tests find the server.
pub const URL: &str = "GONGZHI_TEST_POSTGRES";

/// The account that a server runs under where this one may do everything: it refuses that.
const ACCOUNT: &str = "postgres";

/// A server that runs as long as this lives.
pub struct Server {
    folder: PathBuf,
    control: PathBuf,
    url: String,
}

impl Server {
    /// Starts one; one that the variable names already is used instead.
    pub fn start() -> Result<Option<Self>> {
        if std::env::var_os(URL).is_some() {
            return Ok(None);
        }
        let programs = find_programs()?;
        let folder = std::env::temp_dir().join(format!("gongzhi-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        if is_root()? {
            step("folder of the server", Command::new("chown").arg(ACCOUNT).arg(&folder))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (cluster, log) = (folder.join("cluster"), folder.join("log"));
        let mut make = as_account(&programs.join("initdb"))?;
        make.args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=gongzhi", "-D"]).arg(&cluster);
        step("cluster", make.stdout(Stdio::null()))?;
        let control = programs.join("pg_ctl");
        let server = Self { url: format!("postgres://gongzhi@127.0.0.1:{port}/postgres"), folder, control };
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200"
        );
        let mut start = as_account(&server.control)?;
        start.args(["start", "-w", "-o", &options, "-D"]).arg(&cluster).arg("-l").arg(&log);
        step("server", start.stdout(Stdio::null())).with_context(|| log.display().to_string())?;
        Ok(Some(server))
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = as_account(&self.control).and_then(|mut stop| {
            stop.args(["stop", "-m", "immediate", "-D"]).arg(self.folder.join("cluster"));
            Ok(stop.current_dir("/").stdout(Stdio::null()).status()?)
        });
        if stopped.is_ok_and(|status| status.success()) {
            // What stays behind lies among temporary files.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// The folder of the server's programs, of the newest version there is.
fn find_programs() -> Result<PathBuf> {
    let find = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> =
            versions.map(|entry| entry.path().join("bin")).filter(|folder| folder.join("initdb").is_file()).collect();
        folders.sort();
        folders.pop()
    };
    if let Some(folder) = find() {
        return Ok(folder);
    }
    // Debian's package would start a cluster of its own.
    let settings = Path::new("/etc/postgresql-common");
    std::fs::create_dir_all(settings)
        .and_then(|()| std::fs::write(settings.join("createcluster.conf"), "create_main_cluster = false\n"))
        .context("PostgreSQL is missing: install it as root, or name a server by GONGZHI_TEST_POSTGRES")?;
    ensure_package_files("postgresql", "the control store is tested on it")?;
    find().context("the package postgresql brought no server")
}

/// A program under the server's account, where this one is root's.
fn as_account(program: &Path) -> Result<Command> {
    let mut command = if is_root()? {
        let mut command = Command::new("runuser");
        command.args(["-u", ACCOUNT, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.stdin(Stdio::null()).env_remove("PGDATA");
    Ok(command)
}

fn is_root() -> Result<bool> {
    let said = Command::new("id").arg("-u").output()?;
    if !said.status.success() {
        bail!("id says nothing");
    }
    Ok(said.stdout.trim_ascii() == b"0")
}
