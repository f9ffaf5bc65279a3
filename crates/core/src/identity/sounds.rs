//! Signs that sound alike: a clerk who types by sound takes one for the other.

use std::sync::LazyLock;

use pinyin::ToPinyinMulti;

const FIRST: u16 = 0x4e00;
const LAST: u16 = 0x9fff;
/// Readings kept a sign; a fourth is rare and never the common one.
const READINGS: usize = 3;

/// Numbers of the syllables (without tone) of each sign, 0 for none.
static SYLLABLES: LazyLock<Vec<[u16; READINGS]>> = LazyLock::new(|| {
    let mut known: Vec<&'static str> = vec![""];
    (FIRST..=LAST).map(|unit| syllables(unit, &mut known)).collect()
});

fn syllables(unit: u16, known: &mut Vec<&'static str>) -> [u16; READINGS] {
    let mut numbers = [0; READINGS];
    let Some(sign) = char::from_u32(u32::from(unit)) else { return numbers };
    let Some(readings) = sign.to_pinyin_multi() else { return numbers };
    let mut filled = 0;
    for reading in readings {
        let syllable = reading.plain();
        let number = known.iter().position(|one| *one == syllable).unwrap_or_else(|| {
            known.push(syllable);
            known.len() - 1
        }) as u16;
        if filled < READINGS && !numbers.contains(&number) {
            numbers[filled] = number;
            filled += 1;
        }
    }
    numbers
}

/// Whether two signs can be read alike, tones left out.
pub(crate) fn alike(one: u16, other: u16) -> bool {
    if !(FIRST..=LAST).contains(&one) || !(FIRST..=LAST).contains(&other) {
        return false;
    }
    let table = &*SYLLABLES;
    let (one, other) = (&table[(one - FIRST) as usize], &table[(other - FIRST) as usize]);
    one.iter().any(|syllable| *syllable != 0 && other.contains(syllable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_one_sound_are_alike_also_by_a_second_reading() {
        assert!(alike('隆' as u16, '泷' as u16));
        assert!(alike('程' as u16, '成' as u16));
        assert!(!alike('程' as u16, '店' as u16));
        assert!(!alike('A' as u16, 'A' as u16));
    }
}
