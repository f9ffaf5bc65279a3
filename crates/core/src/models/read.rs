//! Reads `models/<group>/<model>.yaml` and checks every name in it against the catalogue.

use std::collections::BTreeSet;

use super::cases::read_cases;
use super::formula::Formula;
use super::{
    AmountQuestion, Asks, CALENDAR_VIEW, CoverageNeed, DueDay, DueFrom, FIGURES_VIEW, Limitation, LooksAt, Model,
    Models, PAYMENTS_VIEW, PaidRule, ParameterUse, PeriodLength, RowsAsked, TaxedAt,
};
use crate::catalog::node::{Fields, Findings, Node, Problem, nearest, parse, scalar};
use crate::catalog::{Catalog, Mark};
use crate::leads::LawReference;
use crate::messages::{Bilingual, Message};

/// Parameters of the floors where a model names none.
const FLOORS: (&str, &str) = ("lead/floor_yuan", "lead/floor_ratio");

/// Parameter of the late fee where a model that asks for an amount names none.
const LATE_FEE: &str = "late_fee/tax";

/// Columns every model's SQL has; labels of a model's own facts stand in its `facts`.
pub const FIXED_COLUMNS: [&str; 8] =
    ["taxpayer", "taxpayer_name", "confidence", "subject", "event_day", "period", "place_region", "evidence"];

/// Columns the shared steps understand where a model's SQL gives them.
pub const OPTIONAL_COLUMNS: [&str; 6] =
    ["left_out", "not_comparable", "finding", "service", "deadline_day", "place_address"];

/// Kinds of subject that a model may leave out.
const SUBJECTS: [&str; 6] = ["enterprise", "sole_trader", "public_body", "village", "person", "unknown"];

/// Reads every model and view, and their cases where they are wanted.
pub fn read_models(catalog: &Catalog, with_cases: bool, problems: &mut Vec<Problem>) -> Models {
    let mut models = Models::default();
    for (path, text) in &catalog.model_files {
        let mut findings = Findings { file: path, problems };
        if let Some(name) = path.strip_prefix("views/") {
            match name.strip_suffix(".sql") {
                Some(stem) if !stem.contains('/') => {
                    models.views.insert(stem.to_owned(), text.clone());
                }
                _ => findings.record(1, Message::new("catalog-file-unknown").with("path", path)),
            }
        }
    }
    for (path, text) in &catalog.model_files {
        let Some(rest) = path.strip_prefix("models/") else { continue };
        let key = rest.trim_end_matches(".cases.yaml").trim_end_matches(".yaml").trim_end_matches(".sql");
        let mut findings = Findings { file: path, problems };
        if key.matches('/').count() != 1 {
            findings.record(1, Message::new("catalog-file-unknown").with("path", path));
        }
        for extension in ["yaml", "sql", "cases.yaml"] {
            let wanted = format!("models/{key}.{extension}");
            let first = catalog.model_files.keys().find(|file| file.starts_with(&format!("models/{key}.")));
            let is_there = catalog.model_files.contains_key(&wanted) || catalog.faulty_files.contains(&wanted);
            if first == Some(path) && !is_there {
                findings.record(1, Message::new("models-file-missing").with("path", wanted));
            }
        }
        if path == &format!("models/{key}.yaml")
            && let Some(node) = parse(text, &mut findings)
        {
            let sql = catalog.model_files.get(&format!("models/{key}.sql")).cloned().unwrap_or_default();
            let mut reader = Reader { catalog, views: models.views.keys().map(String::as_str).collect(), findings };
            let model = reader.model(key, sql, &node);
            models.models.insert(key.to_owned(), model);
        }
        if with_cases && path == &format!("models/{key}.cases.yaml") {
            models.cases.insert(key.to_owned(), read_cases(path, text, problems));
        }
    }
    models
}

struct Reader<'a, 'b> {
    catalog: &'a Catalog,
    views: BTreeSet<&'a str>,
    findings: Findings<'b>,
}

impl Reader<'_, '_> {
    fn model(&mut self, key: &str, sql: String, node: &Node) -> Model {
        let findings = &mut self.findings;
        let mut fields = Fields::of(node, findings);
        let name = fields.get_bilingual("name", findings);
        let question = fields.get_bilingual("question", findings);
        let taxed_at = fields.get_as("taxed_at", TaxedAt::read, findings).unwrap_or(TaxedAt::Here);
        let period = fields.get_as("period", PeriodLength::read, findings).unwrap_or(PeriodLength::Year);
        let (reads, needs) = (fields.texts("reads", findings), fields.texts("needs", findings));
        let (leaves_out, absence) = (fields.texts("leaves_out", findings), fields.texts("absence", findings));
        let halved = fields.flag("halved", false, findings);
        let opens = fields.texts("opens", findings).into_iter().collect();
        let floor_yuan = fields.find_text("floor_yuan", findings).unwrap_or_else(|| FLOORS.0.to_owned());
        let floor_ratio = fields.find_text("floor_ratio", findings).unwrap_or_else(|| FLOORS.1.to_owned());
        let asks = fields.get_as("asks", read_asks, findings);
        let limitation = fields.find_as("limitation", Limitation::read, findings);
        let late_fee = fields.find_text("late_fee", findings);
        let ask_for = fields.find_bilingual("ask_for", findings);
        let check_first = fields.find_bilingual("check_first", findings);
        fields.demand("law", findings);
        fields.demand("reads", findings);
        let mut model = Model {
            key: key.to_owned(),
            name,
            question,
            laws: self.laws(&mut fields),
            asks: Asks::Finding(Vec::new()),
            taxed_at,
            period,
            looks_at: self.looks_at(&mut fields),
            limitation: limitation.unwrap_or(if asks == Some(true) { Limitation::Tax } else { Limitation::None }),
            late_fee: late_fee
                .or_else(|| (asks == Some(true)).then(|| LATE_FEE.to_owned()))
                .filter(|key| key != "none"),
            ask_for,
            check_first,
            reads,
            coverage: self.coverage(&mut fields),
            absence,
            due: self.due(&mut fields),
            parameters: self.parameters(&mut fields),
            facts: self.labels(&mut fields, "facts"),
            labels: self.labels(&mut fields, "labels"),
            opens,
            needs,
            leaves_out,
            halved,
            floor_yuan,
            floor_ratio,
            sql,
        };
        match asks {
            Some(true) => model.asks = self.amount(&mut fields, &model),
            Some(false) => {
                fields.demand("findings", &mut self.findings);
                model.asks = Asks::Finding(self.labels(&mut fields, "findings"));
            }
            // Which of the keys belong here is only known once it is.
            None => {
                for key in ["formula", "paid", "findings"] {
                    fields.find(key);
                }
            }
        }
        fields.finish(&mut self.findings);
        self.check(&model, node.line);
        model
    }

    fn looks_at(&mut self, fields: &mut Fields<'_>) -> LooksAt {
        let mut looks_at = LooksAt { rows: RowsAsked::Now, why: Bilingual::default() };
        let Some(node) = fields.get("looks_at", &mut self.findings) else { return looks_at };
        let mut each = Fields::of(node, &mut self.findings);
        if let Some(rows) = each.get_as("rows", RowsAsked::read, &mut self.findings) {
            looks_at.rows = rows;
        }
        each.demand("why", &mut self.findings);
        looks_at.why = each.find_bilingual("why", &mut self.findings);
        each.finish(&mut self.findings);
        looks_at
    }

    fn laws(&mut self, fields: &mut Fields<'_>) -> Vec<LawReference> {
        let mut laws = Vec::new();
        for node in fields.list("law", &mut self.findings) {
            let mut each = Fields::of(node, &mut self.findings);
            let law = each.get_text("law", &mut self.findings);
            let articles = each.find_text("articles", &mut self.findings).unwrap_or_default();
            each.finish(&mut self.findings);
            if let Some(found) = self.catalog.laws.get(&law) {
                laws.push(LawReference { law, name: found.name.clone(), articles });
            } else if !law.is_empty() && !self.is_faulty(&format!("laws/{law}.yaml")) {
                self.findings.record(node.line, Message::new("catalog-law-unknown").with("law", law));
            }
        }
        laws
    }

    fn coverage(&mut self, fields: &mut Fields<'_>) -> Vec<CoverageNeed> {
        let mut needs = Vec::new();
        for node in fields.list("coverage", &mut self.findings) {
            let mut each = Fields::of(node, &mut self.findings);
            let table = each.get_text("table", &mut self.findings);
            let tax_kinds = each.texts("tax_kinds", &mut self.findings);
            each.finish(&mut self.findings);
            self.check_tax_kinds(&tax_kinds, node.line);
            let Some(item) = self.catalog.items.get(&table) else {
                self.unknown_item(node.line, ("table", &table));
                continue;
            };
            let stock = item.kinds.iter().all(|kind| kind.mark == Mark::Stock);
            needs.push(CoverageNeed { table, tax_kinds, stock });
        }
        needs
    }

    fn due(&mut self, fields: &mut Fields<'_>) -> Option<DueDay> {
        let node = fields.find("due")?;
        let mut each = Fields::of(node, &mut self.findings);
        let after = each.get_as("after", DueFrom::read, &mut self.findings).unwrap_or(DueFrom::Event);
        let parameter = each.get_text("param", &mut self.findings);
        each.finish(&mut self.findings);
        self.check_parameter(&parameter, node.line);
        let measure = self.catalog.parameters.get(&parameter).map(|found| found.measure.as_str());
        if let Some(measure) = measure.filter(|measure| !matches!(*measure, "days" | "months")) {
            let key = format!("{parameter} measure");
            let message = Message::new("catalog-bad-value").with("key", key).with("value", measure);
            self.findings.record(node.line, message.with("expected", "days | months"));
        }
        Some(DueDay { after, parameter })
    }

    fn parameters(&mut self, fields: &mut Fields<'_>) -> Vec<ParameterUse> {
        let mut used = Vec::new();
        for (name, node) in fields.entries("parameters", &mut self.findings) {
            let mut each = Fields::of(node, &mut self.findings);
            let parameter = ParameterUse {
                name: name.clone(),
                key: each.get_text("param", &mut self.findings),
                on: each.find_text("on", &mut self.findings),
                class: each.find_text("class", &mut self.findings),
                optional: each.flag("optional", false, &mut self.findings),
            };
            each.finish(&mut self.findings);
            self.check_parameter(&parameter.key, node.line);
            used.push(parameter);
        }
        used
    }

    fn labels(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Vec<(String, Bilingual)> {
        let mut labels = Vec::new();
        for (name, node) in fields.entries(key, &mut self.findings) {
            let mut each = Fields::of(node, &mut self.findings);
            let zh = each.get_text("zh", &mut self.findings);
            let en = each.find_text("en", &mut self.findings).unwrap_or_default();
            each.finish(&mut self.findings);
            labels.push((name.clone(), Bilingual { zh, en }));
        }
        labels
    }

    fn amount(&mut self, fields: &mut Fields<'_>, model: &Model) -> Asks {
        let mut known: BTreeSet<String> = model.facts.iter().map(|(name, _)| name.clone()).collect();
        known.extend(model.parameters.iter().map(|used| used.name.clone()));
        let mut question = AmountQuestion { steps: Vec::new(), low: zero(), high: None, paid: self.paid(fields) };
        if let Some(node) = fields.get("formula", &mut self.findings) {
            let mut each = Fields::of(node, &mut self.findings);
            for (name, step) in each.entries("steps", &mut self.findings) {
                let formula = self.formula(step, &known);
                known.insert(name.clone());
                question.steps.push((name.clone(), formula));
            }
            if let Some(low) = each.get("low", &mut self.findings) {
                question.low = self.formula(low, &known);
            }
            question.high = each.find("high").map(|high| self.formula(high, &known));
            each.finish(&mut self.findings);
        }
        Asks::Amount(Box::new(question))
    }

    fn paid(&mut self, fields: &mut Fields<'_>) -> PaidRule {
        let mut paid =
            PaidRule { view: PAYMENTS_VIEW.to_owned(), tax_kinds: Vec::new(), items: Vec::new(), later: false };
        let Some(node) = fields.get("paid", &mut self.findings) else { return paid };
        let mut each = Fields::of(node, &mut self.findings);
        if let Some(view) = each.find_text("view", &mut self.findings) {
            paid.view = view;
        }
        paid.tax_kinds = each.texts("tax_kinds", &mut self.findings);
        paid.items = each.texts("items", &mut self.findings);
        paid.later = each.flag("later", false, &mut self.findings);
        each.demand("tax_kinds", &mut self.findings);
        each.finish(&mut self.findings);
        self.check_tax_kinds(&paid.tax_kinds, node.line);
        if !self.views.contains(paid.view.as_str()) {
            self.unknown_view(node.line, ("view", &paid.view));
        }
        paid
    }

    fn formula(&mut self, node: &Node, known: &BTreeSet<String>) -> Formula {
        let Some(text) = scalar(node, &mut self.findings) else { return zero() };
        match Formula::read(text) {
            Ok(formula) => {
                for name in formula.names().into_iter().filter(|name| !known.contains(*name)) {
                    self.unknown("models-fact-unknown", node.line, ("formula", name), known);
                }
                formula
            }
            Err(error) => {
                self.findings.record(node.line, Message::new("models-formula").with("word", error.0));
                zero()
            }
        }
    }

    /// What only the whole model shows.
    fn check(&mut self, model: &Model, line: usize) {
        let facts: BTreeSet<&str> = model.facts.iter().map(|(name, _)| name.as_str()).collect();
        for column in &model.needs {
            if !facts.contains(column.as_str()) && !FIXED_COLUMNS.contains(&column.as_str()) {
                self.unknown("models-fact-unknown", line, ("needs", column), facts.clone());
            }
        }
        let columns = model.parameters.iter().flat_map(|used| used.on.iter().chain(&used.class));
        for column in columns.filter(|column| !matches!(column.as_str(), "event_day" | "period_end" | "as_of")) {
            if !facts.contains(column.as_str()) {
                self.unknown("models-fact-unknown", line, ("parameters", column), facts.clone());
            }
        }
        for subject in model.leaves_out.iter().filter(|subject| !SUBJECTS.contains(&subject.as_str())) {
            let message = Message::new("catalog-bad-value").with("key", "leaves_out").with("value", subject);
            self.findings.record(line, message.with("expected", SUBJECTS.join(" | ")));
        }
        for item in model.absence.iter().filter(|item| !self.catalog.items.contains_key(*item)) {
            self.unknown_item(line, ("absence", item));
        }
        for view in &model.reads {
            let known = self.views.contains(view.as_str()) || view == CALENDAR_VIEW || view == FIGURES_VIEW;
            if !known && self.catalog.find_view(view).is_none() {
                self.unknown_view(line, ("reads", view));
            }
        }
        for column in &model.opens {
            let mut parts = column.rsplitn(2, '.');
            let (name, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let found = self.catalog.find_kind(kind).and_then(|(_, kind)| kind.find_column(name));
            let is_faulty = kind.split('.').next().is_some_and(|item| self.catalog.is_faulty_item(item));
            if found.is_none_or(|found| !found.class.is_personal()) && !is_faulty {
                let message = Message::new("catalog-bad-value").with("key", "opens").with("value", column);
                self.findings.record(line, message.with("expected", "<item>.<kind>.<column> (class: personal)"));
            }
        }
        for key in [&model.floor_yuan, &model.floor_ratio] {
            if matches!(model.asks, Asks::Amount(_)) {
                self.check_parameter(key, line);
            }
        }
        if let Some(key) = &model.late_fee {
            self.check_parameter(key, line);
        }
    }

    fn check_parameter(&mut self, key: &str, line: usize) {
        let is_there = key.is_empty() || self.catalog.parameters.contains_key(key);
        if !is_there && !self.is_faulty(&format!("params/{key}.yaml")) {
            self.unknown("models-parameter-unknown", line, ("param", key), self.catalog.parameters.keys());
        }
    }

    fn check_tax_kinds(&mut self, kinds: &[String], line: usize) {
        let Some(list) = self.catalog.lists.get("tax_kind") else { return };
        if self.is_faulty("codes/tax_kind.csv") {
            return;
        }
        let known: Vec<&str> = list.entries.iter().map(|entry| entry.code.as_str()).collect();
        for kind in kinds.iter().filter(|kind| !known.contains(&kind.as_str())) {
            self.unknown("models-tax-kind-unknown", line, ("tax_kinds", kind), &known);
        }
    }

    fn unknown_item(&mut self, line: usize, (key, item): (&str, &str)) {
        if !item.is_empty() && !self.catalog.is_faulty_item(item) {
            self.unknown("models-item-unknown", line, (key, item), self.catalog.items.keys());
        }
    }

    fn unknown_view(&mut self, line: usize, (key, view): (&str, &str)) {
        if self.catalog.is_faulty_view(view) {
            return;
        }
        let of_kinds = self.catalog.items.values().flat_map(|item| item.kinds.iter().map(|kind| item.view_of(kind)));
        let known: Vec<String> = of_kinds.chain(self.views.iter().map(|view| (*view).to_owned())).collect();
        self.unknown("models-view-unknown", line, (key, view), known);
    }

    /// Whether a file has a problem of its own, from which it follows that what it should give is missing.
    fn is_faulty(&self, path: &str) -> bool {
        self.catalog.faulty_files.contains(path)
    }

    fn unknown<T: AsRef<str>>(
        &mut self,
        message: &'static str,
        line: usize,
        (key, value): (&str, &str),
        known: impl IntoIterator<Item = T>,
    ) {
        let known: Vec<T> = known.into_iter().collect();
        let hint = nearest(value, known.iter().map(AsRef::as_ref));
        let message =
            Message::new(message).with("key", key).with("value", value).with("hint", hint.unwrap_or_default());
        self.findings.record(line, message.with("near", if hint.is_some() { "yes" } else { "no" }));
    }
}

/// Whether a model asks for an amount.
fn read_asks(text: &str) -> Result<bool, String> {
    match text {
        "amount" => Ok(true),
        "finding" => Ok(false),
        _ => Err("amount | finding".to_owned()),
    }
}

fn zero() -> Formula {
    Formula::number(rust_decimal::Decimal::ZERO)
}
