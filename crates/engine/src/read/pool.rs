//! Reading processes kept ready, and what becomes of a file whose process dies.
//!
//! A foreign workbook is parsed by a child of this program, under limits and shut in (see [`super::worker`]); it is handed
//! the open file. Starting one costs a few milliseconds, so a child reads one file after another and waits in the pool in
//! between; at most so many are at work at once. The parent counts the
//! time it waits for a child; a child that lets it wait too long is killed, one that dies by itself met its limit of
//! memory or processor time or stumbled over the file. Either way the file is refused with a sentence, and the next
//! file gets a new child.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::confinement::{Lacking, note};
use super::error::{Limit, ReadError};
use super::handing::{hand, start};
use super::open_file::OpenFile;
use super::sheet_reader::SheetReader;
use super::stream::{PIPE_BYTES, RowStream};
use super::turns::{Turn, Turns};

/// How the program is started as a reading process: `gongzhi read-worker`.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl WorkerCommand {
    /// The running program itself with the argument `read-worker`.
    ///
    /// # Errors
    /// The system does not tell where the program is.
    pub fn of_this_program() -> Result<Self, ReadError> {
        let program = std::env::current_exe().map_err(|error| ReadError::Worker(error.to_string()))?;
        Ok(Self { program, arguments: vec![OsString::from("read-worker")] })
    }
}

/// What a file may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the parent waits for a child in all, for a file of up to 10 MiB.
    pub wait: Duration,
    /// How much longer for each further MiB.
    pub wait_per_mebibyte: Duration,
    /// Files after which a child is replaced, so that what it leaked or scattered goes with it.
    pub files_per_worker: u32,
    /// How many children are at work at once; who wants one more waits.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wait: Duration::from_millis(8_500),
            wait_per_mebibyte: Duration::from_secs(1),
            files_per_worker: 500,
            at_once: thread::available_parallelism().map_or(2, usize::from).max(2),
        }
    }
}

/// Reading processes, started when needed and kept for the next file. Clones share them.
#[derive(Clone)]
pub struct WorkerPool {
    shared: Arc<Shared>,
}

struct Shared {
    command: WorkerCommand,
    /// How many waiting processes are kept; more may be at work.
    size: usize,
    limits: Limits,
    turns: Arc<Turns>,
    idle: Mutex<Vec<Worker>>,
}

impl WorkerPool {
    /// A pool that keeps up to `size` processes ready.
    pub fn new(command: WorkerCommand, size: usize, limits: Limits) -> Self {
        let turns = Turns::new(limits.at_once);
        Self { shared: Arc::new(Shared { command, size, limits, turns, idle: Mutex::new(Vec::new()) }) }
    }

    /// Begins to read a file.
    ///
    /// # Errors
    /// The file is absent, empty or no file, or no process could be started or was free. What the file itself is refused
    /// for comes while reading on.
    pub fn read(&self, path: &Path) -> Result<SheetReader, ReadError> {
        self.read_open(&OpenFile::open(path)?)
    }

    /// The same of a file that is open; errors as of [`Self::read`].
    pub fn read_open(&self, file: &OpenFile) -> Result<SheetReader, ReadError> {
        Ok(SheetReader::new(self.read_raw_open(file)?))
    }

    /// Begins to read a file and gives its events as they are, nothing understood.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_raw(&self, path: &Path) -> Result<RowStream, ReadError> {
        self.read_raw_open(&OpenFile::open(path)?)
    }

    /// The same of a file that is open; errors as of [`Self::read`].
    pub fn read_raw_open(&self, file: &OpenFile) -> Result<RowStream, ReadError> {
        let stem = file.stem();
        let file = file.reader().map_err(ReadError::cannot_open)?;
        let size = file.metadata().map_err(ReadError::cannot_open)?.len();
        if size == 0 {
            return Err(ReadError::ZeroBytes);
        }
        let turn = self.turn()?;
        let mut worker = match lock(&self.shared.idle).pop() {
            Some(worker) => worker,
            None => Worker::start(&self.shared.command)?,
        };
        if worker.request(&file, &stem).is_err() {
            // A child that died while it waited is no verdict on this file.
            worker = Worker::start(&self.shared.command)?;
            worker.request(&file, &stem).map_err(|error| ReadError::Worker(error.to_string()))?;
        }
        Ok(RowStream::of_worker(Lease {
            shared: Arc::clone(&self.shared),
            waited: Waited { left: self.patience(size), timed_out: false },
            worker: Some(worker),
            turn: Some(turn),
        }))
    }

    /// Waits until a process may be put to work.
    pub(crate) fn turn(&self) -> Result<Turn, ReadError> {
        self.shared.turns.take().ok_or_else(|| ReadError::Worker("too many at work".to_owned()))
    }

    /// How long a file of this size is waited for.
    fn patience(&self, size: u64) -> Duration {
        let further_mebibytes = u32::try_from((size >> 20).saturating_sub(10)).unwrap_or(u32::MAX);
        let limits = &self.shared.limits;
        limits.wait + limits.wait_per_mebibyte.saturating_mul(further_mebibytes)
    }

    /// How long a process is waited for that takes this file in hand.
    pub(crate) fn patience_for(&self, file: &OpenFile) -> Duration {
        self.patience(file.facts().map_or(0, |facts| facts.len()))
    }

    /// The program whose processes take foreign files in hand.
    pub(crate) fn program(&self) -> &Path {
        &self.shared.command.program
    }
}

/// A poisoned lock guards nothing that could be half written here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One reading process.
struct Worker {
    watch: Arc<Watch>,
    requests: UnixStream,
    frames: BufReader<ChildStdout>,
    served: u32,
    /// It has told what of its confinement lacks.
    has_told: bool,
}

/// What the watchman looks at: the process, and until when the parent is willing to wait for it.
struct Watch {
    child: Mutex<Child>,
    deadline: Mutex<Option<Instant>>,
}

impl Worker {
    fn start(command: &WorkerCommand) -> Result<Self, ReadError> {
        let failed = |error: io::Error| ReadError::Worker(error.to_string());
        let (mut child, requests) = start(&command.program, &command.arguments).map_err(failed)?;
        let Some(frames) = child.stdout.take() else { return Err(ReadError::Worker("no pipe".to_owned())) };
        let watch = Arc::new(Watch { child: Mutex::new(child), deadline: Mutex::new(None) });
        keep_watch(Arc::downgrade(&watch));
        let frames = BufReader::with_capacity(PIPE_BYTES, frames);
        Ok(Self { watch, requests, frames, served: 0, has_told: false })
    }

    fn request(&mut self, file: &File, stem: &str) -> io::Result<()> {
        self.served += 1;
        hand(&self.requests, &[file], stem)
    }

    /// The first byte of all it says is about itself, the others are about files.
    fn take_told(&mut self) {
        if let (false, Some(byte)) = (self.has_told, self.frames.buffer().first()) {
            note(Lacking::from_byte(*byte));
            self.frames.consume(1);
            self.has_told = true;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let mut child = lock(&self.watch.child);
        // Both fail only when the child is gone already, and then there is nothing left to do.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Looks after one process until its worker is dropped: kills it when the parent has waited too long.
fn keep_watch(watch: Weak<Watch>) {
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_millis(100));
            let Some(watch) = watch.upgrade() else { return };
            let is_late = lock(&watch.deadline).is_some_and(|deadline| Instant::now() > deadline);
            if is_late {
                // The waiting parent sees the pipe close and reads the reason from the clock.
                let _ = lock(&watch.child).kill();
                return;
            }
        }
    });
}

struct Waited {
    left: Duration,
    timed_out: bool,
}

/// A worker lent to one file. Dropped before the file is over, its process ends with it.
pub(super) struct Lease {
    shared: Arc<Shared>,
    worker: Option<Worker>,
    waited: Waited,
    turn: Option<Turn>,
}

impl Lease {
    /// The file is over: the worker waits for the next.
    pub(super) fn give_back(&mut self) {
        let Some(worker) = self.worker.take() else { return };
        let _turn = self.turn.take();
        let mut idle = lock(&self.shared.idle);
        if idle.len() < self.shared.size && worker.served < self.shared.limits.files_per_worker {
            idle.push(worker);
        }
    }

    /// Why a file's frames stopped. A refusal the child sent is the answer itself, and the child is still well.
    pub(super) fn explain(&mut self, error: ReadError) -> ReadError {
        if !matches!(error, ReadError::Worker(_)) {
            self.give_back();
            return error;
        }
        let Some(worker) = self.worker.take() else { return error };
        let _turn = self.turn.take();
        if self.waited.timed_out {
            return ReadError::BeyondLimits(Limit::Time);
        }
        let mut child = lock(&worker.watch.child);
        let _ = child.kill();
        match child.wait() {
            Ok(status) => verdict(status, error),
            Err(_) => error,
        }
    }
}

/// What the death of a child says of the file: memory it was refused aborts it, processor time ends by SIGXCPU.
fn verdict(status: std::process::ExitStatus, error: ReadError) -> ReadError {
    const SIGABRT: i32 = 6;
    const SIGSEGV: i32 = 11;
    const SIGXCPU: i32 = 24;
    match status.signal() {
        Some(SIGABRT | SIGSEGV) => ReadError::BeyondLimits(Limit::Memory),
        Some(SIGXCPU) => ReadError::BeyondLimits(Limit::Time),
        _ => error,
    }
}

impl Lease {
    /// Fills the buffer with what is about the file.
    fn wait_for_bytes(&mut self) -> io::Result<()> {
        self.wait()?;
        if let Some(worker) = self.worker.as_mut().filter(|worker| !worker.has_told) {
            worker.take_told();
            return self.wait();
        }
        Ok(())
    }

    /// Fills the buffer from the pipe with the watchman's clock running.
    fn wait(&mut self) -> io::Result<()> {
        let Some(worker) = &mut self.worker else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        if !worker.frames.buffer().is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        *lock(&worker.watch.deadline) = Some(begun + self.waited.left);
        let outcome = worker.frames.fill_buf().map(<[u8]>::is_empty);
        *lock(&worker.watch.deadline) = None;
        let elapsed = begun.elapsed();
        let is_over = !matches!(outcome, Ok(false));
        self.waited.timed_out = is_over && elapsed >= self.waited.left;
        self.waited.left = self.waited.left.saturating_sub(elapsed);
        outcome.map(|_| ())
    }
}

impl Read for Lease {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.wait_for_bytes()?;
        match &mut self.worker {
            Some(worker) => worker.frames.read(into),
            None => Ok(0),
        }
    }
}

impl BufRead for Lease {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.wait_for_bytes()?;
        match &mut self.worker {
            Some(worker) => worker.frames.fill_buf(),
            None => Ok(&[]),
        }
    }

    fn consume(&mut self, amount: usize) {
        if let Some(worker) = &mut self.worker {
            worker.frames.consume(amount);
        }
    }
}
