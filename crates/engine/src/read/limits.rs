//! The limits under which a process of this program takes a foreign file in hand.

use std::path::Path;
use std::time::Instant;

/// Address space a reading process may take beyond what it has when it starts. Distinct strings of a workbook are
/// capped at 256 MiB; this is that, the same again for what else a workbook holds, and room to grow.
const MOST_MEMORY_BYTES: u64 = 640 << 20;
/// Processor seconds for a file: the parent's patience with some to spare.
const MOST_SECONDS: u64 = 12;
/// Further processor seconds for each MiB of the file beyond the first ten.
const SECONDS_PER_MEBIBYTE: u64 = 1;

/// Puts this process under the limits for one file and no other.
pub(crate) fn put_under_limits(path: &Path) {
    limit_memory();
    limit_processor_time(Instant::now(), path);
}

/// A limit that can't be set is gone without: the parent's patience still holds.
pub(super) fn limit_memory() {
    let limit = address_space_bytes().saturating_add(MOST_MEMORY_BYTES);
    set_soft(rlimit::Resource::AS, limit);
}

pub(super) fn limit_processor_time(begun: Instant, path: &Path) {
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    // One thread can't have used more processor time than has passed.
    let used = begun.elapsed().as_secs();
    let more = (size >> 20).saturating_sub(10) * SECONDS_PER_MEBIBYTE;
    set_soft(rlimit::Resource::CPU, used + MOST_SECONDS + more);
}

fn set_soft(resource: rlimit::Resource, wanted: u64) {
    if let Ok((_, hard)) = resource.get() {
        let _ = resource.set(wanted.min(hard), hard);
    }
}

/// The address space this process has already, where the system tells (pages of 4 KiB).
fn address_space_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|line| line.split_whitespace().next().and_then(|pages| pages.parse::<u64>().ok()));
    pages.map_or(1 << 30, |pages| pages * 4096)
}
