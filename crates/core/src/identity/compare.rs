//! How far two names are apart, in hundredths of a sign.
//!
//! Slips that offices make often weigh little (a sign of the same sound, a sign doubled, two swapped, 市 left out, the
//! place left out, the form changed); signs that tell one branch from another (figures, directions) weigh much.

use super::form::Form;
use super::signs::Signs;
use super::sounds;

/// A name ready to be compared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Side {
    /// Normalised, with its words of form.
    pub(crate) full: Signs,
    /// Without them.
    pub(crate) core: Signs,
    pub(crate) form: Form,
    /// Where the names of places at the start of `core` end.
    pub(crate) places: Vec<usize>,
}

/// Beyond this names have nothing to do with each other; the exact figure is not worked out.
pub(crate) const FAR: u32 = 100_000;

const WRONG: u32 = 100;
const SAME_SOUND: u32 = 45;
const SWAPPED: u32 = 50;
const MISSING: u32 = 90;
const DOUBLED: u32 = 40;
const WORD_OF_PLACE: u32 = 30;
const COUNTING: u32 = 250;
const PLACE_LEFT_OUT: u32 = 60;

/// How far the two are apart, places and forms considered; `limit` is where it no longer matters.
pub(crate) fn distance(one: &Side, other: &Side, limit: u32, rows: &mut Rows) -> u32 {
    let form = one.form.distance(other.form);
    let Some(left) = limit.checked_sub(form) else { return FAR };
    let mut best = aligned(&one.core, &other.core, left, rows);
    let mut try_without = |one: &[u16], other: &[u16]| {
        if let Some(left) = best.min(left).checked_sub(PLACE_LEFT_OUT) {
            best = best.min(aligned(one, other, left, rows).saturating_add(PLACE_LEFT_OUT));
        }
    };
    // A place left out at the start of one of them: all of it, or the province before the county.
    for end in &other.places {
        try_without(&one.core, &other.core[*end..]);
    }
    for end in &one.places {
        try_without(&one.core[*end..], &other.core);
    }
    if let (Some(one_end), Some(other_end)) = (one.places.first(), other.places.first())
        && one.core[..*one_end] != other.core[..*other_end]
    {
        let bare = |side: &Side, end: usize| super::places::bare(&side.core[..end]);
        if bare(one, *one_end) == bare(other, *other_end) {
            let left = best.min(left);
            let rest = aligned(&one.core[*one_end..], &other.core[*other_end..], left, rows);
            best = best.min(rest.saturating_add(WORD_OF_PLACE));
        }
    }
    if best >= FAR { FAR } else { best + form }
}

/// Whether two parts are the same but for one slight slip: a sign of the same sound, doubled, swapped, or 市 left out.
pub(crate) fn is_slight(one: &[u16], other: &[u16]) -> bool {
    aligned(one, other, SWAPPED, &mut Rows::default()) <= SWAPPED
}

/// Rows of the table of distances, kept to be used again.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    before: Vec<u32>,
    last: Vec<u32>,
    now: Vec<u32>,
}

/// Weighted distance with swaps of neighbours (optimal string alignment), given up beyond `limit`.
fn aligned(one: &[u16], other: &[u16], limit: u32, rows: &mut Rows) -> u32 {
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    // One equal sign stays on either side, so that a doubled sign is seen as doubled.
    let start = start.saturating_sub(1);
    let (one, other) = (&one[start..], &other[start..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count().saturating_sub(1);
    let (one, other) = (&one[..one.len() - end], &other[..other.len() - end]);
    if one == other {
        return 0;
    }
    if (one.len().abs_diff(other.len()) as u32).saturating_mul(WORD_OF_PLACE) > limit {
        return FAR;
    }
    rows.last.clear();
    rows.last.push(0);
    for at in 0..other.len() {
        let put_in = rows.last[at] + missing(other, at);
        rows.last.push(put_in);
    }
    rows.before.clear();
    rows.before.resize(other.len() + 1, FAR);
    rows.now.clear();
    rows.now.resize(other.len() + 1, 0);
    let mut least_before = 0;
    for at in 0..one.len() {
        // A swap reaches back two rows, so both must be beyond the limit.
        let least = fill_row(one, other, at, rows);
        if least > limit && least_before > limit {
            return FAR;
        }
        least_before = least;
        std::mem::swap(&mut rows.before, &mut rows.last);
        std::mem::swap(&mut rows.last, &mut rows.now);
    }
    let distance = rows.last[other.len()];
    if distance > limit { FAR } else { distance }
}

fn fill_row(one: &[u16], other: &[u16], at: usize, rows: &mut Rows) -> u32 {
    let left_out = missing(one, at);
    rows.now[0] = rows.last[0] + left_out;
    let mut least = rows.now[0];
    for to in 0..other.len() {
        let mut best = rows.last[to] + wrong(one[at], other[to]);
        best = best.min(rows.last[to + 1] + left_out);
        best = best.min(rows.now[to] + missing(other, to));
        if at > 0 && to > 0 && one[at] == other[to - 1] && one[at - 1] == other[to] && one[at] != one[at - 1] {
            best = best.min(rows.before[to - 1] + swapped(one[at], one[at - 1]));
        }
        rows.now[to + 1] = best;
        least = least.min(best);
    }
    least
}

fn wrong(one: u16, other: u16) -> u32 {
    match () {
        () if one == other => 0,
        () if counts(one) && counts(other) => COUNTING,
        () if sounds::alike(one, other) => SAME_SOUND,
        () if counts(one) || counts(other) => WRONG + 60,
        () => WRONG,
    }
}

fn swapped(one: u16, other: u16) -> u32 {
    if counts(one) && counts(other) { COUNTING } else { SWAPPED }
}

/// What it weighs that the sign at a place has nothing over against it.
fn missing(signs: &[u16], at: usize) -> u32 {
    let sign = signs[at];
    let doubled = (at > 0 && signs[at - 1] == sign) || signs.get(at + 1) == Some(&sign);
    match () {
        () if counts(sign) => COUNTING - 50,
        () if doubled => DOUBLED,
        () if is_word_of_place(sign) => WORD_OF_PLACE,
        () => MISSING,
    }
}

fn is_word_of_place(sign: u16) -> bool {
    const WORDS: [u16; 5] = ['省' as u16, '市' as u16, '县' as u16, '区' as u16, '州' as u16];
    WORDS.contains(&sign)
}

/// Signs that count or point: they tell branches and shops apart, and are seldom a slip.
fn counts(sign: u16) -> bool {
    const SIGNS: [char; 30] = [
        '〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '东', '南', '西', '北', '甲', '乙',
        '丙', '丁', '上', '下', '左', '右', '前', '后', '壹', '贰', '叁', '双',
    ];
    (0x30..=0x39).contains(&sign) || SIGNS.iter().any(|one| *one as u16 == sign)
}

/// Likeness in thousandths from a distance and the signs of the longer name.
pub(crate) fn score_thousandths(distance: u32, length: usize) -> u16 {
    let whole = 300 + 50 * length as u32;
    let lost = (u64::from(distance) * 1000 / u64::from(whole)).min(1000);
    (1000 - lost) as u16
}

#[cfg(test)]
mod tests {
    use super::super::places::tests::places;
    use super::super::{form, signs};
    use super::*;

    fn side(name: &str) -> Side {
        let mut side = Side::default();
        signs::read_full(name, &mut side.full);
        side.form = form::strip(&side.full, &mut side.core);
        side.places = places().ends(&side.core);
        side
    }

    fn apart(one: &str, other: &str) -> u32 {
        distance(&side(one), &side(other), 1000, &mut Rows::default())
    }

    #[test]
    fn a_sign_of_the_same_sound_is_nearer_than_any_other() {
        let name = "某某泰隆建筑装饰工程有限公司";
        assert!(apart(name, "某某泰泷建筑装饰工程有限公司") < apart(name, "某某泰河建筑装饰工程有限公司"));
    }

    #[test]
    fn common_slips_weigh_less_than_a_wrong_sign() {
        let name = "某某明翔包装制品有限公司";
        let wrong = apart(name, "某某明丰包装制品有限公司");
        for slip in ["某某翔明包装制品有限公司", "某某明翔翔包装制品有限公司", "某某明翔包装制品公司"]
        {
            assert!(apart(name, slip) < wrong, "{slip}");
        }
    }

    #[test]
    fn a_place_left_out_weighs_little_and_another_place_much() {
        let name = "呼图壁县某某明翔包装有限公司";
        assert!(apart(name, "某某明翔包装有限公司") <= 60);
        assert!(apart(name, "呼图壁某某明翔包装有限公司") <= 30);
        assert!(apart(name, "阜康市某某明翔包装有限公司") > 200);
    }

    #[test]
    fn two_swapped_signs_are_a_slight_slip_and_another_sign_is_none() {
        let signs = |text: &str| signs::read(text);
        assert!(is_slight(&signs("立木"), &signs("木立")));
        assert!(is_slight(&signs("明翔"), &signs("明翔翔")));
        assert!(!is_slight(&signs("明翔"), &signs("明丰")));
    }

    #[test]
    fn another_number_of_a_branch_is_far() {
        assert!(apart("某某药业有限公司第六门店", "某某药业有限公司第七门店") >= 250);
        assert!(apart("某某药业有限公司第六门店", "某某药业有限公司") >= 250);
    }
}
