//! A text that stands alone behind a total, a note or a signature.
//!
//! At the end of a sheet it is who sends it, or what belongs to the signatures; in the middle it heads a group, or it is a record
//! of which nothing but the name is known. What follows tells, so such rows are held back: between records those that are
//! called like a business are records, at the end so are three and more. Of every other the clerk is told.

use std::collections::HashSet;

use gongzhi_core::cells;

use super::super::row::{Row, Value};
use super::Reason;
use super::closing::{is_labelled, reason_alone};
use super::words::{is_note, is_prose, is_section, is_signature};

/// Rows held back at most: so many names are a list.
const MOST_HELD: usize = 8;
/// Names at the end of a sheet that are a list.
const LIST: usize = 3;

/// Ends of names of organisations.
const ORGANISATIONS: [&str; 22] = [
    "公司",
    "厂",
    "店",
    "社",
    "局",
    "中心",
    "部",
    "院",
    "所",
    "站",
    "行",
    "户",
    "会",
    "场",
    "校",
    "铺",
    "馆",
    "园",
    "集团",
    "工作室",
    "合伙)",
    "合伙）",
];
/// Ends of names of those who sign and send sheets.
const OFFICES: [&str; 13] =
    ["局", "委", "委员会", "政府", "办公室", "办", "大队", "支队", "法院", "检察院", "财政所", "税务所", "联合会"];

/// A text that ends as names of organisations do.
pub(super) fn is_organisation(text: &str) -> bool {
    ORGANISATIONS.iter().any(|ending| text.ends_with(ending))
}

fn is_office(text: &str) -> bool {
    OFFICES.iter().any(|ending| text.ends_with(ending))
}

/// Rows held back, and where the table's records stand alone.
#[derive(Debug, Default)]
pub(super) struct Trailing {
    held: Vec<Row>,
    /// Columns in which a row of the table stood alone.
    alone: HashSet<u32>,
}

/// What became of a row that was held back.
pub(super) enum Became {
    /// It is a row of the table.
    Row(Row),
    /// It is none; the clerk is told.
    LeftOut(Row, Reason),
}

impl Trailing {
    /// Whether a row that nothing else tells stands alone behind an end, and may be a name.
    pub(super) fn is_one(&self, row: &Row, before: Option<Reason>) -> bool {
        let is_behind = matches!(before, Some(Reason::Total | Reason::Note | Reason::Signature | Reason::Alone { .. }));
        let (true, 1, Value::Text(text)) = (is_behind, row.len(), row.value(0)) else { return false };
        may_be_name(text) && (!self.alone.contains(&row.column(0)) || is_office(text))
    }

    /// Holds a row back; gives all of them where they are a list.
    pub(super) fn hold(&mut self, row: Row) -> Vec<Became> {
        self.held.push(row);
        if self.held.len() < MOST_HELD {
            return Vec::new();
        }
        self.held.drain(..).map(Became::Row).collect()
    }

    /// A row of the table stands alone.
    pub(super) fn note_alone(&mut self, row: &Row) {
        if row.len() == 1 {
            self.alone.insert(row.column(0));
        }
    }

    /// What became of the rows held back, a record or a total having come after them.
    pub(super) fn go_on(&mut self) -> Vec<Became> {
        let became = |row: Row| match row.value(0) {
            Value::Text(text) if is_organisation(text) => Became::Row(row),
            _ => left_out(row),
        };
        self.held.drain(..).map(became).collect()
    }

    /// What became of them at the end of the sheet.
    pub(super) fn end(&mut self) -> Vec<Became> {
        let is_business =
            |row: &&Row| matches!(row.value(0), Value::Text(text) if is_organisation(text) && !is_office(text));
        if self.held.iter().filter(is_business).count() >= LIST {
            return self.go_on();
        }
        self.held.drain(..).map(left_out).collect()
    }
}

fn left_out(row: Row) -> Became {
    let is_of_office = matches!(row.value(0), Value::Text(text) if is_office(text));
    let column = row.column(0);
    Became::LeftOut(row, if is_of_office { Reason::Signature } else { Reason::Alone { column } })
}

/// A text that may be the name of somebody: no sentence, label, figure, day, note or heading with a number.
pub(super) fn may_be_name(text: &str) -> bool {
    let begins = text.trim_start_matches(['(', '（']).chars().next();
    let is_word = begins.is_some_and(|sign| sign.is_alphabetic()) && text.chars().count() >= 2;
    let is_told = is_prose(text) || is_labelled(text) || is_note(text) || is_section(text) || is_signature(text);
    let is_sentence = text.contains(['，', '；', '。', '！', '？']);
    is_word && !is_told && !is_sentence && reason_alone(text).is_none() && cells::parse_moment(text).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_records_and_what_is_no_name_is_none() {
        for text in ["新疆某某建材有限公司", "某某农家乐", "张某", "呼图壁县财政局", "（新疆）某某商行"]
        {
            assert!(may_be_name(text), "{text}");
        }
        for text in [
            "以上数据由住建局提供。",
            "注：含税",
            "一、农村",
            "制表人：张某",
            "2025年3月31日",
            "合计",
            "1.本表一式两份",
            "第1页",
            "——",
            "审核人",
            "12",
            "本表数据截至月底，以实际为准",
        ] {
            assert!(!may_be_name(text), "{text}");
        }
    }
}
