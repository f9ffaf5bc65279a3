//! Runs a model's cases on tables in memory, through the very same queries and steps as a real run, in the same kind of
//! session: a case whose query meets the memory limit fails with a sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use gongzhi_core::catalog::{Catalog, Kind, Problem};
use gongzhi_core::messages::Message;
use gongzhi_core::models::cases::{Case, Rows};
use gongzhi_core::models::{Model, Models};
use gongzhi_core::period::Period;

use crate::analysis::Analysis;
use crate::model_run::{ModelError, judge_model, views_below, views_of};
use crate::schema::{party_columns, view_schema_opened};
use crate::session::{Session, SessionOptions};

/// The tax side's registrations.
const REGISTRATIONS: &str = "tax_registration_taxpayer";

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

/// Runs all cases of the models given, in their order. Nothing is read from files: whoever answers people at the same time
/// gives it to [`Analysis::run`].
pub async fn run_cases(
    analysis: &Analysis,
    (catalog, models): (&Catalog, &Models),
    wanted: &[&Model],
    options: &SessionOptions,
) -> Vec<CaseResult> {
    let session = Session::empty(analysis, options);
    let session = session.context();
    let mut results = Vec::new();
    for model in wanted {
        for case in models.cases.get(&model.key).map_or(&[][..], |file| &file.cases) {
            let differences = run_case(session, (catalog, models), model, case).await;
            let (name, line) = (case.name.clone(), case.line);
            results.push(CaseResult { model: model.key.clone(), name, line, differences });
        }
    }
    results
}

/// Warnings of cases that give rows of views which their model doesn't read: the rows prove nothing. Told once a file and view,
/// at the first case that gives them.
///
/// # Errors
/// The SQL of a view can't be parsed.
pub fn list_unread(models: &Models) -> Result<Vec<Problem>, ModelError> {
    let mut warnings = Vec::new();
    for model in models.models.values() {
        let own: BTreeSet<String> = views_of(model).map(str::to_owned).collect();
        let read = views_below(models, &own)?;
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for case in models.cases.get(&model.key).map_or(&[][..], |file| &file.cases) {
            let unread = case.rows.iter().filter(|(view, rows)| !rows.is_empty() && !read.contains(*view));
            for (view, _) in unread.filter(|(view, _)| told.insert(view)) {
                let message = Message::new("models-warning-case-unread").with("case", &case.name).with("view", view);
                let reads = read.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                let message = message.with("reads", reads);
                warnings.push(Problem { file: model.path("cases.yaml"), line: case.line, message });
            }
        }
    }
    Ok(warnings)
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

/// A row with what need not be written: a link is certain and an enterprise unless said, whoever is known by a digest
/// alone is a person, a registration is with the county's authority, the tail of the view is told from the period.
fn filled(
    view: &str,
    number: usize,
    row: &BTreeMap<String, String>,
    (kind, case): (&Kind, &Case),
) -> BTreeMap<String, String> {
    let mut row = row.clone();
    for party in &kind.parties {
        let [taxpayer, confidence, subject, person] = party_columns(&party.key);
        if row.contains_key(&taxpayer) {
            row.entry(confidence).or_insert_with(|| "certain".to_owned());
            row.entry(subject).or_insert_with(|| "enterprise".to_owned());
        } else if row.contains_key(&person) {
            row.entry(subject).or_insert_with(|| "person".to_owned());
        }
    }
    if view == REGISTRATIONS {
        row.entry("authority".to_owned()).or_insert_with(|| case.region.clone());
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

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use datafusion::arrow::array::Int64Array;
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    use gongzhi_core::catalog::Source;
    use gongzhi_core::models::facts::RunFacts;

    use super::*;
    use crate::analysis::AnalysisOptions;
    use crate::model_run::{ModelContent, run_model};

    fn analysis(memory_limit_bytes: usize) -> Analysis {
        Analysis::start(AnalysisOptions { memory_limit_bytes, threads: 2, ..AnalysisOptions::default() }).unwrap()
    }

    const MODEL: &str = "name: {zh: 示例, en: Example}
question: {zh: 有没有？, en: Any?}
law:
  - {law: deed_tax_law, articles: 第2条}
asks: finding
findings:
  odd: {zh: 异常, en: Odd}
taxed_at: here
period: month
looks_at: {rows: now, why: {zh: 示例, en: Example}}
reads: [payments]
facts: {}
";

    const CASES: &str = "cases:\n  - {name: one, sort: leave, as_of: 2025-01-01, given: {}, expect: {leads: []}}\n";

    fn content(sql: &str) -> (Catalog, Models) {
        content_with(sql, CASES)
    }

    #[test]
    fn rows_of_a_view_that_the_model_does_not_read_are_warned_of() {
        let given = |given: &str| {
            let cases = CASES.replace("given: {}", &format!("given: {given}"));
            list_unread(&content_with("select n from payments", &cases).1).unwrap()
        };
        let told = given("{payments: [{n: 1}], tax_credit_grade: [{n: 1}]}");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].file.as_str(), told[0].line), ("models/deed/example.cases.yaml", 2));
        assert!(told[0].message.values.iter().any(|(name, value)| name == "view" && value == "tax_credit_grade"));
        for read in ["{}", "{payments: [{n: 1}]}", "{tax_credit_grade: []}"] {
            assert!(given(read).is_empty(), "{read}");
        }
    }

    fn content_with(sql: &str, cases: &str) -> (Catalog, Models) {
        let files = [
            ("laws/deed_tax_law.yaml", "name: {zh: 契税法, en: Deed Tax Law}\n"),
            ("views/payments.sql", "select 1 as n"),
            ("views/registration.sql", "select 1 as n"),
            ("models/deed/example.yaml", MODEL),
            ("models/deed/example.sql", sql),
            ("models/deed/example.cases.yaml", cases),
        ];
        let sources = files.map(|(path, text)| Source { path: path.to_owned(), text: text.to_owned() });
        let (catalog, _) = Catalog::compile(&sources);
        let (models, _) = Models::compile(&catalog);
        assert_eq!(models.models.len(), 1);
        (catalog, models)
    }

    #[tokio::test]
    async fn a_case_whose_query_grows_without_bound_fails_with_a_sentence() {
        let tens = "(values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))";
        let sql = format!(
            "with t as (select column1 as n from {tens}), thousand as (select a.n from t a cross join t b cross join t c) \
             select a.n, b.n as m, c.n as o from thousand a cross join thousand b cross join thousand c"
        );
        let (catalog, models) = content(&sql);
        let options = SessionOptions { target_partitions: 1, ..SessionOptions::default() };
        let model = &models.models["deed/example"];
        let results = run_cases(&analysis(4 << 20), (&catalog, &models), &[model], &options).await;
        assert_eq!(results[0].differences, [Message::new("models-memory-met")]);
    }

    #[tokio::test]
    async fn a_join_too_big_to_hash_gets_through_by_sorting() {
        let sql = "select a.n from payments a join payments b on a.n = b.n and a.t <> b.t";
        let (catalog, models) = content(sql);
        let content = ModelContent { catalog: Arc::new(catalog), models: Arc::new(models) };
        let run = RunFacts {
            as_of: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap(),
            region: "652323".to_owned(),
            coverage: Vec::new(),
            delivered: BTreeMap::new(),
        };
        let mut met = Vec::new();
        for prefer_sort_merge_join in [false, true] {
            let options = SessionOptions { target_partitions: 1, prefer_sort_merge_join, ..SessionOptions::default() };
            let session = Session::empty(&analysis(208 << 20), &options);
            session.context().register_table("payments", Arc::new(wide_table(1_000_000))).unwrap();
            met.push(run_model(&session, &content, "deed/example", &run).await.met_memory_limit);
        }
        assert_eq!(met, [true, false]);
    }

    /// Rows of a number and two hundred signs.
    fn wide_table(rows: i64) -> MemTable {
        let fields = vec![Field::new("n", DataType::Int64, false), Field::new("t", DataType::Utf8, false)];
        let schema = Arc::new(Schema::new(fields));
        let batches: Vec<RecordBatch> = (0..rows / 1_000)
            .map(|block| {
                let numbers: Int64Array = (block * 1_000..(block + 1) * 1_000).collect();
                let texts: StringArray =
                    numbers.iter().map(|number| number.map(|number| format!("{number:0>200}"))).collect();
                RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(numbers), Arc::new(texts)]).unwrap()
            })
            .collect();
        MemTable::try_new(schema, vec![batches]).unwrap()
    }
}
