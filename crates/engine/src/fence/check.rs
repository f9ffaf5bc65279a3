//! What a model's SQL may be, checked before it ever runs; the engine's half of `gongzhi check`.

use std::collections::BTreeSet;

use datafusion::prelude::SessionContext;
use gongzhi_core::catalog::{Catalog, Problem};
use gongzhi_core::messages::Message;
use gongzhi_core::models::{FIXED_COLUMNS, Model, Models, OPTIONAL_COLUMNS};

use super::{Fence, Looked, Refusal, Text, planning_context};
use crate::model_parts::plan_parts;
use crate::model_run::{
    ModelError, REGISTRATION_VIEW, prepare_views, shared_questions, views_below, views_of, views_of_steps,
};

/// Plans models over empty views and reports everything their SQL may not be. Planning all of them takes longer than
/// running one: a command that runs some looks at those.
pub async fn check_models(catalog: &Catalog, models: &Models, wanted: impl Fn(&Model) -> bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for model in models.models.values().filter(|model| !model.sql.is_empty() && wanted(model)) {
        let session = planning_context();
        let mut check = Check { file: model.path("sql"), sql: &model.sql, problems: &mut problems };
        match check.model(&session, (catalog, models), model).await {
            // The compiler of the YAML said so already.
            Err(ModelError::NoView(view)) if views_of(model).any(|read| read == view) && view != REGISTRATION_VIEW => {}
            Err(ModelError::Refused(refusals)) => check.refuse(&refusals),
            Err(ModelError::ViewRefused { view, refusals }) => {
                let sql = models.views.get(&view).map_or("", String::as_str);
                Check { file: format!("views/{view}.sql"), sql, problems: &mut problems }.refuse(&refusals);
            }
            Err(error) => check.record("", error.message()),
            Ok(()) => {}
        }
    }
    problems
}

struct Check<'a> {
    file: String,
    sql: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    /// Notes a problem on the line where the word first stands.
    fn record(&mut self, word: &str, message: Message) {
        let at = if word.is_empty() { None } else { self.sql.find(word) };
        let line = at.map_or(1, |at| self.sql[..at].matches('\n').count() + 1);
        let problem = Problem { file: self.file.clone(), line, message };
        // Of a shared view every model that reads it would say the same.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn refuse(&mut self, refusals: &[Refusal]) {
        for refusal in refusals {
            self.record(&refusal.word, refusal.message.clone());
        }
    }

    async fn model(
        &mut self,
        session: &SessionContext,
        (catalog, models): (&Catalog, &Models),
        model: &Model,
    ) -> Result<(), ModelError> {
        let text = Text::parse(&model.sql)?;
        let named = text.names()?;
        let read: BTreeSet<String> = views_of(model).map(str::to_owned).collect();
        let read = views_below(models, named.union(&read))?;
        if model.reads.is_empty() || read.iter().any(|view| catalog.is_faulty_view(view)) {
            // What the query then lacks follows from a problem that is reported where it is.
            return Ok(());
        }
        let declared: BTreeSet<String> = model.reads.iter().cloned().collect();
        for view in named.difference(&declared) {
            self.record(view, Message::new("models-view-undeclared").with("view", view));
        }
        for view in declared.difference(&named) {
            self.record("", Message::new("models-view-unread").with("view", view));
        }
        if !named.is_subset(&declared) {
            return Ok(());
        }
        prepare_views(session, (catalog, models), model, &mut Vec::new()).await?;
        let fence = Fence::over(session, declared.iter().map(String::as_str)).await?;
        let looked = plan_parts(fence, text).await?;
        if let Some(query) = looked.last() {
            self.columns(query, model);
        }
        let refusals: Vec<Refusal> = looked.iter().flat_map(Looked::refusals).cloned().collect();
        self.refuse(&once_each(refusals));
        let fence = Fence::over(session, views_of_steps(model)).await?;
        for sql in shared_questions(model) {
            fence.query(&sql).await?;
        }
        Ok(())
    }

    fn columns(&mut self, query: &Looked, model: &Model) {
        let given: BTreeSet<&str> = query.columns().collect();
        let wanted = FIXED_COLUMNS.iter().copied().chain(model.facts.iter().map(|(name, _)| name.as_str()));
        for column in wanted.filter(|column| !given.contains(column)) {
            self.record("", Message::new("models-column-missing").with("column", column));
        }
        let known = |column: &&&str| {
            FIXED_COLUMNS.contains(*column)
                || OPTIONAL_COLUMNS.contains(*column)
                || model.facts.iter().any(|(name, _)| name == **column)
        };
        let unknown: Vec<&str> = given.iter().filter(|column| !known(column)).copied().collect();
        for column in unknown {
            self.record(column, Message::new("models-column-unlabelled").with("column", column));
        }
    }
}

/// What several parts say of one word once, by word.
fn once_each(mut refusals: Vec<Refusal>) -> Vec<Refusal> {
    refusals.sort_by_key(|refusal| (refusal.word.clone(), refusal.message.to_string()));
    refusals.dedup();
    refusals
}

#[cfg(test)]
pub(crate) mod tests {
    use gongzhi_core::catalog::Source;

    use super::*;

    const PAYMENTS: &str = "name: {zh: 入库, en: Payments}
period: month
mode: full
basis: 法
sharing: none
purposes: [all]
versions:
  - {version: 1, from: 2000-01-01}
kinds:
  payment:
    name: {zh: 入库, en: Payments}
    mark: flow
    key: []
    columns:
      - {party: taxpayer, zh: 纳税人}
      - {key: amount_yuan, zh: 金额, type: amount, measure: yuan}
      - {key: paid_on, zh: 日期, type: date}
";

    const REGISTRATION: &str =
        "select taxpayer_taxpayer as taxpayer, _region as authority, cast(null as varchar) as tax_office,
taxpayer_subject as subject,
cast(null as varchar) as vat_payer_kind, paid_on as vat_general_from, paid_on as vat_general_to,
cast(null as varchar) as small_profit_years, cast(null as varchar) as not_small_profit_years from tax_payment_payment";

    const MODEL: &str = "name: {zh: 示例, en: Example}
question: {zh: 问, en: Asked}
law:
  - {law: law}
asks: finding
findings: {found: {zh: 有, en: Found}}
taxed_at: here
period: month
looks_at: {rows: now, why: {zh: 示例, en: Example}}
reads: [tax_payment_payment]
facts:
  amount_yuan: {zh: 金额, en: Amount}
";

    pub(crate) const SQL: &str =
        "select taxpayer_taxpayer as taxpayer, taxpayer_name, taxpayer_confidence as confidence,
taxpayer_subject as subject, paid_on as event_day, cast(null as varchar) as period, _region as place_region,
_ref as evidence, case when paid_on < $as_of then 'found' end as finding, amount_yuan * 0.03 as amount_yuan
from tax_payment_payment";

    /// A catalogue with one model of this SQL.
    pub(crate) fn compile(sql: &str) -> (Catalog, Models) {
        let files = [
            ("templates/tax_bureau/tax_payment.yaml", PAYMENTS),
            ("providers/tax_bureau.yaml", "name: 税务局\nregion: \"652323\"\n"),
            ("laws/law.yaml", "name: {zh: 法, en: Law}\n"),
            ("views/registration.sql", REGISTRATION),
            ("models/a/b.yaml", MODEL),
            ("models/a/b.sql", sql),
            ("models/a/b.cases.yaml", "cases: []\n"),
        ];
        let sources = files.map(|(path, text)| Source { path: path.to_owned(), text: text.to_owned() });
        let (catalog, problems) = Catalog::compile(&sources);
        assert_eq!(problems, []);
        let (models, _) = Models::compile(&catalog);
        (catalog, models)
    }

    /// Messages and lines of the problems of a model with this SQL.
    pub(crate) fn check(sql: &str) -> Vec<(String, usize)> {
        problems_of(&compile(sql)).into_iter().map(|problem| (problem.message.key.into_owned(), problem.line)).collect()
    }

    pub(crate) fn problems_of((catalog, models): &(Catalog, Models)) -> Vec<Problem> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check_models(catalog, models, |_| true))
    }

    pub(crate) fn keys(sql: &str) -> Vec<String> {
        check(sql).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn a_query_over_its_views_with_decimals_passes() {
        assert_eq!(check(SQL), []);
    }

    #[test]
    fn a_view_that_is_not_declared_is_refused_with_its_line() {
        let sql = SQL.replace("from tax_payment_payment", "from tax_payment_payment join registration on true");
        assert_eq!(check(&sql), [("models-view-undeclared".to_owned(), 4)]);
    }

    #[test]
    fn clocks_dice_and_floats_are_refused() {
        assert_eq!(keys(&SQL.replace("$as_of", "cast(now() as date)")), ["models-function"]);
        assert_eq!(keys(&SQL.replace("'found'", "cast(random() as varchar)")), ["models-function"]);
        assert!(keys(&SQL.replace("0.03", "cast(0.03 as double)")).contains(&"models-float".to_owned()));
    }

    #[test]
    fn anything_but_one_query_is_refused() {
        for sql in
            ["drop view tax_payment_payment", "create table t as select 1", "insert into tax_payment_payment select 1"]
        {
            assert!(!check(sql).is_empty(), "{sql}");
        }
        assert!(!check(&format!("{SQL}; {SQL}")).is_empty());
    }

    #[test]
    fn a_column_without_a_label_and_a_missing_one_are_told() {
        assert_eq!(
            keys(&SQL.replace("as amount_yuan", "as amount")),
            ["models-column-missing", "models-column-unlabelled"]
        );
    }

    #[test]
    fn a_slip_in_a_template_is_no_problem_of_the_models_that_read_it() {
        let (catalog, models) = compile(SQL);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut broken = catalog.clone();
        broken.items.clear();
        let told = runtime.block_on(check_models(&broken, &models, |_| true));
        assert_eq!(told.len(), 0, "the compiler of the YAML tells a view under reads that is nowhere");
        let mut below = models.clone();
        below.views.insert("registration".to_owned(), "select a from no_such_view".to_owned());
        let told = runtime.block_on(check_models(&catalog, &below, |_| true));
        assert_eq!(told[0].message.to_string(), "models-no-view view=no_such_view");
        broken.items = catalog.items.clone();
        broken.items.values_mut().for_each(|item| item.kinds[0].columns.truncate(1));
        assert_eq!(runtime.block_on(check_models(&broken, &models, |_| true))[0].message.key, "models-query");
        broken.faulty_files.insert("templates/tax_bureau/tax_payment.yaml".to_owned());
        assert_eq!(runtime.block_on(check_models(&broken, &models, |_| true)), []);
    }
}
