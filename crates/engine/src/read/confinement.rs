//! What a process of this program gives up before it takes a foreign file in hand.
//!
//! Limits of memory, time and files ([`super::limits`]) bound what a file can ask for; they do not bound what a reader
//! does whose memory a file has got hold of. So the process also shuts itself in: *landlock* takes every path away,
//! *seccomp* every call of the system but the few that reading an open file, keeping memory and answering take. What it
//! works on it was handed open, and it has no environment. Nothing of it can be taken back, by the superuser neither.
//! A kernel that lacks one of the two is told of ([`Lacking`]) and the work goes on with what there is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use gongzhi_core::messages::Message;
use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

/// What of the confinement this kernel does not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lacking {
    /// Paths can't be taken away (landlock).
    pub paths: bool,
    /// Calls of the system can't be taken away (seccomp).
    pub calls: bool,
}

impl Lacking {
    const PATHS: u8 = 1;
    const CALLS: u8 = 2;

    /// As it crosses from the process.
    pub(crate) fn to_byte(self) -> u8 {
        (u8::from(self.paths) * Self::PATHS) | (u8::from(self.calls) * Self::CALLS)
    }

    /// The other way round.
    pub(crate) fn from_byte(byte: u8) -> Self {
        Self { paths: byte & Self::PATHS != 0, calls: byte & Self::CALLS != 0 }
    }

    /// The sentence; none when nothing lacks.
    pub fn message(self) -> Option<Message> {
        let what = match self {
            Self { paths: false, calls: false } => return None,
            Self { paths: true, calls: false } => "landlock",
            Self { paths: false, calls: true } => "seccomp",
            Self { paths: true, calls: true } => "landlock, seccomp",
        };
        Some(Message::new("read-unconfined").with("what", what))
    }
}

/// What the processes of this program told that they lack.
static TOLD: AtomicU8 = AtomicU8::new(0);

/// Keeps what a process told.
pub(crate) fn note(lacking: Lacking) {
    let before = TOLD.fetch_or(lacking.to_byte(), Ordering::Relaxed);
    if before | lacking.to_byte() != before {
        // People are told once, at the end of the command.
        tracing::info!(?lacking, "the kernel does not confine the processes that take foreign files in hand");
    }
}

/// What of the confinement lacked in the processes that this one started so far: to be said once.
pub fn lacking() -> Lacking {
    Lacking::from_byte(TOLD.load(Ordering::Relaxed))
}

/// Shuts this thread in, and with it a process that has no other. Limits must stand before.
pub(crate) fn confine() -> Lacking {
    Lacking { paths: !take_paths_away(), calls: !take_calls_away() }
}

/// No path can be opened, made, moved or removed any more, no port reached, no process outside signalled; what is open
/// stays open. Whether it holds.
fn take_paths_away() -> bool {
    let restricted = || -> Result<RulesetStatus, RulesetError> {
        // What a kernel does not know of this yet it leaves out by itself.
        let known = ABI::V7;
        let rules = Ruleset::default()
            .handle_access(AccessFs::from_all(known))?
            .handle_access(AccessNet::from_all(known))?
            .scope(Scope::from_all(known))?;
        Ok(rules.create()?.restrict_self()?.ruleset)
    };
    restricted().is_ok_and(|status| status != RulesetStatus::NotEnforced)
}

/// Every call but those of [`calls`] is refused. Whether it holds.
fn take_calls_away() -> bool {
    filter().is_ok_and(|filter| apply_filter(&filter).is_ok())
}

fn filter() -> Result<BpfProgram, BackendError> {
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(calls()?, refused, SeccompAction::Allow, arch)?.try_into()
}

/// The calls that are left: on what is open, on the process's own memory, signals to itself, its end. Whatever takes a
/// path, makes a socket, a process or a thread, or looks into another process is not among them.
fn calls() -> Result<BTreeMap<i64, Vec<SeccompRule>>, BackendError> {
    const OPEN_FILES: [i64; 10] = [
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_lseek,
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_recvmsg,
        libc::SYS_recvfrom,
    ];
    const OWN_MEMORY: [i64; 6] =
        [libc::SYS_munmap, libc::SYS_mremap, libc::SYS_brk, libc::SYS_madvise, libc::SYS_futex, libc::SYS_getrandom];
    const ITSELF: [i64; 11] = [
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_sched_yield,
        libc::SYS_clock_gettime,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    let whole = OPEN_FILES.into_iter().chain(OWN_MEMORY).chain(ITSELF).map(|call| (call, Vec::new()));
    let mut calls: BTreeMap<i64, Vec<SeccompRule>> = whole.collect();
    // New code can't be put into the process.
    let no_code = || rule(&[(2, SeccompCmpOp::MaskedEq(libc::PROT_EXEC.unsigned_abs().into()), 0)]);
    calls.insert(libc::SYS_mmap, vec![no_code()?]);
    calls.insert(libc::SYS_mprotect, vec![no_code()?]);
    // An abort is a signal to itself.
    let own = u64::from(std::process::id());
    calls.insert(libc::SYS_tgkill, vec![rule(&[(0, SeccompCmpOp::Eq, own)])?]);
    // Processor time is counted anew for each file.
    let time = u64::from(libc::RLIMIT_CPU);
    calls.insert(libc::SYS_prlimit64, vec![rule(&[(0, SeccompCmpOp::Eq, 0), (1, SeccompCmpOp::Eq, time)])?]);
    let asked = [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL];
    let asked = asked.map(|what| rule(&[(1, SeccompCmpOp::Eq, what.unsigned_abs().into())]));
    calls.insert(libc::SYS_fcntl, asked.into_iter().collect::<Result<_, _>>()?);
    Ok(calls)
}

/// A rule on arguments of a call: place, comparison, value; all of them hold.
fn rule(conditions: &[(u8, SeccompCmpOp, u64)]) -> Result<SeccompRule, BackendError> {
    let condition = |(place, how, value): &(u8, SeccompCmpOp, u64)| {
        SeccompCondition::new(*place, SeccompCmpArgLen::Dword, how.clone(), *value)
    };
    SeccompRule::new(conditions.iter().map(condition).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests;
