//! Runs a model's cases on tables in memory, through the very same queries and steps as a real run.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use gongzhi_core::catalog::{Catalog, Kind};
use gongzhi_core::messages::Message;
use gongzhi_core::models::cases::{Case, Rows};
use gongzhi_core::models::{Model, Models};
use gongzhi_core::period::Period;

use crate::model_run::{judge_model, model_config};
use crate::schema::{party_columns, view_schema_opened};

/// What came of one case.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// Key of the model.
    pub model: String,
    /// The case's name.
    pub name: String,
    /// Line of the cases file.
    pub line: usize,
    /// Everything that differs from what was expected; empty: passed.
    pub differences: Vec<Message>,
}

/// Runs all cases of the models given, in their order.
pub async fn run_cases(catalog: &Catalog, models: &Models, wanted: &[&Model]) -> Vec<CaseResult> {
    let session = SessionContext::new_with_config(model_config().with_target_partitions(1));
    let mut results = Vec::new();
    for model in wanted {
        for case in models.cases.get(&model.key).map_or(&[][..], |file| &file.cases) {
            let differences = run_case(&session, (catalog, models), model, case).await;
            let (name, line) = (case.name.clone(), case.line);
            results.push(CaseResult { model: model.key.clone(), name, line, differences });
        }
    }
    results
}

async fn run_case(
    session: &SessionContext,
    (catalog, models): (&Catalog, &Models),
    model: &Model,
    case: &Case,
) -> Vec<Message> {
    let mut problems = Vec::new();
    let mut registered = Vec::new();
    for (view, rows) in &case.rows {
        match table_of((catalog, model), view, rows, case) {
            Ok(table) => {
                if let Err(error) = session.register_table(view.as_str(), Arc::new(table)) {
                    problems.push(Message::new("models-query").with("why", error.strip_backtrace()));
                }
                registered.push(view);
            }
            Err(message) => problems.push(message),
        }
    }
    if problems.is_empty() {
        let figures = case.figures(catalog);
        match judge_model(session, (&figures, models), model, &case.run_facts(model)).await {
            Ok(judgement) => problems = case.differences(&judgement),
            Err(error) => problems.push(error.message()),
        }
    }
    for view in registered {
        if let Err(error) = session.deregister_table(view.as_str()) {
            problems.push(Message::new("models-query").with("why", error.strip_backtrace()));
        }
    }
    problems
}

/// The rows of a view as a table; a column that is not in the view is an error, a missing one is null.
fn table_of((catalog, model): (&Catalog, &Model), view: &str, rows: &Rows, case: &Case) -> Result<MemTable, Message> {
    let Some((item, kind)) = catalog.find_view(view) else {
        return Err(Message::new("models-no-view").with("view", view));
    };
    let schema = view_schema_opened(item, kind, &model.opens);
    let rows: Vec<BTreeMap<String, String>> =
        rows.iter().enumerate().map(|(at, row)| filled(view, at + 1, row, (kind, case))).collect();
    for column in rows.iter().flat_map(BTreeMap::keys) {
        if schema.field_with_name(column).is_err() {
            return Err(Message::new("models-case-column").with("view", view).with("column", column));
        }
    }
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let texts = rows.iter().map(|row| row.get(field.name()).filter(|text| !text.is_empty()));
        let texts: ArrayRef = Arc::new(texts.collect::<StringArray>());
        let strict = CastOptions { safe: false, ..CastOptions::default() };
        let typed = cast_with_options(&texts, field.data_type(), &strict).map_err(|error| {
            let message = Message::new("models-case-value").with("view", view).with("column", field.name());
            message.with("why", error)
        })?;
        columns.push(typed);
    }
    let failed = |error: String| Message::new("models-query").with("why", error);
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|error| failed(error.to_string()))?;
    MemTable::try_new(schema, vec![vec![batch]]).map_err(|error| failed(error.strip_backtrace()))
}

/// A row with what need not be written: a link is certain and an enterprise unless said, the tail of the view is told
/// from the period.
fn filled(
    view: &str,
    number: usize,
    row: &BTreeMap<String, String>,
    (kind, case): (&Kind, &Case),
) -> BTreeMap<String, String> {
    let mut row = row.clone();
    for party in &kind.parties {
        let [taxpayer, confidence, subject] = party_columns(&party.key);
        if row.contains_key(&taxpayer) {
            row.entry(confidence).or_insert_with(|| "certain".to_owned());
            row.entry(subject).or_insert_with(|| "enterprise".to_owned());
        }
    }
    let written: Option<Period> = row.get("_period").and_then(|text| text.parse().ok());
    let period = written.unwrap_or_else(|| Period::month_of(case.as_of));
    let tail = [
        ("_ref", format!("{view}:{number}")),
        ("_region", case.region.clone()),
        ("_unit", "unit".to_owned()),
        ("_period", period.to_string()),
        ("_period_from", period.first_day().to_string()),
        ("_period_to", period.last_day().to_string()),
    ];
    for (name, value) in tail {
        row.entry(name.to_owned()).or_insert(value);
    }
    row
}
