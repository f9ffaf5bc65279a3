//! A code with something around it: a label before it, the marks of a licence's copies behind it, brackets, hyphens; or
//! with letters of another alphabet in it that look the same. Where exactly one code that holds stands in the text and
//! nothing else that says anything, it is what was meant: a suggestion, never put in place by itself.

use super::{CodeKind, Today, judge::holds_as};
use crate::messages::Message;

/// Words that say nothing beside a code, longest first where one holds another.
const WORDS: [&str; 24] = [
    "统一社会信用代码",
    "社会信用代码",
    "纳税人识别号",
    "组织机构代码",
    "公民身份号码",
    "身份证号码",
    "工商注册号",
    "营业执照",
    "身份证号",
    "信用代码",
    "统一代码",
    "机构代码",
    "识别号",
    "注册号",
    "证照",
    "执照",
    "代码",
    "税号",
    "编号",
    "号码",
    "正本",
    "副本",
    "NO.",
    "号",
];

/// Letters of the Cyrillic alphabet that look like Latin ones.
const ALIKE: [(char, char); 12] = [
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
];

/// The one code of these kinds that a normalised text holds, with its kind and what a person should know.
pub(super) fn find(text: &str, kinds: &[CodeKind], today: Today) -> Option<(CodeKind, String, Message)> {
    if text.is_ascii() && text.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
        return None;
    }
    let (latin, foreign) = latinised(text);
    let (kind, code) = find_alone(&latin, kinds, today)?;
    let notice = match foreign.is_empty() {
        true => Message::new("codes-with-company"),
        false => Message::new("codes-cyrillic").with("letters", foreign),
    };
    Some((kind, code, notice))
}

/// The text in Latin letters, and the foreign ones that were in it.
fn latinised(text: &str) -> (String, String) {
    let mut foreign = String::new();
    let latin = text.chars().map(|sign| {
        let upper = sign.to_uppercase().next().unwrap_or(sign);
        let Some((_, latin)) = ALIKE.iter().find(|(known, _)| *known == upper) else { return sign };
        if !foreign.contains(upper) {
            foreign.push(upper);
        }
        *latin
    });
    (latin.collect(), foreign)
}

fn find_alone(text: &str, kinds: &[CodeKind], today: Today) -> Option<(CodeKind, String)> {
    let mut found: Option<(CodeKind, String)> = None;
    let mut around = String::new();
    for run in runs(text) {
        match code_in(run, kinds, today) {
            // Two codes: which is meant can't be told.
            Some((_, code, _)) if found.as_ref().is_some_and(|(_, known)| *known != code) => return None,
            Some((kind, code, rest)) => {
                around.push_str(rest);
                around.push(' ');
                found = Some((kind, code));
            }
            None => around.push_str(run),
        }
    }
    found.filter(|_| says_nothing(&around))
}

/// The text cut where signs of codes end and others begin.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let is_of_code = |sign: char| sign.is_ascii_alphanumeric() || sign == '-';
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|sign| is_of_code(sign) != is_of_code(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(run)
    })
}

/// A code that a run of signs is, hyphens left out, or begins with before the number of a copy; with what is left over.
fn code_in<'t>(run: &'t str, kinds: &[CodeKind], today: Today) -> Option<(CodeKind, String, &'t str)> {
    let held = |code: &str| kinds.iter().copied().find(|kind| holds_as(*kind, code, today));
    let plain = run.replace('-', "");
    if let Some(kind) = held(&plain) {
        return Some((kind, plain, ""));
    }
    let mut cuts = run.match_indices('-').map(|(at, _)| run.split_at(at));
    cuts.find_map(|(before, after)| {
        let plain = before.replace('-', "");
        Some((held(&plain)?, plain, after))
    })
}

/// Whether nothing is left but words that say nothing, brackets, and the small figures of a licence's copies: 1-1, 副本2.
fn says_nothing(around: &str) -> bool {
    let upper = around.to_uppercase();
    let bare = WORDS.iter().fold(upper, |text, word| text.replace(word, " "));
    let is_mark = |sign: char| !sign.is_alphanumeric() || sign.is_ascii_digit() || "正副共第份本之".contains(sign);
    let figures = bare.split(|sign: char| !sign.is_ascii_digit());
    bare.chars().all(is_mark) && figures.map(str::len).all(|digits| digits <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "91652323MA7A000172";

    fn found(text: &str) -> Option<String> {
        let today = Today::from_ymd_opt(2025, 6, 30)?;
        find(text, &[CodeKind::Uscc, CodeKind::OrganisationCode], today).map(|(_, code, _)| code)
    }

    #[test]
    fn one_code_among_words_that_say_nothing_is_what_was_meant() {
        for text in [
            "{}(1-1)",
            "{}(副本)",
            "{}(副本2-1)",
            "统一社会信用代码:{}",
            "税号{}",
            "[{}]",
            "{}-1",
            "{};",
            "营业执照号:{}(正本)",
        ] {
            assert_eq!(found(&text.replace("{}", CODE)).as_deref(), Some(CODE), "{text}");
        }
        assert_eq!(found("91652323-MA7A00017-2").as_deref(), Some(CODE));
        assert_eq!(found("91652323МА7А000172").as_deref(), Some(CODE));
    }

    #[test]
    fn two_codes_or_a_name_beside_one_are_no_suggestion() {
        for text in ["{}/91652323MA7A00018X", "{}某某公司", "{}(注销)", "{}(12345)"] {
            let text = text.replace("{}", CODE).replace("91652323MA7A00018X", "93652323MA7A00017U");
            assert_eq!(found(&text), None, "{text}");
        }
    }
}
