//! Names as rows of signs: narrowed, simplified, without spaces, brackets and points.
//!
//! A sign is a code unit of UTF-16. Nearly all signs of names are one unit; the rare ones beyond are two and are treated
//! as two signs, which costs nothing but a slightly different distance.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::codes::normalise as normalise_code;

/// A normalised name or a part of one.
pub(crate) type Signs = Vec<u16>;

const SIMPLIFIED: &str = include_str!("simplified.txt");

/// For each unit what stands in its place; 0: it is left out.
static NORMAL: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let simplified = simplified_pairs();
    (0..=u16::MAX).map(|unit| normal_unit(unit, &simplified)).collect()
});

fn simplified_pairs() -> Vec<u16> {
    let mut table: Vec<u16> = (0..=u16::MAX).collect();
    for line in SIMPLIFIED.lines().filter(|line| !line.starts_with('#')) {
        let units: Vec<u16> = line.encode_utf16().collect();
        for pair in units.chunks_exact(2) {
            table[pair[0] as usize] = pair[1];
        }
    }
    table
}

/// Signs that programs of the GBK age kept in the private area because their fonts had no other place, from U+E815 on;
/// a point where there is none of one unit. Today's programs write the signs themselves.
const PRIVATE_FIRST: u16 = 0xe815;
const PRIVATE: &str = "⺁···⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧·龸⺪䁖䅟⺮䌷⺳⺶⺷·䎱\
                       䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺·䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻";

fn without_private(unit: u16) -> u16 {
    let at = unit.checked_sub(PRIVATE_FIRST).map(usize::from);
    let sign = at.and_then(|at| PRIVATE.chars().nth(at)).filter(|sign| *sign != '·');
    sign.and_then(|sign| u16::try_from(sign as u32).ok()).unwrap_or(unit)
}

fn normal_unit(unit: u16, simplified: &[u16]) -> u16 {
    let unit = without_private(unit);
    let Some(sign) = char::from_u32(u32::from(unit)) else { return unit };
    if matches!(sign, '〇' | '○' | '◯' | 'Ｏ' | '零') {
        return '〇' as u16;
    }
    let narrow = sign.nfkc().next().filter(|_| sign.nfkc().count() == 1).unwrap_or(sign);
    let is_private = matches!(unit, 0xe000..=0xf8ff);
    if !narrow.is_alphanumeric() && !is_private {
        return 0;
    }
    let upper = narrow.to_uppercase().next().filter(|_| narrow.to_uppercase().count() == 1).unwrap_or(narrow);
    let unit = u16::try_from(upper as u32).unwrap_or(unit);
    simplified[unit as usize]
}

/// The signs of a text, normalised one by one.
pub(crate) fn read(text: &str) -> Signs {
    let mut signs = Signs::with_capacity(text.len() / 3 + 4);
    read_into(text, &mut signs);
    signs
}

/// As [`read`], into a row that is used again.
pub(crate) fn read_into(text: &str, signs: &mut Signs) {
    let table = &*NORMAL;
    signs.clear();
    signs.extend(text.encode_utf16().map(|unit| table[unit as usize]).filter(|unit| *unit != 0));
}

/// The text of a row of signs.
pub(crate) fn text(signs: &[u16]) -> String {
    String::from_utf16_lossy(signs)
}

/// The signs of a full name: normalised, 有限责任公司 written 有限公司, a trailing （个体工商户） left out.
pub(crate) fn read_full(name: &str, signs: &mut Signs) {
    read_into(name, signs);
    fold_liability(signs);
    for tail in [&*SOLE_TRADER, &*SOLE_TRADER_SHORT] {
        if signs.len() > tail.len() + 1 && signs.ends_with(tail) {
            signs.truncate(signs.len() - tail.len());
        }
    }
}

static SOLE_TRADER: LazyLock<Signs> = LazyLock::new(|| "个体工商户".encode_utf16().collect());
static SOLE_TRADER_SHORT: LazyLock<Signs> = LazyLock::new(|| "个体户".encode_utf16().collect());

/// Leaves 责任 out where it stands between 有限 and 公司.
fn fold_liability(signs: &mut Signs) {
    const LIMITED: [u16; 2] = ['有' as u16, '限' as u16];
    const LIABILITY: [u16; 4] = ['责' as u16, '任' as u16, '公' as u16, '司' as u16];
    let mut at = 2;
    while at + 4 <= signs.len() {
        if signs[at..].starts_with(&LIABILITY) && signs[at - 2..at] == LIMITED {
            signs.drain(at..at + 2);
        }
        at += 1;
    }
}

/// The normalised full name: two names with the same one are the same name.
///
/// Width, brackets, spaces, points and case are gone, signs are simplified, 有限责任公司 is 有限公司.
pub fn normalise_name(name: &str) -> String {
    let mut signs = Signs::new();
    read_full(name, &mut signs);
    text(&signs)
}

/// Whether a value in a column of names is really a code: it holds digits and Latin letters only.
pub(crate) fn is_code_like(name: &str) -> bool {
    let text = normalise_code(name);
    text.len() >= 9 && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_brackets_spaces_and_case_are_one() {
        let one = normalise_name("某某集团（呼图壁）ＡＢ有限公司");
        assert_eq!(one, normalise_name(" 某某集团(呼图壁)\u{200b}ab 有限公司"));
    }

    #[test]
    fn traditional_signs_are_simplified() {
        assert_eq!(normalise_name("某縣石油技術服務有限責任公司"), "某县石油技术服务有限公司");
    }

    #[test]
    fn the_two_ways_to_write_a_limited_company_are_one_and_joint_stock_is_another() {
        assert_eq!(normalise_name("某某有限责任公司某某分公司"), normalise_name("某某有限公司某某分公司"));
        assert_ne!(normalise_name("某某股份有限公司"), normalise_name("某某有限公司"));
    }

    #[test]
    fn a_sign_from_the_private_area_of_old_programs_is_the_sign_of_today() {
        assert_eq!(normalise_name("某\u{e863}商贸有限公司"), normalise_name("某䶮商贸有限公司"));
        assert_ne!(normalise_name("某\u{e863}商贸有限公司"), normalise_name("某\u{e864}商贸有限公司"));
    }

    #[test]
    fn an_individual_business_is_one_with_and_without_the_word() {
        assert_eq!(normalise_name("呼图壁县某某小吃店（个体工商户）"), normalise_name("呼图壁县某某小吃店"));
    }
}
