//! What is suspicious in the catalogue and yet may be right: told by `gongzhi check`, never refused.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Asks, Model, Models, RowsAsked};
use crate::catalog::node::Problem;
use crate::catalog::{Catalog, Mark, ParameterValue};
use crate::messages::Message;

/// Every warning, by file and line: figures outside the days of the law they cite, models whose law ended before a day
/// without one that follows it, and amounts that arose from events but are asked of what stands now.
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
