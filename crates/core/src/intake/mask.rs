//! What is personal, hidden: a citizen's number must not stand in clear in anything that is kept or handed on.
//!
//! The clerk finds the cell by its address; of what stands in it the first four and the last two signs are shown at most.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};

use crate::codes::{
    CitizenId, find_persons, is_certificate, is_like_old_citizen, may_be_certificate, may_be_personal, normalise,
};
use crate::messages::Message;

/// Signs of a citizen's number.
const SIGNS: usize = 18;

/// A personal value as it may be shown.
pub fn mask(text: &str) -> String {
    let count = text.chars().count();
    let (first, last) = match count {
        12.. => (4, 2),
        6..=11 => (1, 1),
        2..=5 => (1, 0),
        _ => (0, 0),
    };
    text.chars().enumerate().map(|(at, sign)| if at < first || at + last >= count { sign } else { '*' }).collect()
}

/// The text with every person's number in it masked, right or mistyped; `None` when there is none.
pub fn mask_citizens(text: &str) -> Option<String> {
    let found = find_persons(text);
    let mut masked = String::new();
    let mut taken_to = 0;
    for place in &found {
        masked.push_str(&text[taken_to..place.start]);
        masked.push_str(&mask(&text[place.clone()]));
        taken_to = place.end;
    }
    (taken_to > 0).then(|| masked + &text[taken_to..])
}

/// A text as it may be shown: the name of a file or a sheet, a header, a sentence.
pub fn shown(text: &str) -> Cow<'_, str> {
    mask_citizens(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A value of a column of codes as it may be shown: a person's number masked whole, right or mistyped, or another
/// certificate's; of a text the numbers in it. `None` when there is none.
pub fn mask_persons(text: &str) -> Option<String> {
    let normal = normalise(text);
    match may_be_personal(&normal) || is_certificate(&normal) || may_be_certificate(&normal) {
        true => Some(mask(text)),
        false => mask_citizens(text),
    }
}

/// A text of a column of texts as it is kept: its persons' numbers masked, an old one that stands alone and holds as the number
/// of a licence too. `None` when there is none.
pub(super) fn mask_text(text: &str) -> Option<String> {
    mask_citizens(text).or_else(|| is_like_old_citizen(text).then(|| mask(text)))
}

/// Fewest digits of a telephone number.
const PHONE_DIGITS: usize = 7;

/// A remark as it is kept: persons' and telephones' numbers masked.
pub(super) fn mask_contacts(text: &str) -> String {
    let text = mask_citizens(text).unwrap_or_else(|| text.to_owned());
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for sign in text.chars().chain(std::iter::once('\n')) {
        if digit(sign).is_some() {
            run.push(sign);
            continue;
        }
        masked.push_str(&if run.chars().count() >= PHONE_DIGITS { mask(&run) } else { std::mem::take(&mut run) });
        run.clear();
        masked.push(sign);
    }
    masked.pop();
    masked
}

/// Words by which a citizen's number is named.
const NUMBER_WORDS: [&str; 9] = ["公民身份", "居民身份", "身份证", "身份", "证件", "证", "号码", "号", "ID"];

/// Whether a masked text says nothing but a citizen's number, a word for it perhaps: two such texts may read the same
/// although they are of two people.
pub(super) fn is_masked_alone(masked: &str) -> bool {
    let rest: String =
        masked.chars().filter(|sign| digit(*sign).is_none() && !matches!(sign, '*' | 'X' | 'x')).collect();
    let rest = NUMBER_WORDS.iter().fold(rest, |rest, word| rest.replace(word, ""));
    !rest.chars().any(char::is_alphanumeric)
}

/// Whether the whole text is a number of a document that merely has the form of a citizen's: the region, a day, a serial.
/// One that holds as a citizen's is a document's only with a day of the last years in it.
pub fn is_document_number(text: &str, header: &str, today: NaiveDate) -> bool {
    let is_numbered =
        header.ends_with(['号', '码']) && !["证件", "身份", "公民"].iter().any(|word| header.contains(word));
    let year: Option<i32> = text.get(6..10).and_then(|year| year.parse().ok());
    let is_recent = text.len() == SIGNS && year.is_some_and(|year| today.year() - year <= 10);
    let is_bare = text.bytes().all(|byte| byte.is_ascii_digit());
    let may_be = match text.len() {
        15 | 17 | 19 => is_bare,
        SIGNS => is_recent || is_bare && CitizenId::parse(text, NaiveDate::MAX).is_none(),
        _ => false,
    };
    is_numbered && may_be
}

fn digit(sign: char) -> Option<char> {
    match sign {
        '0'..='9' => Some(sign),
        '０'..='９' => char::from_u32(sign as u32 - '０' as u32 + '0' as u32),
        _ => None,
    }
}

/// Masks citizens' numbers in the values of a message.
pub(super) fn hide_citizens(message: &mut Message) {
    for (_, value) in &mut message.values {
        if let Some(masked) = mask_citizens(value) {
            *value = masked;
        }
    }
}

/// Masks in a message what comes from a personal cell: the value itself, and whatever holds a number.
pub(super) fn hide_personal(message: &mut Message, value: &str) {
    for (name, shown) in &mut message.values {
        let is_said = matches!(name.as_ref(), "value" | "suggestion" | "code");
        if is_said || shown == value || has_number(shown) {
            *shown = mask(shown);
        }
    }
}

fn has_number(text: &str) -> bool {
    text.split(|sign: char| digit(sign).is_none()).any(|run| run.chars().count() >= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citizens_number_is_masked_wherever_it_stands() {
        let number = "11010519491231002X";
        assert_eq!(mask(number), "1101************2X");
        assert_eq!(mask(&mask(number)), mask(number));
        assert_eq!(mask("张三"), "张*");
        assert_eq!(mask_citizens("张三11010519491231002X").as_deref(), Some("张三1101************2X"));
        assert_eq!(
            mask_citizens("张三（１１０１０５１９４９１２３１００２Ｘ）、李四")
                .as_deref()
                .map(|text| text.contains("４９")),
            Some(false)
        );
        assert!(mask_citizens("110105 19491231 002x某").is_some_and(|text| !text.contains("1949")));
        assert!(mask_citizens("残疾证11010519491231002X").is_some());
        assert_eq!(
            mask_citizens("住址110105194912310021").as_deref(),
            Some("住址1101************21"),
            "its check digit fails"
        );
        assert_eq!(mask_citizens("91652323MA7A000172"), None);
        assert!(mask_citizens("110105-19491231-002X").is_some_and(|text| !text.contains("1949")));
        assert_eq!(mask_citizens("2203-652323-04-01-123456"), None, "dashes join the parts of other codes");
        assert_eq!(mask_citizens("呼图壁县示例建材有限公司第三分公司"), None);
        assert_eq!(mask_citizens("3652312501011900200"), None, "a receipt's number: nobody is born in 2501");
    }

    #[test]
    fn telephones_in_a_remark_are_masked_and_short_figures_are_not() {
        assert_eq!(mask_contacts("已核实，电话13900000001，共3户 2025"), "已核实，电话1*********1，共3户 2025");
        assert_eq!(mask_contacts("11010519491231002X"), "1101************2X");
    }

    #[test]
    fn a_masked_number_alone_tells_nobody_apart_and_one_with_a_name_does() {
        let masked = |text: &str| mask_citizens(text).expect("a number");
        assert!(is_masked_alone(&masked("11010519491231002X")));
        assert!(is_masked_alone(&masked("身份证号码：11010519491231002X")));
        assert!(is_masked_alone(&masked("11010519491231002X（公民身份号码）")));
        assert!(!is_masked_alone(&masked("张三11010519491231002X")));
        assert!(!is_masked_alone(&masked("呼合字11010519491231002X")));
    }

    #[test]
    fn a_number_of_a_document_with_a_day_in_it_is_no_citizen() {
        let today = NaiveDate::from_ymd_opt(2025, 4, 3).unwrap();
        assert!(is_document_number("652323202503010018", "合同编号", today));
        assert!(!is_document_number("652323196503010018", "合同编号", today));
        assert!(!is_document_number("652323202503010018", "受让人", today));
        assert!(is_document_number("652323201203050012", "合同编号", today), "its check digit fails");
        assert!(!is_document_number("652323198001011234", "身份证号", today));
    }
}
