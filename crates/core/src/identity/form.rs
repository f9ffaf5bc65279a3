//! The legal form within a name: limited, joint-stock, group. It is compared apart from the brand, because offices leave
//! it out, and companies change it while they stay the same.

use std::sync::LazyLock;

use super::signs::Signs;

/// The words of form found in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Form(u8);

impl Form {
    const LIMITED: u8 = 1;
    const SHARE: u8 = 2;
    const GROUP: u8 = 4;
    const COMPANY: u8 = 8;
    const PARTNERSHIP: u8 = 16;

    /// Whether a word of form was found at all.
    pub(crate) fn is_stated(self) -> bool {
        self.0 & (Self::LIMITED | Self::SHARE | Self::PARTNERSHIP) != 0
    }

    /// How much two forms differ, in hundredths of a sign.
    pub(crate) fn distance(self, other: Self) -> u32 {
        if self == other {
            return 0;
        }
        if !self.is_stated() || !other.is_stated() {
            return if (self.0 ^ other.0) & Self::GROUP == 0 { 20 } else { 45 };
        }
        (self.0 ^ other.0).count_ones() * 35
    }
}

/// Words of form and what they say, longest first where one holds another.
static WORDS: LazyLock<Vec<(Signs, u8)>> = LazyLock::new(|| {
    [
        ("有限公司", Form::LIMITED | Form::COMPANY),
        ("有限责任", Form::LIMITED),
        ("股份", Form::SHARE),
        ("集团", Form::GROUP),
        ("有限合伙", Form::PARTNERSHIP),
        ("普通合伙", Form::PARTNERSHIP),
        ("合伙企业", Form::PARTNERSHIP),
        ("有限", Form::LIMITED),
        ("公司", Form::COMPANY),
    ]
    .map(|(word, bits)| (word.encode_utf16().collect(), bits))
    .to_vec()
});

/// For each unit whether a word of form begins with it.
static FIRSTS: LazyLock<[u16; 6]> = LazyLock::new(|| ['有', '股', '集', '普', '合', '公'].map(|sign| sign as u16));

/// Puts the name without its words of form into `core` and gives the form.
///
/// A name that is nothing but words of form stays whole.
pub(crate) fn strip(full: &[u16], core: &mut Signs) -> Form {
    core.clear();
    let mut form = Form::default();
    let mut at = 0;
    while at < full.len() {
        let rest = &full[at..];
        let word = if FIRSTS.contains(&rest[0]) { WORDS.iter().find(|(word, _)| rest.starts_with(word)) } else { None };
        match word {
            Some((word, bits)) => {
                form.0 |= bits;
                at += word.len();
            }
            None => {
                core.push(rest[0]);
                at += 1;
            }
        }
    }
    if core.is_empty() {
        core.extend_from_slice(full);
    }
    form
}

/// Forms in which a slip is looked for, longest first.
static WHOLE: LazyLock<Vec<Signs>> = LazyLock::new(|| {
    ["有限责任公司", "股份有限公司", "集团有限公司", "有限公司"].map(|word| word.encode_utf16().collect()).to_vec()
});

/// The name with a misspelt form put right (有公司, 有限公同, 有限公公司): `None` when no form is misspelt.
///
/// Used on the query alone and beside the name as it stands, so a brand that looks like a form does no harm.
pub(crate) fn mend(full: &[u16]) -> Option<Signs> {
    for word in WHOLE.iter() {
        if contains(full, word) {
            return None;
        }
        let lengths = [word.len() + 1, word.len(), word.len() - 1];
        let found = lengths.iter().find_map(|length| {
            let windows = full.windows(*length).enumerate().skip(2);
            windows.filter(|(_, window)| one_slip(window, word)).map(|(at, _)| (at, *length)).next()
        });
        if let Some((at, length)) = found {
            let plain: &[u16] = if word.len() > 4 { word } else { &WHOLE[3] };
            let mut mended = full[..at].to_vec();
            mended.extend(plain.iter().filter(|sign| !matches!(**sign, 0x8d23 | 0x4efb)));
            mended.extend_from_slice(&full[at + length..]);
            return Some(mended);
        }
    }
    None
}

fn contains(signs: &[u16], word: &[u16]) -> bool {
    signs.windows(word.len()).any(|window| window == word)
}

/// How one row of signs is another but for one slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slip {
    /// Another sign stands at this place.
    Wrong(usize),
    /// A sign is left out or put in, or two neighbours are swapped.
    Moved,
}

/// The one slip that two rows of signs are apart; `None` when it is none or more than one.
pub(crate) fn find_slip(one: &[u16], other: &[u16]) -> Option<Slip> {
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let same_end = one[start..].iter().rev().zip(other[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    match (&one[start..one.len() - same_end], &other[start..other.len() - same_end]) {
        ([_], [_]) => Some(Slip::Wrong(start)),
        ([], [_]) | ([_], []) => Some(Slip::Moved),
        ([a, b], [c, d]) if a == d && b == c => Some(Slip::Moved),
        _ => None,
    }
}

/// Whether one is the other with one sign wrong, left out or put in, or two neighbours swapped.
pub(crate) fn one_slip(one: &[u16], other: &[u16]) -> bool {
    find_slip(one, other).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::signs;
    use super::*;

    fn core(name: &str) -> (String, Form) {
        let mut core = Signs::new();
        let form = strip(&signs::read(name), &mut core);
        (signs::text(&core), form)
    }

    #[test]
    fn names_that_differ_in_form_alone_have_one_core() {
        let names = ["某某商贸有限公司", "某某商贸集团有限公司", "某某商贸股份有限公司", "某某商贸公司", "某某商贸"];
        for name in names {
            assert_eq!(core(name).0, "某某商贸", "{name}");
        }
        assert_ne!(core(names[0]).1, core(names[2]).1);
    }

    #[test]
    fn a_form_left_out_differs_less_than_a_form_changed() {
        let (left_out, limited, group) = (core("某某").1, core("某某有限公司").1, core("某某集团有限公司").1);
        assert!(limited.distance(left_out) < limited.distance(group));
        assert_eq!(limited.distance(limited), 0);
    }

    #[test]
    fn a_misspelt_form_is_put_right() {
        for name in ["某某商贸有公司", "某某商贸有限公同", "某某商贸有限限公司", "某某商贸限有公司"]
        {
            assert_eq!(mend(&signs::read(name)).map(|signs| signs::text(&signs)).as_deref(), Some("某某商贸有限公司"));
        }
        assert_eq!(mend(&signs::read("某某商贸有限公司")), None);
    }
}
