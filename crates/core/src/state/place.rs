//! Where a row stands among the sets that are rolled.

/// Where a row that holds stands: index into the ordered batches, and row number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index into the batches given to the roller.
    pub batch: usize,
    /// The row's number in it.
    pub row: u64,
}

/// Places of so many batches in their order. Each row has a bit of its batch's: millions are put in order without being
/// compared.
pub(super) fn in_order(places: impl Iterator<Item = Place>, batches: usize) -> Vec<Place> {
    let mut bits: Vec<Vec<u64>> = vec![Vec::new(); batches];
    let mut count = 0;
    for place in places {
        let (bits, word) = (&mut bits[place.batch], (place.row / 64) as usize);
        if bits.len() <= word {
            bits.resize(word + 1, 0);
        }
        bits[word] |= 1 << (place.row % 64);
        count += 1;
    }
    let mut ordered = Vec::with_capacity(count);
    for (batch, bits) in bits.iter().enumerate() {
        for (word, bits) in (0_u64..).zip(bits) {
            let mut left = *bits;
            while left != 0 {
                ordered.push(Place { batch, row: word * 64 + u64::from(left.trailing_zeros()) });
                left &= left - 1;
            }
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_by_batch_and_row_in_whatever_order_they_were_found() {
        let place = |(batch, row)| Place { batch, row };
        let found = [(2, 64), (0, 63), (2, 0), (0, 1_000), (0, 64), (2, 65)].map(place);
        let ordered = [(0, 63), (0, 64), (0, 1_000), (2, 0), (2, 64), (2, 65)].map(place);
        assert_eq!(in_order(found.into_iter(), 4), ordered);
        assert_eq!(in_order(std::iter::empty(), 0), []);
    }
}
