//! Why rows could not be compared, in the words of the sheets: the header of the column that is empty, the table or the
//! item that is missing, the figure that is not set.

use std::collections::BTreeSet;

use gongzhi_core::catalog::{Catalog, Kind};
use gongzhi_core::messages::{Bilingual, Message, Translator};
use gongzhi_core::models::{Model, Models};

/// Where the words are looked up.
pub struct Reasons<'a> {
    /// Speaks.
    pub say: &'a Translator,
    /// Catalogue.
    pub catalog: &'a Catalog,
    /// Models.
    pub models: &'a Models,
}

impl Reasons<'_> {
    /// What `missing:price_yuan` of a model says to people.
    pub fn say(&self, model: &str, reason: &str) -> String {
        let (key, detail) = reason.split_once(':').unwrap_or((reason, ""));
        let model = self.models.models.get(model);
        let own = model.filter(|_| detail.is_empty()).and_then(|model| label_of(model, key));
        let word = self.say.find(&format!("models-not-comparable-{}", key.replace('_', "-")));
        let word = word.or_else(|| own.map(|label| self.text(&label))).unwrap_or_else(|| key.to_owned());
        if detail.is_empty() {
            return word;
        }
        let detail = self.detail(model, key, detail);
        self.say.say(&Message::new("models-not-comparable-with").with("word", word).with("detail", detail))
    }

    fn detail(&self, model: Option<&Model>, key: &str, detail: &str) -> String {
        let named = match key {
            "missing" => model.and_then(|model| self.headers(model, detail)),
            "coverage" | "not_delivered" => self.catalog.items.get(detail).map(|item| self.text(&item.name)),
            "no_parameter" => self.catalog.parameters.get(detail).map(|parameter| self.text(&parameter.name)),
            _ => None,
        };
        named.unwrap_or_else(|| detail.to_owned())
    }

    /// The header of a column that a model reads; of a fact that is worked out from columns, what it is called, else the
    /// headers of those.
    fn headers(&self, model: &Model, key: &str) -> Option<String> {
        let kinds = self.kinds_read(model);
        let header = |key: &str| kinds.iter().find_map(|kind| kind.find_column(key)).map(|column| &column.name);
        if let Some(name) = header(key).cloned().or_else(|| label_of(model, key)) {
            return Some(self.text(&name));
        }
        let sources = words_before(&model.sql, key);
        let mut names: Vec<String> =
            sources.iter().filter_map(|word| header(word)).map(|name| self.text(name)).collect();
        names.dedup();
        if names.is_empty() {
            self.say.find(&format!("models-fact-{}", key.replace('_', "-")))
        } else {
            Some(names.join("／"))
        }
    }

    /// The kinds behind the views that a model reads, those of shared views too.
    fn kinds_read(&self, model: &Model) -> Vec<&Kind> {
        let mut kinds = Vec::new();
        for view in &model.reads {
            if let Some((_, kind)) = self.catalog.find_view(view) {
                kinds.push(kind);
            } else if let Some(sql) = self.models.views.get(view) {
                let words: BTreeSet<&str> = words_of(sql).collect();
                kinds.extend(words.into_iter().filter_map(|word| Some(self.catalog.find_view(word)?.1)));
            }
        }
        kinds
    }

    fn text(&self, text: &Bilingual) -> String {
        text.get(self.say.language()).to_owned()
    }
}

fn label_of(model: &Model, key: &str) -> Option<Bilingual> {
    model.facts.iter().chain(&model.labels).find(|(name, _)| name == key).map(|(_, label)| label.clone())
}

fn words_of(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_')).filter(|word| !word.is_empty())
}

/// The words of every expression that a query calls so: `contract_day` and `_period_to` of
/// `coalesce(contract_day, _period_to) as event_day`.
fn words_before<'s>(sql: &'s str, name: &str) -> Vec<&'s str> {
    let mut found = Vec::new();
    for (at, call) in sql.match_indices(&format!(" as {name}")) {
        if sql[at + call.len()..].starts_with(|sign: char| sign.is_ascii_alphanumeric() || sign == '_') {
            continue;
        }
        let mut depth = 0_i32;
        let is_end = |sign: char| {
            depth += i32::from(sign == ')') - i32::from(sign == '(');
            depth < 0 || (depth == 0 && matches!(sign, ',' | '\n'))
        };
        let from = sql[..at].rfind(is_end).map_or(0, |end| end + 1);
        found.extend(words_of(&sql[from..at]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_traced_to_the_columns_it_is_worked_out_from() {
        let sql =
            "select a.x as event_day_2,\n  coalesce(a.contract_day, (b.deal_day)) as event_day, c as event_day\nfrom t";
        assert_eq!(words_before(sql, "event_day"), ["coalesce", "a", "contract_day", "b", "deal_day", "c"]);
    }
}
