//! Tables from a hash to the numbers that have it: two flat arrays, built in two passes, nothing a key.
//!
//! A hash is cut to the table's size, so a bucket may hold strangers; whoever looks one up compares what it finds.

/// Numbers grouped by hash.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buckets {
    starts: Vec<u32>,
    numbers: Vec<u32>,
    shift: u32,
}

impl Buckets {
    /// Builds the table from what `emit` gives: it is called twice and must give the same pairs (hash, number) in the
    /// same order. `expected` is about how many pairs there will be.
    pub(crate) fn build(expected: usize, emit: impl Fn(&mut dyn FnMut(u64, u32))) -> Self {
        let bits = expected.max(2).next_power_of_two().ilog2().clamp(4, 25);
        let shift = 64 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        emit(&mut |hash, _| starts[(hash >> shift) as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut numbers = vec![0; starts.last().copied().unwrap_or(0) as usize];
        emit(&mut |hash, number| {
            let at = &mut next[(hash >> shift) as usize];
            numbers[*at as usize] = number;
            *at += 1;
        });
        Self { starts, numbers, shift }
    }

    /// The numbers that may have the hash, in the order in which they were given.
    pub(crate) fn list(&self, hash: u64) -> &[u32] {
        if self.starts.is_empty() {
            return &[];
        }
        let at = (hash >> self.shift) as usize;
        &self.numbers[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_its_numbers_in_order() {
        let pairs = [(1 << 63, 7), (5, 1), (1 << 63, 8), (5, 2)];
        let buckets = Buckets::build(4, |give| pairs.iter().for_each(|(hash, number)| give(*hash, *number)));
        assert_eq!(buckets.list(1 << 63), [7, 8]);
        assert_eq!(buckets.list(5), [1, 2]);
        assert!(Buckets::default().list(5).is_empty());
    }
}
