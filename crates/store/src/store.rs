//! Opening the store, and what all its parts share.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use gongzhi_core::access::{Regions, Scope, Units};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ColumnTrait, Condition, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationName, MigratorTrait};

pub use crate::error::StoreError;
use crate::migrations::Migrator;

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// `control.sqlite` in a home folder; made when it is not there.
    Home(PathBuf),
    /// PostgreSQL, by URL.
    Postgres(String),
}

impl StorePlace {
    /// Whether a store was made in the home folder; of a database that is not told without asking it.
    pub fn is_made(&self) -> Option<bool> {
        match self {
            Self::Home(home) => Some(home.join(FILE).is_file()),
            Self::Postgres(_) => None,
        }
    }
}

/// The number of PostgreSQL's lock for who writes.
const WRITING: i64 = 0x676f_6e67_7a68_6900;

/// The store's file in a home folder.
const FILE: &str = "control.sqlite";

/// The control store, opened. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// On SQLite a single connection: writers queue here instead of failing at the file.
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    /// Of a store read as a file that nobody writes: what must not change meanwhile.
    still: Option<Still>,
}

/// A file as it was when it was opened.
#[derive(Debug, Clone)]
struct Still {
    file: PathBuf,
    state: Option<(u64, SystemTime)>,
}

impl Still {
    fn of(file: PathBuf) -> Self {
        Self { state: state_of(&file), file }
    }

    fn is_still(&self) -> bool {
        self.state.is_some() && self.state == state_of(&self.file)
    }
}

fn state_of(file: &Path) -> Option<(u64, SystemTime)> {
    let facts = std::fs::metadata(file).ok()?;
    Some((facts.len(), facts.modified().ok()?))
}

/// Programs that open a home folder for the first time at one moment make its tables one after the other.
fn lock(home: &Path) -> Result<std::fs::File, StoreError> {
    let path = home.join("control.lock");
    let locked = std::fs::File::create(&path).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|source| StoreError::Folder { path, source })
}

impl Store {
    /// Opens the store and brings its tables up to date.
    pub async fn open(place: &StorePlace) -> Result<Self, StoreError> {
        let store = match place {
            StorePlace::Home(home) => Self::open_sqlite(home).await?,
            StorePlace::Postgres(url) => Self::of_server(quiet(ConnectOptions::new(url))).await?,
        };
        let alone = match place {
            StorePlace::Home(home) => Some(lock(home)?),
            StorePlace::Postgres(_) => None,
        };
        store.bring_forward().await?;
        drop(alone);
        Ok(store)
    }

    async fn of_server(options: ConnectOptions) -> Result<Self, StoreError> {
        let connection = Database::connect(options).await?;
        Ok(Self { writer: connection.clone(), readers: connection, still: None })
    }

    /// Brings the tables up to date. On PostgreSQL programs that do so at one moment come one after the other, and texts are
    /// compared by their bytes, as SQLite does, whatever the database's own order is.
    async fn bring_forward(&self) -> Result<(), StoreError> {
        if self.writer.get_database_backend() != DbBackend::Postgres {
            return Migrator::up(&self.writer, None).await.map_err(of_tables);
        }
        let alone = self.begin().await?;
        Migrator::up(&self.writer, None).await.map_err(of_tables)?;
        let texts = "select table_name, column_name from information_schema.columns where table_schema = current_schema() \
                     and data_type in ('text', 'character varying') and collation_name is distinct from 'C'";
        for row in self.writer.query_all_raw(Statement::from_string(DbBackend::Postgres, texts)).await? {
            let (table, column): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let alter = format!(r#"alter table "{table}" alter column "{column}" type text collate "C""#);
            self.writer.execute_unprepared(&alter).await?;
        }
        Ok(alone.commit().await?)
    }

    /// Opens the store to read. Nothing is made or changed, in a home folder no file beside it either: one that nobody has
    /// open is read as a file that stands still, and [`Self::close`] says if it did not; where another program has it
    /// open, what that one has written and not yet put in its place is read with it.
    ///
    /// # Errors
    /// The database says no, or its tables are those of an earlier or a later program.
    pub async fn open_to_read(place: &StorePlace) -> Result<Self, StoreError> {
        let store = match place {
            StorePlace::Home(home) => Self::sqlite_to_read(home).await?,
            StorePlace::Postgres(url) => Self::of_server(quiet(ConnectOptions::new(url))).await?,
        };
        if !Migrator::get_pending_migrations_read_only(&store.readers).await.map_err(of_tables)?.is_empty() {
            return Err(StoreError::Earlier);
        }
        Ok(store)
    }

    async fn sqlite_to_read(home: &Path) -> Result<Self, StoreError> {
        let file = home.join(FILE);
        let is_alone = !home.join(format!("{FILE}-wal")).exists();
        let still = is_alone.then(|| Still::of(file.clone()));
        let mut options = quiet(ConnectOptions::new("sqlite://control.sqlite"));
        options.max_connections(4).map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .filename(&file)
                .create_if_missing(false)
                .read_only(true)
                .immutable(is_alone)
                .busy_timeout(Duration::from_secs(30))
        });
        let readers = Database::connect(options).await?;
        Ok(Self { writer: readers.clone(), readers, still })
    }

    async fn open_sqlite(home: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(home).map_err(|source| StoreError::Folder { path: home.to_owned(), source })?;
        let file = home.join(FILE);
        let options = |connections| {
            let file = file.clone();
            let mut options = quiet(ConnectOptions::new("sqlite://control.sqlite"));
            options.max_connections(connections).map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .filename(&file)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(30))
            });
            options
        };
        let writer = Database::connect(options(1)).await?;
        Ok(Self { writer, readers: Database::connect(options(4)).await?, still: None })
    }

    /// Opens a store of its own within a PostgreSQL database: tables in an emptied schema of the given name. For tests
    /// that share one server.
    #[doc(hidden)]
    pub async fn open_test_schema(url: &str, name: &str) -> Result<Self, StoreError> {
        let schema = format!("gongzhi_test_{name}");
        let admin = Database::connect(quiet(ConnectOptions::new(url))).await?;
        admin.execute_unprepared(&format!("drop schema if exists {schema} cascade")).await?;
        admin.execute_unprepared(&format!("create schema {schema}")).await?;
        admin.close().await?;
        let mut options = quiet(ConnectOptions::new(url));
        options.set_schema_search_path(schema).max_connections(4);
        let store = Self::of_server(options).await?;
        store.bring_forward().await?;
        Ok(store)
    }

    /// Makes a store as a program had it that knew the migrations before this one only. For tests of bringing forward.
    #[doc(hidden)]
    pub async fn make_test_earlier(place: &StorePlace, before: &str) -> Result<(), StoreError> {
        let store = match place {
            StorePlace::Home(home) => Self::open_sqlite(home).await?,
            StorePlace::Postgres(url) => Self::of_server(quiet(ConnectOptions::new(url))).await?,
        };
        let migrations = Migrator::migrations();
        let count = migrations.iter().take_while(|migration| MigrationName::name(&***migration) != before).count();
        Migrator::up(&store.writer, u32::try_from(count).ok()).await?;
        store.close().await
    }

    pub(crate) fn readers(&self) -> &DatabaseConnection {
        &self.readers
    }

    /// Begins a transaction that writes. One at a time does: on SQLite it takes the file's lock at once, on PostgreSQL a lock
    /// of ours that ends with it. It can't fail halfway because another program wrote in between.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        self.begin_alone(WRITING).await
    }

    /// Begins a transaction that no other of this number of PostgreSQL's lock runs beside; on SQLite none that writes does.
    pub(crate) async fn begin_alone(&self, lock: i64) -> Result<DatabaseTransaction, StoreError> {
        let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        let transaction = self.writer.begin_with_options(options).await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            transaction.execute_unprepared(&format!("select pg_advisory_xact_lock({lock})")).await?;
        }
        Ok(transaction)
    }

    /// Begins a transaction that only reads, all of it what stood when it began.
    pub(crate) async fn begin_to_read(&self) -> Result<DatabaseTransaction, StoreError> {
        let is_sqlite = self.readers.get_database_backend() == DbBackend::Sqlite;
        // What SQLite reads in one transaction is one snapshot anyway.
        let level = (!is_sqlite).then_some(IsolationLevel::RepeatableRead);
        Ok(self.readers.begin_with_config(level, None).await?)
    }

    /// Ends all connections: everything written is in the file, and the file can be moved.
    ///
    /// # Errors
    /// The database says no; or it was opened to read, and what was read may be neither what stood before nor after.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await?;
        self.writer.close().await?;
        if self.still.is_some_and(|still| !still.is_still()) { Err(StoreError::WrittenMeanwhile) } else { Ok(()) }
    }
}

/// What is wrong with the tables, when they can't be brought up to date or compared.
fn of_tables(error: DbErr) -> StoreError {
    match error {
        // The only words there are for a migration that this program doesn't have.
        DbErr::Custom(why) if why.contains("has been applied but its file is missing") => StoreError::Later,
        error => error.into(),
    }
}

fn quiet(mut options: ConnectOptions) -> ConnectOptions {
    options.sqlx_logging(false);
    options
}

/// The rows of a scope.
pub(crate) fn in_scope(scope: &Scope, region: impl ColumnTrait, unit: Option<impl ColumnTrait>) -> Condition {
    let mut condition = Condition::all();
    if let Regions::Of(regions) = scope.of_regions() {
        // In none is nothing: an empty list of alternatives would be anything.
        let none = Condition::any().add(region.is_in(Vec::<String>::new()));
        condition = condition.add(regions.iter().fold(none, |any, one| any.add(region.starts_with(one.prefix()))));
    }
    match (unit, scope.of_units()) {
        (Some(unit), Units::Of(units)) => condition.add(unit.is_in(units.iter().cloned())),
        _ => condition,
    }
}

pub(crate) fn micros(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_micros()
}

pub(crate) fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
