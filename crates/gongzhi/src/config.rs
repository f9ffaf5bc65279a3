//! What a deployment sets: read from `<home>/gongzhi.toml` and from `GONGZHI_…`, which wins; else a default from the machine.

use std::path::{Path, PathBuf};

use gongzhi_core::catalog::node::nearest;
use gongzhi_core::messages::Message;
use gongzhi_core::problems::{ActError, Code};
use gongzhi_store::StorePlace;

/// The file in the home folder.
pub const FILE: &str = "gongzhi.toml";

/// A setting: its name in the file, and the variable that says the same.
struct Key {
    name: &'static str,
    variable: &'static str,
}

const DATABASE_URL: Key = Key { name: "database_url", variable: "GONGZHI_DATABASE_URL" };
const DATA: Key = Key { name: "data", variable: "GONGZHI_DATA" };
const WORKERS: Key = Key { name: "workers", variable: "GONGZHI_WORKERS" };
const THREADS: Key = Key { name: "threads", variable: "GONGZHI_THREADS" };
const MODELS: Key = Key { name: "models", variable: "GONGZHI_MODELS" };
const MEMORY: Key = Key { name: "memory_mib", variable: "GONGZHI_MEMORY_MIB" };
const STATES: Key = Key { name: "state_cache_mib", variable: "GONGZHI_STATE_CACHE_MIB" };

/// Every setting.
const KEYS: [&Key; 7] = [&DATABASE_URL, &DATA, &WORKERS, &THREADS, &MODELS, &MEMORY, &STATES];

/// Most memory that questions may hold by default, in MiB.
const MEMORY_MIB: usize = 512;

/// Of rolled states so much is kept by default, in MiB: the states of all views of a prefecture.
const STATES_MIB: usize = 64;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Nobody said anything.
    Default,
    /// The file in the home folder.
    File,
    /// The environment.
    Environment,
}

impl From {
    /// The word for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
        }
    }
}

/// A setting as it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its name.
    pub name: &'static str,
    /// The variable that says the same.
    pub variable: &'static str,
    /// Its value; of a URL without the password.
    pub value: String,
    /// Where it comes from.
    pub from: From,
}

/// What holds.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The home folder.
    pub home: PathBuf,
    /// Where the control store is.
    pub store: StorePlace,
    /// The folder of the batches and originals.
    pub data: PathBuf,
    /// Processes that read foreign files, kept ready.
    pub workers: usize,
    /// Threads that questions use.
    pub threads: usize,
    /// Models that run at once.
    pub models: usize,
    /// Memory that questions may hold, in bytes.
    pub memory_bytes: usize,
    /// Rolled states that are kept, in bytes.
    pub state_cache_bytes: usize,
    /// Every setting with where it comes from.
    pub held: Vec<Held>,
}

/// What the machine and its environment say, read at the edge.
pub struct Machine<'a> {
    /// A variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Cores.
    pub cores: usize,
    /// Memory in bytes.
    pub memory_bytes: u64,
}

impl Settings {
    /// What holds in a home folder, on this machine.
    ///
    /// # Errors
    /// The file can't be read, names what is no setting, or a value is none that can be: all of it is told.
    pub fn of_home(home: &Path) -> Result<Self, ActError> {
        let variable = |name: &str| std::env::var(name).ok();
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self::read(home, &Machine { variable: &variable, cores, memory_bytes: memory_of_machine() })
    }

    /// What holds in a home folder.
    ///
    /// # Errors
    /// As of [`Self::of_home`].
    pub fn read(home: &Path, machine: &Machine<'_>) -> Result<Self, ActError> {
        let file = home.join(FILE);
        let table = read_table(&file)?;
        let mut faults = list_unknown(&table, &file);
        let mut held = Vec::new();
        let mut find = |key: &'static Key, default: String| {
            let said = (machine.variable)(key.variable).filter(|text| !text.trim().is_empty());
            let (value, from) = match (said, table.get(key.name)) {
                (Some(text), _) => (text, From::Environment),
                (None, Some(value)) => (text_of(value), From::File),
                (None, None) => (default, From::Default),
            };
            held.push(Held { name: key.name, variable: key.variable, value: shown(&value), from });
            (value, from)
        };
        let (url, of_store) = find(&DATABASE_URL, String::new());
        let (data, _) = find(&DATA, "data".to_owned());
        let sizes = [
            (&WORKERS, machine.cores.clamp(2, 8)),
            (&THREADS, machine.cores.clamp(2, 16)),
            (&MODELS, machine.cores.clamp(2, 8)),
            (&MEMORY, MEMORY_MIB.min(usize::try_from(machine.memory_bytes >> 22).unwrap_or(MEMORY_MIB)).max(64)),
            (&STATES, STATES_MIB),
        ];
        let [workers, threads, models, memory, states] = sizes.map(|(key, default)| {
            let (text, _) = find(key, default.to_string());
            let number = text.trim().parse::<usize>().ok().filter(|number| *number > 0);
            number.unwrap_or_else(|| {
                faults.push(Message::new("config-no-number").with("name", key.name).with("value", text));
                default
            })
        });
        if !faults.is_empty() {
            return Err(ActError::all(Code::NotUnderstood, faults));
        }
        let store = match of_store {
            From::Default => StorePlace::Home(home.to_owned()),
            From::File | From::Environment => StorePlace::Postgres(url),
        };
        let (home, data, memory_bytes) = (home.to_owned(), home.join(data), memory << 20);
        let state_cache_bytes = states << 20;
        Ok(Self { home, store, data, workers, threads, models, memory_bytes, state_cache_bytes, held })
    }
}

fn read_table(file: &Path) -> Result<toml::Table, ActError> {
    let text = match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(toml::Table::new()),
        read => read.map_err(|error| ActError::file(file.display(), error))?,
    };
    text.parse::<toml::Table>().map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        let message = Message::new("config-unreadable").with("path", file.display()).with("line", line);
        ActError::not_understood(message.with("why", error.message()))
    })
}

fn list_unknown(table: &toml::Table, file: &Path) -> Vec<Message> {
    let known = || KEYS.iter().map(|key| key.name);
    let unknown = table.keys().filter(|name| !known().any(|key| key == name.as_str()));
    let told = unknown.map(|name| {
        let hint = nearest(name, known()).unwrap_or("-");
        let message = Message::new("config-unknown").with("path", file.display()).with("name", name);
        message.with("hint", hint).with("known", known().collect::<Vec<_>>().join("、"))
    });
    told.collect()
}

fn text_of(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        // No setting is of another sort: what it says is told by the words a setting may have.
        other => other.type_str().to_owned(),
    }
}

/// A value as it may be shown: without the password of a URL.
fn shown(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let Some((who, place)) = rest.rsplit_once('@') else { return value.to_owned() };
    match who.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
        None => value.to_owned(),
    }
}

/// The memory of the machine in bytes; where it is not told, as if there were enough.
fn memory_of_machine() -> u64 {
    let facts = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = facts.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    total.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).map_or(u64::MAX, |kib| kib << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: Option<&str>, variables: &[(&str, &str)]) -> Result<Settings, ActError> {
        let home = tempfile::tempdir().unwrap();
        text.iter().for_each(|text| std::fs::write(home.path().join(FILE), text).unwrap());
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, said)| (*said).to_owned());
        Settings::read(home.path(), &Machine { variable: &variable, cores: 4, memory_bytes: 1 << 30 })
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_machine() {
        let held = |settings: &Settings, name: &str| {
            let one = settings.held.iter().find(|one| one.name == name).unwrap();
            (one.value.clone(), one.from)
        };
        let plain = read(None, &[]).unwrap();
        assert_eq!((plain.workers, plain.threads, plain.memory_bytes), (4, 4, 256 << 20));
        assert_eq!(plain.store, StorePlace::Home(plain.home.clone()));
        assert_eq!(plain.data, plain.home.join("data"));
        let file = "workers = 3\nthreads = 6\ndata = \"/srv/data\"\n";
        let both = read(Some(file), &[("GONGZHI_THREADS", "5"), ("GONGZHI_WORKERS", " ")]).unwrap();
        assert_eq!((both.workers, both.threads, both.data.as_path()), (3, 5, Path::new("/srv/data")));
        assert_eq!(held(&both, "workers"), ("3".to_owned(), From::File));
        assert_eq!(held(&both, "threads"), ("5".to_owned(), From::Environment));
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = "postgres://gongzhi:secret@db:5432/gongzhi";
        let settings = read(None, &[("GONGZHI_DATABASE_URL", url)]).unwrap();
        assert_eq!(settings.store, StorePlace::Postgres(url.to_owned()));
        assert_eq!(settings.held[0].value, "postgres://gongzhi:***@db:5432/gongzhi");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let error = read(Some("worker = 2\nthreads = 0\nmemory_mib = \"much\"\n"), &[]).unwrap_err();
        let keys: Vec<_> = error.told.iter().map(|told| told.message.key.to_string()).collect();
        assert_eq!(keys, ["config-unknown", "config-no-number", "config-no-number"]);
        let error = read(Some("workers = 2\nthreads =\n"), &[]).unwrap_err();
        assert!(error.told[0].message.values.contains(&("line".into(), "2".to_owned())), "{error}");
    }
}
