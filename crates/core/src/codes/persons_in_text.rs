//! Persons' numbers wherever they stand in a text, as people write them: in one, with blanks, hyphens or a line break inside,
//! the old fifteen digits, with a wrong check digit or one mistyped sign.
//!
//! A text also holds telephones, accounts, licences, numbers of documents and parcels, and most of these are longer or
//! shorter, or have no day of birth where a person's number has it. What has one and fails its check digit is taken for a
//! person's only where the birth lies back long enough: a number made of the region and a day of these years is a document's.

use std::ops::Range;

use chrono::{Datelike, NaiveDate};

use super::citizen::{birth_date, has_layout, has_signs, is_of_foreigner, is_of_province};
use super::{CitizenId, OrganisationCode, Uscc, citizen, registration, text};

/// Years of birth of a number that fails its check digit.
const BIRTH_YEARS: std::ops::RangeInclusive<i32> = 1900..=2015;
/// How people cut a number: the region, the birth, the rest.
const CUTS: [&[usize]; 5] = [&[6, 8, 4], &[6, 4, 4, 4], &[6, 4, 2, 2, 4], &[6, 6, 3], &[6, 2, 2, 2, 3]];
/// Letters that are typed for digits.
const ALIKE: [(char, char); 9] =
    [('O', '0'), ('o', '0'), ('Q', '0'), ('l', '1'), ('I', '1'), ('Z', '2'), ('S', '5'), ('B', '8'), ('i', '1')];
/// Words before fifteen digits that make them a person's, or a licence's.
const OF_PERSONS: [&str; 5] = ["身份", "证件", "公民", "个人", "ID"];
const OF_LICENCES: [&str; 6] = ["注册号", "执照", "工商", "登记号", "税号", "识别号"];

/// The persons' numbers in a text, from left to right.
pub(crate) fn find(text: &str) -> Vec<Range<usize>> {
    // Most texts are short, or names: told without looking at each sign.
    let digits = text.bytes().filter(|byte| byte.is_ascii_digit() || *byte == 0xEF).count();
    if digits < 15 {
        return Vec::new();
    }
    let groups = groups(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < groups.len() {
        let count = match () {
            () if is_person(text, &groups[at..=at]) => 1,
            () => joined(text, &groups[at..], at.checked_sub(1).map(|before| &groups[before])),
        };
        if count == 0 {
            at += 1;
            continue;
        }
        found.push(groups[at].place.start..groups[at + count - 1].place.end);
        at += count;
    }
    found
}

/// What stands between two groups of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Blank,
    Point,
    Hyphen,
    Other,
}

/// Digits that stand together, with an X at their end, narrowed.
struct Group {
    place: Range<usize>,
    signs: String,
    /// A letter among them was read as the digit that it looks like.
    is_mended: bool,
    /// What stands before the next group.
    gap: Gap,
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut signs = text.char_indices().peekable();
    let mut end = 0;
    while let Some((at, sign)) = signs.next() {
        let Some(first) = digit(sign) else { continue };
        if let Some(last) = groups.last_mut() {
            last.gap = gap_of(&text[end..at]);
        }
        let mut group = Group { place: at..at, signs: String::from(first), is_mended: false, gap: Gap::Other };
        end = at + sign.len_utf8();
        while let Some((at, sign)) = signs.peek().copied() {
            let next = || text[at + sign.len_utf8()..].chars().next().and_then(digit).is_some();
            let total = group.signs.len();
            let folded = digit(sign).or_else(|| {
                let is_x = matches!(sign, 'x' | 'X' | 'ｘ' | 'Ｘ' | '×' | 'Х' | 'х');
                let alike = ALIKE.iter().find(|(letter, _)| *letter == sign).map(|(_, digit)| *digit);
                let may_mend = next() && !group.is_mended;
                // 17 digits together, or the last ones of a number that was cut.
                if is_x && (total == 17 || total < 6 && !next()) { Some('X') } else { alike.filter(|_| may_mend) }
            });
            let Some(folded) = folded else { break };
            group.is_mended |= folded != 'X' && digit(sign).is_none();
            group.signs.push(folded);
            end = at + sign.len_utf8();
            signs.next();
            if folded == 'X' && total != 17 {
                break;
            }
        }
        group.place.end = end;
        groups.push(group);
    }
    groups
}

fn digit(sign: char) -> Option<char> {
    match sign {
        '0'..='9' => Some(sign),
        '０'..='９' => char::from_u32(sign as u32 - '０' as u32 + '0' as u32),
        _ => None,
    }
}

fn gap_of(between: &str) -> Gap {
    let mut gap = Gap::Blank;
    for sign in between.chars() {
        match text::narrow(sign) {
            sign if text::is_blank(sign) => {}
            '-' | '─' | '﹣' => gap = Gap::Hyphen,
            '.' | '·' | '_' | '/' if gap != Gap::Hyphen => gap = Gap::Point,
            _ => return Gap::Other,
        }
    }
    gap
}

/// How many of the groups are one person's number together; 0: none.
fn joined(text: &str, groups: &[Group], before: Option<&Group>) -> usize {
    let mut total = 0;
    for (at, group) in groups.iter().enumerate() {
        total += group.signs.len();
        if at > 0 && matches!(total, 15 | 18) {
            // Parts of a longer code: its hyphens go on before or behind.
            let goes_on = before.is_some_and(|before| before.gap == Gap::Hyphen) || group.gap == Gap::Hyphen;
            if !goes_on && is_person(text, &groups[..=at]) {
                return at + 1;
            }
        }
        if total >= 18 || group.gap == Gap::Other {
            return 0;
        }
    }
    0
}

/// Whether groups are one person's number.
fn is_person(text: &str, groups: &[Group]) -> bool {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return false };
    let signs: String = groups.iter().map(|group| group.signs.as_str()).collect();
    let is_mended = groups.iter().any(|group| group.is_mended);
    let (before, after) = (&text[..first.place.start], &text[last.place.end..]);
    let stands_alone = !ends_with_code(before) && !after.trim_start_matches(['x', 'X']).starts_with(is_letter);
    let is_cut = groups.len() > 1;
    if matches!(signs.len(), 18..=20) && !is_mended && (!is_cut || signs.len() == 18) && is_sure(&signs[..18]) {
        return true;
    }
    if !stands_alone {
        return false;
    }
    let lengths: Vec<usize> = groups.iter().map(|group| group.signs.len()).collect();
    let is_cut_well = !is_cut || CUTS.contains(&&lengths[..]);
    let has_hyphens = groups[..groups.len() - 1].iter().any(|group| group.gap != Gap::Blank);
    match signs.len() {
        18 if is_cut => (is_cut_well || !has_hyphens) && is_meant(&signs) && (is_cut_well || has_birth(&signs)),
        18 => is_meant(&signs) && (!is_mended || has_birth(&signs)),
        17 | 19 => !is_cut && !is_mended && is_near(&signs),
        15 => {
            is_cut_well
                && !is_mended
                && is_old(&signs, before, !is_cut && before.trim().is_empty() && after.trim().is_empty())
        }
        _ => false,
    }
}

fn is_letter(sign: char) -> bool {
    sign.is_ascii_alphanumeric()
}

/// Whether a text ends with letters that belong to what follows: those of a code, and no word for a number.
fn ends_with_code(before: &str) -> bool {
    let word = &before[before.trim_end_matches(is_letter).len()..];
    !word.is_empty() && !["id", "no", "sfz", "sfzh"].contains(&word.to_ascii_lowercase().as_str())
}

/// Eighteen signs that hold and are no organisation's. A birth that is still to come is no reason to show a number.
fn is_sure(signs: &str) -> bool {
    CitizenId::parse(signs, NaiveDate::MAX).is_some() && !citizen::is_surely_uscc(signs)
}

/// Province and a day of birth that lies back.
fn has_birth(signs: &str) -> bool {
    has_layout(signs, NaiveDate::MAX) && birth_date(signs).is_some_and(|day| BIRTH_YEARS.contains(&day.year()))
}

/// Eighteen signs in which something is wrong and that are a person's all the same: the check digit, the day of birth, one
/// sign of the region or the birth.
fn is_meant(signs: &str) -> bool {
    // Of the numbers in which something is wrong one in thirty holds as a code by chance, and hardly one with the code of an
    // organisation in it.
    if !has_signs(signs) || Uscc::parse(signs).and_then(|code| code.organisation_code()).is_some() {
        return false;
    }
    if has_birth(signs) {
        return true;
    }
    if has_layout(signs, NaiveDate::MAX) {
        return false;
    }
    let year = signs[6..10].parse().is_ok_and(|year| BIRTH_YEARS.contains(&year));
    let day = matches!(signs.as_bytes()[10], b'0' | b'1') && matches!(signs.as_bytes()[12], b'0'..=b'3');
    is_of_province(signs) && year && day
        || (0..2).chain(6..14).any(|at| digits_at(signs, at..at + 1).any(|other| is_sure(&other) && has_birth(&other)))
}

/// The text with each digit in the place of a stretch of it.
fn digits_at(signs: &str, at: Range<usize>) -> impl Iterator<Item = String> + use<'_> {
    ('0'..='9').map(move |digit| format!("{}{digit}{}", &signs[..at.start], &signs[at.end..]))
}

/// A digit too few or too many: the day of birth still stands in its place, or the number holds once one is put in or out.
fn is_near(signs: &str) -> bool {
    if !text::is_digits(&signs[..signs.len() - 1]) {
        return false;
    }
    let born = birth_date(signs).is_some_and(|day| BIRTH_YEARS.contains(&day.year()));
    if born && (is_of_province(signs) || is_of_foreigner(signs)) {
        return true;
    }
    let holds = |other: &str| is_sure(other) && has_birth(other);
    match signs.len() {
        17 => (0..=6).any(|at| digits_at(signs, at..at).any(|other| holds(&other))),
        _ => (0..14).any(|at| holds(&format!("{}{}", &signs[..at], &signs[at + 1..]))),
    }
}

/// Fifteen digits as numbers were before 1999, but for those that begin like a day of these years. What
/// holds as the number of a licence is one where the text says so, or nothing else: then its column tells.
fn is_old(signs: &str, before: &str, is_bare: bool) -> bool {
    let was_born = signs.as_bytes().get(6).is_some_and(|sign| *sign >= b'3');
    if !was_born || !citizen::is_old_number(signs) || signs.get(6..).and_then(OrganisationCode::parse).is_some() {
        return false;
    }
    let near: Vec<char> = before.chars().rev().take(12).collect();
    let near: String = near.into_iter().rev().collect();
    let says = |words: &[&str]| words.iter().any(|word| near.contains(word));
    says(&OF_PERSONS) || !registration::holds(signs) || !is_bare && !says(&OF_LICENCES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for number in [
            "11010519491231002X",
            "110105194912310021",
            "652323800101001",
            "965398198501010992",
            "652323 19800101 1234",
            "652323 1980 0101 1234",
            "652323-19800101-1234",
            "652323－1980－01－01－1234",
            "652323198001\n011234",
            "110105 19491231 002x",
            "110105-19491231-002X",
            "11010519491231002×",
            "110105 491231 002",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105194913310028",
            "1101051949123l0021",
            "110105194912310O21",
            "11010519491231002X43",
            "11010519491231002",
            "1101051949123100211",
            "652323190002290018",
            "410105194912310028",
            "652323 1980/01/01 1234",
        ] {
            for text in ["{}", "户主张三{}，住某村", "身份证号：{}（已核）", "张三({})、李四", "1.{} 2."]
            {
                assert_eq!(found(&text.replace("{}", number)), [number], "{text} {number}");
            }
        }
        assert_eq!(found("张三110105194912310021、李四652323198001011234").len(), 2);
        assert_eq!(found("110105194912310021 652323198001011234").len(), 2);
        assert_eq!(found("2024-03-05 110105194912310021 13900000001").len(), 1);
        // It holds as the number of a licence too: its column tells, or the words around it.
        assert_eq!(found("身份证652323800101005"), ["652323800101005"]);
        assert_eq!(found("户主张三 110105491231002"), ["110105491231002"]);
        assert_eq!(found("110105491231002"), Vec::<&str>::new());
    }

    #[test]
    fn one_sign_mistyped_is_still_a_persons_number() {
        // Of the example of the standard each digit of region and birth mistyped once.
        let number = "11010519491231002X";
        for at in (0..2).chain(6..14) {
            for other in digits_at(number, at..at + 1) {
                let is_recent = birth_date(&other).is_some_and(|day| day.year() > 2015);
                assert!(is_recent || !found(&other).is_empty(), "{other}");
            }
        }
    }

    #[test]
    fn numbers_of_other_things_are_none() {
        for text in [
            "13900000001",
            "0994-4500000 13900000001",
            "13900000001 2024",
            "电话13900000001、13900000002",
            "2203-652323-04-01-123456",
            "652323001002GB00001",
            "652323001002GB00001F00010001",
            "6523231000200304000",
            "91652323MA7A000172",
            "911101085923662400",
            "12652323457610305X",
            "6217000000000000000",
            "6228480000000000019",
            "30001234567890123456",
            "652323202403050018",
            "652323-20240305-0018",
            "652323 20240305 0018",
            "3652312501011900200",
            "C6523232025037130000001",
            "注册号652323800101005",
            "652323050000016",
            "20240305103000123",
            "新（2024）呼图壁县不动产权第0001234号",
            "652323001012003",
            "652323240305001",
            "合同HT-2024-000000000012345",
            "第1,234,567,890,123,456号",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
