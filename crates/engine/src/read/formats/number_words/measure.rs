//! Words before and behind a figure: the measures that they say.

use gongzhi_core::catalog::Measure;
use gongzhi_core::intake::claim::Claim;
use gongzhi_core::intake::header::fold;

/// What stands between a figure and what it is divided by before it is shown.
const SHOWN_SMALLER: char = '÷';
/// Signs and words of yuan before a figure: they say nothing of thousands.
const YUAN_SIGNS: [&str; 5] = ["¥", "￥", "人民币", "RMB", "CNY"];

/// Words before a figure that say more than yuan.
pub(super) fn before_figure(word: &str) -> String {
    let mut word = word.trim_matches(['(', ')', '（', '）', '-', '+', ':', '：', ' ']);
    while let Some(rest) = YUAN_SIGNS.iter().find_map(|sign| word.strip_prefix(sign)) {
        word = rest.trim_start();
    }
    if YUAN_SIGNS.iter().any(|sign| sign.eq_ignore_ascii_case(word)) { String::new() } else { word.to_owned() }
}

/// A measure that stands before the figure; empty where the word is none. Latin letters belong to codes.
pub(super) fn measure_before(word: &str) -> &str {
    let bare = word.rsplit([':', '：']).next().unwrap_or(word).trim();
    let is_measure = !bare.is_ascii() && (Claim::of(&fold(bare)).is_some() || counts_many(&fold(bare)));
    if is_measure { bare } else { "" }
}

/// Whether a word that nobody knows begins with how many of something: 万块, 千RMB.
fn counts_many(folded: &str) -> bool {
    folded.starts_with(['万', '亿', '千', '百'])
}

/// Money of others.
pub(super) fn is_foreign(word: &str) -> bool {
    let is_named = || matches!(Claim::of(&fold(word)), Some(Claim::Unknown { dimension: Some("money"), .. }));
    word.contains(['$', '€', '£', '₩', '₽', '¢', '₸']) || !word.is_empty() && is_named()
}

/// Words behind a figure that say what it is measured in, brought to what the figure itself stands in; whatever they are
/// where the whole is a text.
pub(super) fn behind_figure(word: &str, divisor: u64, is_text: bool) -> String {
    let bare = word.trim_matches(['(', ')', '（', '）', ' ']);
    let bare = bare.strip_suffix("整").unwrap_or(bare);
    let folded = fold(bare);
    let claim = if bare.is_empty() { None } else { Claim::of(&folded) };
    if divisor > 1 {
        return match claim {
            Some(Claim::Known(measure)) if base_of(measure, divisor).is_some() => {
                base_of(measure, divisor).map_or("", Measure::chinese).to_owned()
            }
            // 万 counts yuan where nothing else is said.
            Some(Claim::Unknown { .. }) if folded == "万" && divisor == 10_000 => Measure::Yuan.chinese().to_owned(),
            Some(Claim::Unknown { .. }) if folded == "亿" && divisor == 100_000_000 => {
                Measure::Yuan.chinese().to_owned()
            }
            Some(_) => format!("{SHOWN_SMALLER}{divisor}{bare}"),
            None => format!("{SHOWN_SMALLER}{divisor}"),
        };
    }
    match claim {
        Some(Claim::Known(Measure::Yuan) | Claim::Per { measure: Measure::Yuan, .. }) if is_text => bare.to_owned(),
        Some(Claim::Known(Measure::Yuan)) => Measure::Yuan.chinese().to_owned(),
        // A price: so much for each is what its column keeps.
        Some(Claim::Per { measure: Measure::Yuan, .. }) => String::new(),
        Some(_) => bare.to_owned(),
        None if is_text || counts_many(&folded) => bare.to_owned(),
        None => String::new(),
    }
}

/// The measure of which another is so many.
fn base_of(measure: Measure, divisor: u64) -> Option<Measure> {
    let factor = (i64::try_from(divisor).ok()?, 1);
    let bases = [
        Measure::Yuan,
        Measure::SquareMetre,
        Measure::Mu,
        Measure::Hectare,
        Measure::Metre,
        Measure::Tonne,
        Measure::Kilogram,
        Measure::CubicMetre,
        Measure::Person,
    ];
    let is_base = |base: &Measure| {
        measure
            .factor_to(*base)
            .is_some_and(|(over, under)| under != 0 && over % under == 0 && (over / under, 1) == factor)
    };
    bases.into_iter().find(is_base)
}
