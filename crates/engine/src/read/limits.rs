//! The limits under which a process of this program takes a foreign file in hand.
//!
//! All of them are hard: the process can't raise them again. Processor time alone is also counted file by file.

use std::time::Instant;

use rlimit::Resource;

/// Address space a reading process may take beyond what it has when it starts. Distinct strings of a workbook are
/// capped at 256 MiB; this is that, the same again for what else a workbook holds, and room to grow.
const MOST_MEMORY_BYTES: u64 = 640 << 20;
/// Processor seconds for a file: the parent's patience with some to spare.
const MOST_SECONDS: u64 = 12;
/// Further processor seconds for each MiB of the file beyond the first ten.
const SECONDS_PER_MEBIBYTE: u64 = 1;
/// Processor seconds of a process that reads one file after another, in all its life.
const MOST_SECONDS_OF_A_LIFE: u64 = 24 * 60 * 60;
/// Files that may be open at once: what it was started with, the requests, the file, and some to spare.
const MOST_OPEN_FILES: u64 = 16;
/// Bytes of a marked workbook: so many times those of the original, and so many more.
const MARKED_TIMES: u64 = 4;
const MARKED_BYTES: u64 = 256 << 20;

/// Puts a process that reads one file after another under its limits; [`limit_processor_time`] follows with each file.
pub(super) fn limit_reading() {
    limit(0);
    set_hard(Resource::CPU, MOST_SECONDS_OF_A_LIFE);
}

/// Puts a process that marks one workbook of this size under its limits.
pub(crate) fn limit_marking(size: u64) {
    limit(size.saturating_mul(MARKED_TIMES).saturating_add(MARKED_BYTES));
    set_hard(Resource::CPU, MOST_SECONDS + further_seconds(size));
}

/// A limit that can't be set is gone without: the parent's patience still holds.
fn limit(written_bytes: u64) {
    set_hard(Resource::AS, address_space_bytes().saturating_add(MOST_MEMORY_BYTES));
    set_hard(Resource::FSIZE, written_bytes);
    set_hard(Resource::NOFILE, MOST_OPEN_FILES);
    // Neither a process nor a thread, and nothing of a sheet in the memory that a dying process leaves.
    set_hard(Resource::NPROC, 0);
    set_hard(Resource::CORE, 0);
}

/// Counts processor time anew for a file of this size.
pub(super) fn limit_processor_time(begun: Instant, size: u64) {
    // One thread can't have used more processor time than has passed.
    let used = begun.elapsed().as_secs();
    if let Ok((_, hard)) = Resource::CPU.get() {
        let wanted = used + MOST_SECONDS + further_seconds(size);
        let _ = Resource::CPU.set(wanted.min(hard), hard);
    }
}

fn further_seconds(size: u64) -> u64 {
    (size >> 20).saturating_sub(10) * SECONDS_PER_MEBIBYTE
}

fn set_hard(resource: Resource, wanted: u64) {
    if let Ok((_, hard)) = resource.get() {
        let _ = resource.set(wanted.min(hard), wanted.min(hard));
    }
}

/// The address space this process has already, where the system tells (pages of 4 KiB).
fn address_space_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|line| line.split_whitespace().next().and_then(|pages| pages.parse::<u64>().ok()));
    pages.map_or(1 << 30, |pages| pages * 4096)
}
