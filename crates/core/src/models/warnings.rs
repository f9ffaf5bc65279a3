//! What is suspicious in the catalogue and yet may be right: told by `gongzhi check`, never refused.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Asks, Model, Models, RowsAsked};
use crate::catalog::node::Problem;
use crate::catalog::{Catalog, Column, ColumnType, Item, Kind, Mark, ParameterValue};
use crate::messages::Message;

/// Every warning, by file and line: figures outside the days of the law they cite, kinds of events whose key says neither when
/// nor which, models whose law ended before a day without one that follows it, and amounts that arose from events but are
/// asked of what stands now.
pub fn list_warnings(catalog: &Catalog, models: &Models, today: NaiveDate) -> Vec<Problem> {
    let mut warnings: Vec<Problem> = catalog
        .parameters
        .values()
        .flat_map(|parameter| {
            let file = format!("params/{}.yaml", parameter.key);
            let outside = parameter.values.iter().filter_map(|value| Some((value.line, outside(catalog, value)?)));
            outside.map(|(line, message)| Problem { file: file.clone(), line, message }).collect::<Vec<_>>()
        })
        .collect();
    warnings.extend(timeless_keys(catalog));
    for model in models.models.values() {
        warnings.extend(ended_laws(catalog, model, today));
        warnings.extend(present_state(catalog, model));
    }
    warnings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    warnings
}

/// A value that begins before its law or goes on after it.
fn outside(catalog: &Catalog, value: &ParameterValue) -> Option<Message> {
    let law = value.law.as_ref()?;
    let (from, to) = catalog.days_of_law(law);
    let begins_before = from.is_some_and(|from| value.from < from);
    let goes_on = to.is_some_and(|to| value.to.is_none_or(|end| end > to));
    let day = |day: Option<NaiveDate>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
    (begins_before || goes_on).then(|| {
        let message = Message::new("models-warning-law-outside").with("from", value.from).with("law", law);
        message.with("law_from", day(from)).with("law_to", day(to))
    })
}

/// Kinds that tell of what happened, by a key in which nothing says when and no number says which time: what the next period
/// tells of the same thing takes the place of this one's.
fn timeless_keys(catalog: &Catalog) -> Vec<Problem> {
    let kinds = catalog.items.values().flat_map(|item| item.kinds.iter().map(move |kind| (item, kind)));
    let of_key = |kind: &Kind, is_told: fn(&Column) -> bool| {
        kind.key_columns.iter().filter_map(|key| kind.find_column(key)).any(is_told)
    };
    let is_timeless = |kind: &Kind| {
        // What has a day of its own and a code happens once to each code.
        let happens_once = || of_key(kind, is_code) && kind.columns.iter().any(|c| c.column_type == ColumnType::Date);
        !kind.key_columns.is_empty() && !of_key(kind, says_when) && !of_key(kind, says_which) && !happens_once()
    };
    let timeless = kinds.filter(|(_, kind)| kind.mark == Mark::Flow && is_timeless(kind));
    let warning = |(item, kind): (&Item, &Kind)| Problem {
        file: item.file.clone(),
        line: kind.line,
        message: Message::new("models-warning-timeless-key")
            .with("kind", &kind.name.zh)
            .with("key", kind.key_columns.join(", ")),
    };
    timeless.map(warning).collect()
}

/// A day, a month, a period, a year.
fn says_when(column: &Column) -> bool {
    const WORDS: [&str; 9] = ["日期", "时间", "年度", "年份", "年月", "月份", "季度", "期间", "所属期"];
    matches!(column.column_type, ColumnType::Date | ColumnType::Month | ColumnType::Period)
        || column.party.is_none() && WORDS.iter().any(|word| column.name.zh.contains(word))
        || ["year", "month", "quarter", "period"].iter().any(|word| column.key.split('_').any(|part| part == *word))
}

/// The number of a document, a contract, a case: each has its own.
fn says_which(column: &Column) -> bool {
    const OF_THINGS: [&str; 8] = ["账号", "账户", "户号", "宗地", "地块", "房号", "证件", "身份"];
    let ends = ["号", "号码", "文件", "文书", "批文", "单据", "凭证"];
    let is_number = ends.iter().any(|end| column.name.zh.ends_with(end))
        || ["_number", "_document"].iter().any(|end| column.key.ends_with(end));
    column.party.is_none()
        && column.column_type != ColumnType::Parcel
        && is_number
        && !is_code(column)
        && !OF_THINGS.iter().any(|word| column.name.zh.contains(word))
}

/// The code of a project, an outlet, a mine: the same in every period.
fn is_code(column: &Column) -> bool {
    column.party.is_none() && column.key.ends_with("_code")
}

/// Laws of a model that ended without one among its others that took their place, directly or through others.
fn ended_laws(catalog: &Catalog, model: &Model, today: NaiveDate) -> Vec<Problem> {
    let cited: BTreeSet<&str> = model.laws.iter().map(|law| law.law.as_str()).collect();
    let ended = cited.iter().filter_map(|law| Some((*law, catalog.days_of_law(law).1.filter(|to| *to < today)?)));
    let alone = ended.filter(|(law, _)| !has_successor(catalog, law, &cited));
    let warning = |(law, to): (&str, NaiveDate)| Problem {
        file: model.path("yaml"),
        line: line_of(catalog, model, law),
        message: Message::new("models-warning-law-ended").with("law", law).with("to", to),
    };
    alone.map(warning).collect()
}

fn has_successor(catalog: &Catalog, law: &str, cited: &BTreeSet<&str>) -> bool {
    let mut open = vec![law];
    let mut seen = BTreeSet::new();
    while let Some(law) = open.pop() {
        for next in catalog.laws.values().filter(|next| next.replaces.iter().any(|replaced| replaced == law)) {
            if cited.contains(next.key.as_str()) {
                return true;
            }
            if seen.insert(next.key.as_str()) {
                open.push(&next.key);
            }
        }
    }
    false
}

/// A tax that arose from an event does not end when the list leaves the event out.
fn present_state(catalog: &Catalog, model: &Model) -> Vec<Problem> {
    if !matches!(model.asks, Asks::Amount(_)) || model.looks_at.rows == RowsAsked::Now {
        return Vec::new();
    }
    let of_now = |view: &&String| {
        let found = catalog.find_view(view);
        found
            .is_some_and(|(item, kind)| kind.mark == Mark::Stock && !item.is_tax_side() && item.view_of(kind) == **view)
    };
    let warning = |view: &String| Problem {
        file: model.path("yaml"),
        line: line_of(catalog, model, "reads:"),
        message: Message::new("models-warning-present-state").with("view", view),
    };
    model.reads.iter().filter(of_now).map(warning).collect()
}

/// The line of a model's file on which a word first stands.
fn line_of(catalog: &Catalog, model: &Model, word: &str) -> usize {
    let text = catalog.model_files.get(&model.path("yaml")).map(String::as_str).unwrap_or_default();
    text.find(word).map_or(1, |at| text[..at].matches('\n').count() + 1)
}
