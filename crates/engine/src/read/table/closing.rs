//! Lines that close a table and are no record of it: totals in any words, counts, page numbers, 以下空白, rules of dashes.
//!
//! A line is told by being made of such words altogether: 合计金额, 共计2户, 第1页 共2页. A company may begin with any of them
//! (小计算机维修部, 总计网络科技有限公司) and is then made of other words too, so it is never taken for a total.

use super::Reason;

mod lists;

use lists::{ADDS_UP, COUNTERS, GOES_WITH, GROUPS, LABELS, NOTHING_MORE, PAGES, PARTS, SUMS};

/// What a piece of a closing line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    AddsUp,
    Sums,
    GoesWith,
    Number,
    Counter,
    Page,
}

/// The text small and narrow, without blanks and punctuation; `None` when it is too long for a closing line.
fn bare(text: &str) -> Option<String> {
    if text.len() > 150 {
        return None;
    }
    let sign = |sign: char| match sign {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        sign => sign,
    };
    Some(text.chars().map(sign).filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect())
}

/// Whether nothing stands in a text but punctuation: `——————`, `***`.
pub(super) fn is_rule(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_alphanumeric) && !text.contains(['√', '×', '○', '●', '△', '☑', '□'])
}

/// Why a text can't be a value of a record, if it can't whatever stands around it.
pub(super) fn reason_alone(text: &str) -> Option<Reason> {
    if is_rule(text) {
        return Some(Reason::Note);
    }
    if !may_close(text) {
        return None;
    }
    let whole = bare(text)?;
    if NOTHING_MORE.contains(&whole.as_str()) {
        return Some(Reason::Note);
    }
    match pieces(&whole) {
        Some(pieces) if pieces.iter().any(|piece| matches!(piece, Piece::AddsUp | Piece::Sums)) => Some(Reason::Total),
        Some(pieces) if counts(&pieces) || whole.starts_with("截至") || whole.starts_with("截止") => {
            Some(Reason::Note)
        }
        Some(_) => None,
        // 合计（含税）, 合计：某某
        None => {
            let head = text.split(['：', ':']).next().unwrap_or_default().trim_end();
            let opens = |head: &str| head.rfind(['(', '（']).filter(|_| head.ends_with([')', '）']));
            let head = opens(head).map_or(head, |at| &head[..at]);
            let is_total = head.len() < text.len() && pieces(&bare(head)?)?.contains(&Piece::AddsUp);
            is_total.then_some(Reason::Total)
        }
    }
}

/// Whether a text adds up whatever table it stands in; of a list of figures 总面积 may be one.
pub(super) fn adds_up_by_word(text: &str) -> bool {
    adds_up(text) && bare(text).is_some_and(|bare| ADDS_UP.iter().any(|word| bare.contains(word)))
}

/// Whether a text adds up: `合计`, `合计金额：`, `总 计（万元）`, `共计2户`, `合计（大写）：壹万元整`.
pub(super) fn adds_up(text: &str) -> bool {
    reason_alone(text) == Some(Reason::Total)
}

/// A quick look, which tells nearly all texts: each row is asked. What adds up or counts has one of a few signs in it, and
/// words for nothing are short and begin with one of a few.
fn may_close(text: &str) -> bool {
    if text.is_ascii() {
        let has = |word: &[u8]| text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        return text.len() <= 32 && (has(b"total") || has(b"page") || has(b"end"));
    }
    if text.contains(['计', '总', '共', '第', '页', '汇', '均', '最', '截']) {
        return true;
    }
    let first = text.chars().find(|sign| sign.is_alphanumeric());
    text.len() <= 60 && first.is_some_and(|first| "以此本空无正完全表结数略省暂未零续接转承过见下".contains(first))
}

/// The pieces a text is made of; `None` when there is something else in it.
fn pieces(bare: &str) -> Option<Vec<Piece>> {
    let mut found = Vec::new();
    let mut rest = bare;
    while !rest.is_empty() {
        let (piece, length) = next_piece(rest)?;
        found.push(piece);
        rest = &rest[length..];
    }
    Some(found)
}

fn next_piece(rest: &str) -> Option<(Piece, usize)> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return Some((Piece::Number, digits));
    }
    let longest = |words: &'static [&'static str]| {
        words.iter().filter(|word| rest.starts_with(**word)).map(|word| word.len()).max()
    };
    let known = [
        (Piece::AddsUp, longest(&ADDS_UP)),
        (Piece::Sums, longest(&SUMS)),
        (Piece::GoesWith, longest(&GOES_WITH)),
        (Piece::Page, longest(&PAGES)),
        (Piece::Counter, longest(&COUNTERS)),
    ];
    let best = known.into_iter().filter_map(|(piece, length)| Some((piece, length?)));
    // Of two of one length the first said counts.
    let best = best.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.or_else(|| capital_figure(rest).map(|length| (Piece::Number, length)))
}

/// How long the figure in capitals or Chinese signs is with which a text begins.
fn capital_figure(rest: &str) -> Option<usize> {
    let is_part = |sign: char| "〇零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟元角分整两".contains(sign);
    let end = rest.find(|sign: char| !is_part(sign)).unwrap_or(rest.len());
    (end > 0).then_some(end)
}

/// 第1页, 共2页, 共2户, 本页共1条, Page 1 of 2: a number with what it counts, and a word that says so.
fn counts(pieces: &[Piece]) -> bool {
    let is_counted =
        pieces.windows(2).any(|pair| pair == [Piece::Number, Piece::Counter] || pair == [Piece::Page, Piece::Number]);
    let says_so = pieces.iter().any(|piece| matches!(piece, Piece::Page)) || pieces.first() == Some(&Piece::GoesWith);
    is_counted && says_so
}

/// A text of the form `label：value` or `label：` that is said of the sheet: the label is short and no figure.
pub(super) fn is_labelled(text: &str) -> bool {
    label_of(text).is_some()
}

/// The same where the label is one that sheets have: a name may hold a colon too.
pub(super) fn is_known_label(text: &str) -> bool {
    label_of(text).is_some_and(|label| LABELS.iter().any(|known| label.ends_with(known)))
}

fn label_of(text: &str) -> Option<String> {
    let at = text.find(['：', ':'])?;
    let label: String = text[..at].chars().filter(|sign| sign.is_alphanumeric()).collect();
    let is_short = (1..=12).contains(&label.chars().count());
    (is_short && !label.is_ascii()).then_some(label)
}

/// `其中：农村`, `其中`, `其中一般纳税人`: a part of the total above it.
pub(super) fn is_part_of_total(text: &str) -> bool {
    let Some(rest) = text.trim_start().strip_prefix("其中") else { return false };
    let is_part = |rest: &str| rest.chars().count() <= 12 && PARTS.iter().any(|part| rest.ends_with(part));
    rest.is_empty() || rest.trim_start().starts_with(['：', ':', '，', ',', '、', '(', '（']) || is_part(rest.trim())
}

/// A group of which a total is made up, below the total or its first part.
pub(super) fn is_group(text: &str) -> bool {
    GROUPS.contains(&text.trim_start_matches(['-', '—', '－', '·', ' ']).trim())
}

#[cfg(test)]
#[path = "closing_tests.rs"]
mod tests;
