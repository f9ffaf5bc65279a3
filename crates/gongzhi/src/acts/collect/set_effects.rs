//! What sets do to what stood before them, as it is told: in a report, in a line, and as a warning where a person should look.

use chrono::{DateTime, Utc};
use gongzhi_core::catalog::{Catalog, Kind, Severity};
use gongzhi_core::issues::{CellPlace, Issue};
use gongzhi_core::messages::Message;
use gongzhi_core::reports::{EmptiedColumn, FoundEffect};
use gongzhi_core::state::{Batch, DigestedFile, Group, Role, VisibleBatch};
use gongzhi_core::values::SetMode;
use gongzhi_engine::effects::{Missed, SetEffect};
use gongzhi_engine::intake::IntakeBatch;
use gongzhi_store::collect::uploads::NewBatch;

/// Name of the rule of such warnings.
const RULE: &str = "set-effect";
/// Name of the rule broken by a row that takes back what is not on record.
const REVOKED_UNKNOWN: &str = "revoked-unknown";

/// The numbers, and the first of the rows that end or are not named.
pub fn found_effect(told: &SetEffect) -> FoundEffect {
    let SetEffect { effect, first_gone, .. } = told;
    let named = |is_meant: bool| if is_meant { first_gone.clone() } else { Vec::new() };
    let emptied =
        told.emptied.iter().map(|emptied| EmptiedColumn { column: emptied.column.clone(), rows: emptied.rows });
    FoundEffect {
        before: effect.before,
        new: effect.added,
        changed: effect.changed,
        unchanged: effect.unchanged,
        revoked: effect.revoked,
        revoked_unknown: effect.missed,
        ended: effect.ended,
        absent: effect.absent(),
        first_ended: named(effect.ended > 0),
        first_absent: named(effect.ended == 0),
        emptied: emptied.collect(),
        columns_unsaid: told.unsaid.clone(),
    }
}

/// The numbers in a line.
pub fn effect_line(told: &SetEffect) -> Message {
    let SetEffect { role, effect, first_gone, .. } = told;
    let key = match role {
        Role::NoChange => "intake-effect-no-change",
        _ if effect.before == 0 => "intake-effect-first",
        _ if effect.ended > 0 => "intake-effect-ends",
        _ => "intake-effect",
    };
    Message::new(key)
        .with("before", effect.before)
        .with("new", effect.added)
        .with("changed", effect.changed)
        .with("unchanged", effect.unchanged)
        .with("revoked", effect.revoked)
        .with("ended", effect.ended)
        .with("first", first_gone.join("、"))
        .with("more", more(effect.ended, first_gone))
}

/// Whether there are more than those that are named.
fn more(count: u64, named: &[String]) -> &'static str {
    if count > named.len() as u64 { "yes" } else { "no" }
}

/// The warnings where a set ends much of what was there, says nothing of itself and looks like the whole list, empties cells
/// that had a value, takes back what is not on record, or lacks columns that others of its kind have.
pub fn issues_of(catalog: &Catalog, batch: &IntakeBatch, told: &SetEffect) -> Vec<Issue> {
    let set = SetNamed { item: &batch.item, kind: &batch.kind, mode: batch.mode };
    warnings(catalog, &set, told)
}

/// A set, as its warning names it.
pub struct SetNamed<'a> {
    /// Key of the item.
    pub item: &'a str,
    /// Key of the kind.
    pub kind: &'a str,
    /// What it said of itself.
    pub mode: SetMode,
}

/// As [`issues_of`], for a set of which only this is known.
pub fn warnings(catalog: &Catalog, set: &SetNamed<'_>, told: &SetEffect) -> Vec<Issue> {
    let kind = catalog.find_kind(&format!("{}.{}", set.item, set.kind)).map(|(_, kind)| kind);
    let rows = row_warning(set, told, kind.map_or(set.kind, |kind| kind.name.zh.as_str())).map(issue);
    let emptied = told.emptied.iter().map(|emptied| {
        let name = header_of(kind, &emptied.column);
        let message = Message::new("intake-cells-emptied").with("column", name).with("rows", emptied.rows);
        Issue { column: Some(emptied.column.clone()), ..issue(message.with("first", &emptied.first)) }
    });
    let scaled = told.scaled.iter().map(|scaled| {
        let key = if scaled.is_greater { "intake-figures-greater" } else { "intake-figures-smaller" };
        let message = Message::new(key).with("column", header_of(kind, &scaled.column)).with("rows", scaled.rows);
        Issue { column: Some(scaled.column.clone()), ..issue(message) }
    });
    let unsaid: Vec<&str> = told.unsaid.iter().map(|column| header_of(kind, column)).collect();
    let unsaid =
        (!unsaid.is_empty()).then(|| issue(Message::new("intake-columns-unsaid").with("columns", unsaid.join("、"))));
    let keys: Vec<&str> = told.unsaid_keys.iter().map(|column| header_of(kind, column)).collect();
    let keys = (!keys.is_empty()).then(|| issue(Message::new("intake-keys-unsaid").with("columns", keys.join("、"))));
    rows.into_iter().chain(emptied).chain(scaled).chain(unsaid).chain(keys).chain(missed_warnings(kind, told)).collect()
}

/// One a row that takes back what is not on record, at its cell; of more than are known where they stand, how many.
fn missed_warnings(kind: Option<&Kind>, told: &SetEffect) -> Vec<Issue> {
    let keys = kind.map_or(&[][..], |kind| &kind.key_columns[..]);
    let headers = keys.iter().map(|key| header_of(kind, key)).collect::<Vec<_>>().join("、");
    let about = |message: Message| {
        let keyed = if keys.is_empty() { "no" } else { "yes" };
        let issue = issue(message.with("columns", &headers).with("keyed", keyed));
        Issue { rule: REVOKED_UNKNOWN.into(), ..issue }
    };
    let at_row = |missed: &Missed| {
        let message = Message::new("intake-revoked-unknown").with("row", missed.row);
        let cell = missed.column.as_ref().map(|(_, column)| CellPlace { row: missed.row, column: *column });
        Issue {
            sheet: missed.sheet.clone(),
            cell: Some(cell.unwrap_or(CellPlace { row: missed.row, column: 1 })),
            column: missed.column.as_ref().map(|(key, _)| key.clone()),
            value: missed.name.clone(),
            ..about(message)
        }
    };
    let more = told.effect.missed.saturating_sub(told.missed.len() as u64);
    let more = (more > 0).then(|| about(Message::new("intake-revoked-unknown-more").with("rows", more)));
    told.missed.iter().map(at_row).chain(more).collect()
}

fn header_of<'n>(kind: Option<&'n Kind>, column: &'n str) -> &'n str {
    kind.and_then(|kind| kind.find_column(column)).map_or(column, |column| column.name.zh.as_str())
}

/// What a person should look at in the rows that a set ends or does not name.
fn row_warning(set: &SetNamed<'_>, told: &SetEffect, kind: &str) -> Option<Message> {
    let effect = &told.effect;
    let key = if effect.ends_much() {
        match set.mode {
            mode if mode.is_nil() => "intake-nil-ends-much",
            SetMode::Unsaid => "intake-unsaid-ends-much",
            _ => "intake-full-ends-much",
        }
    } else if effect.looks_whole() {
        "intake-looks-whole"
    } else {
        return None;
    };
    let message = Message::new(key)
        .with("kind", kind)
        .with("before", effect.before)
        .with("ended", effect.ended)
        .with("absent", effect.absent())
        .with("first", told.first_gone.join("、"));
    Some(message.with("more", more(effect.ended.max(effect.absent()), &told.first_gone)))
}

/// A warning about a set as a whole.
fn issue(message: Message) -> Issue {
    let mend = Message { key: format!("{}-mend", message.key).into(), values: message.values.clone() };
    let (sheet, value) = (String::new(), String::new());
    Issue { sheet, cell: None, column: None, severity: Severity::Warning, rule: RULE.into(), value, message, mend }
}

/// The group of a batch that is not accepted yet.
pub fn group_of(batch: &IntakeBatch) -> Group {
    Group {
        region: batch.region.clone(),
        item: batch.item.clone(),
        kind: batch.kind.clone(),
        lineage: batch.unit.clone(),
    }
}

/// A batch as it will be seen once it is accepted: after all others.
pub fn as_visible(new: &NewBatch, batch: &IntakeBatch, now: DateTime<Utc>) -> VisibleBatch {
    let file = |(key, digest): &(String, String)| DigestedFile { key: key.clone(), digest: digest.clone() };
    VisibleBatch {
        batch: Batch {
            id: new.id.clone(),
            sequence: i64::MAX,
            region: batch.region.clone(),
            unit: batch.unit.clone(),
            lineage: new.lineage.clone(),
            item: new.item.clone(),
            kind: new.kind.clone(),
            mark: new.mark,
            item_mode: new.item_mode,
            period: new.period,
            covers_from: new.covers_from,
            covers_to: new.covers_to,
            mode: new.mode,
            template_version: new.template_version,
            accepted_at: now,
            supplement_of: None,
        },
        main: new.main.as_ref().map(file),
        personal: new.personal.as_ref().map(file),
        links_key: None,
        rows: new.rows,
        file: String::new(),
        file_digest: String::new(),
        upload: String::new(),
    }
}
