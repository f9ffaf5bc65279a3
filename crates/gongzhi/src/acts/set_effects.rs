//! What sets do to what stood before them, as it is told: in JSON, in a line, and as a warning where a person should look.

use chrono::{DateTime, Utc};
use gongzhi_core::catalog::{Catalog, Severity};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::Message;
use gongzhi_core::state::{Batch, Group, Role, VisibleBatch};
use gongzhi_core::values::SetMode;
use gongzhi_engine::effects::SetEffect;
use gongzhi_engine::intake::IntakeBatch;
use gongzhi_store::uploads::NewBatch;
use serde_json::{Value as Json, json};

/// Name of the rule of such warnings.
const RULE: &str = "set-effect";

/// The numbers, and the first of the rows that end or are not named.
pub fn effect_json(told: &SetEffect) -> Json {
    let SetEffect { effect, first_gone, .. } = told;
    let named = |is_meant: bool| if is_meant { first_gone.clone() } else { Vec::new() };
    json!({
        "before": effect.before, "new": effect.added, "changed": effect.changed, "unchanged": effect.unchanged,
        "revoked": effect.revoked, "ended": effect.ended, "absent": effect.absent(),
        "first_ended": named(effect.ended > 0), "first_absent": named(effect.ended == 0),
    })
}

/// The numbers in a line.
pub fn effect_line(told: &SetEffect) -> Message {
    let SetEffect { role, effect, first_gone } = told;
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

/// The warning where a set ends much of what was there, or says nothing of itself and looks like the whole list.
pub fn issue_of(catalog: &Catalog, batch: &IntakeBatch, told: &SetEffect) -> Option<Issue> {
    let set = SetNamed { item: &batch.item, kind: &batch.kind, mode: batch.mode };
    warning(catalog, &set, told)
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

/// As [`issue_of`], for a set of which only this is known.
pub fn warning(catalog: &Catalog, set: &SetNamed<'_>, told: &SetEffect) -> Option<Issue> {
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
    let kind = catalog.find_kind(&format!("{}.{}", set.item, set.kind));
    let message = Message::new(key)
        .with("kind", kind.map_or(set.kind, |(_, kind)| kind.name.zh.as_str()))
        .with("before", effect.before)
        .with("ended", effect.ended)
        .with("absent", effect.absent())
        .with("first", told.first_gone.join("、"))
        .with("more", more(effect.ended.max(effect.absent()), &told.first_gone));
    let mend = Message { key: format!("{key}-mend").into(), values: message.values.clone() };
    let (sheet, value) = (String::new(), String::new());
    Some(Issue { sheet, cell: None, column: None, severity: Severity::Warning, rule: RULE, value, message, mend })
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
        main_key: new.main.as_ref().map(|(key, _)| key.clone()),
        personal_key: new.personal.as_ref().map(|(key, _)| key.clone()),
        links_key: None,
        rows: new.rows,
        file: String::new(),
        file_digest: String::new(),
        upload: String::new(),
    }
}
