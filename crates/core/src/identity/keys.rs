//! Hashes of rows of signs: of the whole, of the whole without one sign, of each pair.

const BASE: u64 = 0x9e37_79b9_7f4a_7c15 | 1;

fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

fn step(hash: u64, sign: u16) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(sign) + 1)
}

/// Hash of a row of signs.
pub(crate) fn whole(signs: &[u16]) -> u64 {
    mix(signs.iter().fold(0, |hash, sign| step(hash, *sign)))
}

/// Hash of bytes (codes).
pub(crate) fn bytes(bytes: &[u8]) -> u64 {
    mix(bytes.iter().fold(0, |hash, byte| step(hash, u16::from(*byte))))
}

/// Gives the hash of the row and of the row without each one of its signs, without saying the same twice for a doubled
/// sign. Rows of fewer than three signs give their own hash alone: without one sign they would be anything.
pub(crate) fn near(signs: &[u16], mut give: impl FnMut(u64)) {
    give(whole(signs));
    if signs.len() < 3 {
        return;
    }
    // The hash of a row is the sum of its signs times powers of the base: leaving one out joins what stands before it,
    // moved one place, and what stands after it.
    let mut power = 1_u64;
    let mut after = 0_u64;
    let before_all = signs.iter().fold(0, |hash, sign| step(hash, *sign));
    let mut before = before_all;
    for at in (0..signs.len()).rev() {
        let own = (u64::from(signs[at]) + 1).wrapping_mul(power);
        // `before` is the hash of everything up to and including `at`, in its place within the whole.
        before = before.wrapping_sub(own);
        if at == 0 || signs[at] != signs[at - 1] {
            let moved = before.wrapping_mul(INVERSE);
            give(mix(moved.wrapping_add(after)));
        }
        after = after.wrapping_add(own);
        power = power.wrapping_mul(BASE);
    }
}

/// The number that undoes a multiplication by the base (modulo 2^64).
const INVERSE: u64 = {
    let mut inverse = BASE;
    let mut round = 0;
    while round < 6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(BASE.wrapping_mul(inverse)));
        round += 1;
    }
    inverse
};

/// Hash of a pair of neighbours.
pub(crate) fn pair(one: u16, other: u16) -> u64 {
    mix((u64::from(one) << 16) | u64::from(other) | (1 << 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_one_sign_has_the_hash_of_the_shorter_row() {
        let mut given = Vec::new();
        near(&[5, 6, 7, 8], |hash| given.push(hash));
        let expected: Vec<u64> = [&[5, 6, 7, 8][..], &[5, 6, 7], &[5, 6, 8], &[5, 7, 8], &[6, 7, 8]]
            .iter()
            .map(|signs| whole(signs))
            .collect();
        assert_eq!(given, expected);
    }

    #[test]
    fn a_doubled_sign_is_left_out_once() {
        let mut count = 0;
        near(&[5, 6, 6, 8], |_| count += 1);
        assert_eq!(count, 4);
    }
}
