//! `leads.xlsx`: what an analyst opens. A summary, then a sheet a model with its leads ranked, then every row of
//! evidence with its file, sheet and cell.

use std::path::Path;

use anyhow::Result;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::leads::{Confidence, Lead};
use gongzhi_core::messages::{Bilingual, Message, Translator};
use gongzhi_core::models::Model;
use gongzhi_engine::model_run::ModelReport;
use gongzhi_engine::tables::EvidencePlace;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableBook, TableColumn, TableHead};

use super::evidence::Places;
use super::outputs::{RunResult, rank};

/// Writes the workbook.
pub fn write_leads(result: &RunResult<'_>, path: &Path) -> Result<()> {
    let book = LeadBook { say: result.context.say, catalog: &result.context.catalog, places: &result.told };
    let mut workbook = TableBook::new(result.order.as_of)?;
    workbook.add_table(&book.summary_head(result), book.summary_rows(result))?;
    for report in &result.compared.reports {
        let Some(model) = result.context.models.models.get(&report.model) else { continue };
        let leads = rank(&report.leads);
        workbook.add_table(&book.model_head(model, report), leads.iter().map(|lead| book.lead_row(lead)))?;
    }
    let evidence = result.compared.reports.iter().flat_map(|report| {
        let leads = rank(&report.leads);
        leads.into_iter().enumerate().flat_map(|(at, lead)| book.evidence_rows(report, at, lead)).collect::<Vec<_>>()
    });
    workbook.add_table(&book.evidence_head(), evidence)?;
    Ok(workbook.save(path)?)
}

struct LeadBook<'a> {
    say: &'a Translator,
    catalog: &'a Catalog,
    places: &'a Places,
}

impl LeadBook<'_> {
    fn word(&self, key: &'static str) -> String {
        self.say.say(&Message::new(key))
    }

    fn columns(&self, columns: &[(&'static str, ColumnKind, f64)]) -> Vec<TableColumn> {
        columns.iter().map(|(key, kind, width)| TableColumn::new(self.word(key), *kind, *width)).collect()
    }

    fn text(&self, text: &Bilingual) -> String {
        text.get(self.say.language()).to_owned()
    }

    fn summary_head(&self, result: &RunResult<'_>) -> TableHead {
        let [accepted, blocked, refused] = result.taken.counts();
        let files = Message::new("run-book-files")
            .with("accepted", accepted)
            .with("blocked", blocked)
            .with("refused", refused)
            .with("as_of", result.order.as_of);
        TableHead {
            sheet: self.word("run-book-summary"),
            title: self.word("run-book-title"),
            notes: vec![self.say.say(&files), self.word("run-book-estimate")],
            columns: self.columns(&[
                ("run-book-model", ColumnKind::Text, 44.0),
                ("run-book-compared", ColumnKind::Integer, 12.0),
                ("run-book-leads", ColumnKind::Integer, 10.0),
                ("run-book-gap", ColumnKind::Amount, 18.0),
                ("run-book-not-comparable", ColumnKind::Integer, 14.0),
                ("run-book-reasons", ColumnKind::Wrapped, 70.0),
            ]),
        }
    }

    fn summary_rows(&self, result: &RunResult<'_>) -> Vec<Vec<Cell>> {
        let row = |report: &ModelReport| {
            let name = result.context.models.models.get(&report.model).map(|model| self.text(&model.name));
            let gap: rust_decimal::Decimal = report.leads.iter().filter_map(|lead| lead.gap).sum();
            let reasons: Vec<(&str, u64)> = report
                .outcomes
                .iter()
                .filter_map(|(outcome, count)| Some((outcome.strip_prefix("not_comparable:")?, *count)))
                .collect();
            let told = match &report.stopped {
                Some(message) => self.say.say(message),
                None => reasons
                    .iter()
                    .map(|(reason, count)| format!("{} {count}", self.reason(reason)))
                    .collect::<Vec<_>>()
                    .join("；"),
            };
            vec![
                Cell::Text(name.unwrap_or_else(|| report.model.clone())),
                whole(report.compared),
                whole(report.leads.len() as u64),
                if gap.is_zero() { Cell::Empty } else { Cell::Decimal(gap) },
                whole(reasons.iter().map(|(_, count)| count).sum()),
                Cell::Text(told),
            ]
        };
        result.compared.reports.iter().map(row).collect()
    }

    /// `column:price_yuan` → what people call it.
    fn reason(&self, reason: &str) -> String {
        let (key, detail) = reason.split_once(':').unwrap_or((reason, ""));
        let word = self.say.find(&format!("models-not-comparable-{}", key.replace('_', "-")));
        let word = word.unwrap_or_else(|| key.to_owned());
        if detail.is_empty() { word } else { format!("{word}（{detail}）") }
    }

    fn model_head(&self, model: &Model, report: &ModelReport) -> TableHead {
        let laws: Vec<String> =
            model.laws.iter().map(|law| format!("{} {}", self.text(&law.name), law.articles)).collect();
        let law = Message::new("run-book-law").with("law", laws.join("；"));
        let mut notes = vec![self.text(&model.question), self.say.say(&law)];
        notes.extend(report.stopped.as_ref().map(|message| self.say.say(message)));
        TableHead {
            sheet: self.text(&model.name),
            title: self.text(&model.name),
            notes,
            columns: self.columns(&[
                ("run-book-rank", ColumnKind::Integer, 6.0),
                ("run-book-uscc", ColumnKind::Text, 22.0),
                ("run-book-name", ColumnKind::Text, 36.0),
                ("run-book-period", ColumnKind::Text, 10.0),
                ("run-book-finding", ColumnKind::Wrapped, 30.0),
                ("run-book-due-low", ColumnKind::Amount, 16.0),
                ("run-book-due-high", ColumnKind::Amount, 16.0),
                ("run-book-paid", ColumnKind::Amount, 16.0),
                ("run-book-gap", ColumnKind::Amount, 16.0),
                ("run-book-confidence", ColumnKind::Text, 10.0),
                ("run-book-due-day", ColumnKind::Date, 12.0),
                ("run-book-formula", ColumnKind::Wrapped, 60.0),
                ("run-book-parameters", ColumnKind::Wrapped, 50.0),
                ("run-book-narrow", ColumnKind::Wrapped, 30.0),
                ("run-book-evidence", ColumnKind::Wrapped, 60.0),
            ]),
        }
    }

    fn lead_row(&self, (rank, lead): &(u64, &Lead)) -> Vec<Cell> {
        let confidence = match lead.confidence {
            Confidence::Certain => self.word("run-book-certain"),
            Confidence::Probable => self.word("run-book-probable"),
        };
        let finding = lead.finding.as_ref().map(|_| {
            let facts: Vec<String> =
                lead.facts.iter().map(|fact| format!("{} {}", self.text(&fact.label), fact.value)).collect();
            format!("{} {}", self.text(&lead.finding_label), facts.join("，"))
        });
        let formula = format!("{}\n{}", self.text(&lead.formula), lead.formula_numbers.join("\n"));
        let narrowed: Vec<String> = lead.narrowed_by.iter().map(|text| self.text(text)).collect();
        let places = self.places.evidence(lead);
        let evidence: Vec<String> = places.iter().take(20).map(|place| place_text(place)).collect();
        vec![
            whole(*rank),
            text(&lead.taxpayer.uscc),
            text(&lead.taxpayer.name),
            text(&lead.period),
            finding.map_or(Cell::Empty, Cell::Text),
            amount(lead.due_low),
            amount(lead.due_high),
            amount(lead.paid),
            amount(lead.gap),
            Cell::Text(confidence),
            lead.due_day.map_or(Cell::Empty, Cell::Date),
            text(formula.trim()),
            Cell::Text(self.parameters(lead)),
            Cell::Text(narrowed.join("；")),
            Cell::Text(evidence.join("\n")),
        ]
    }

    fn parameters(&self, lead: &Lead) -> String {
        let lines = lead.parameters.iter().map(|used| {
            let name = self.catalog.parameters.get(&used.key).map(|parameter| self.text(&parameter.name));
            let unconfirmed = lead.unconfirmed.contains(&used.key);
            let mark = if unconfirmed { self.word("run-book-unconfirmed") } else { String::new() };
            let name = name.unwrap_or_else(|| used.key.clone());
            format!("{name} {}（{}，{}）{mark}", used.value.normalize(), used.from, used.reference)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn evidence_head(&self) -> TableHead {
        TableHead {
            sheet: self.word("run-book-evidence-sheet"),
            title: self.word("run-book-evidence-sheet"),
            notes: Vec::new(),
            columns: self.columns(&[
                ("run-book-model", ColumnKind::Text, 40.0),
                ("run-book-rank", ColumnKind::Integer, 6.0),
                ("run-book-uscc", ColumnKind::Text, 22.0),
                ("run-book-name", ColumnKind::Text, 36.0),
                ("run-book-side", ColumnKind::Text, 10.0),
                ("run-book-unit", ColumnKind::Text, 20.0),
                ("run-book-file", ColumnKind::Text, 60.0),
                ("run-book-sheet", ColumnKind::Text, 24.0),
                ("run-book-cell", ColumnKind::Text, 10.0),
            ]),
        }
    }

    fn evidence_rows(&self, report: &ModelReport, at: usize, lead: (u64, &Lead)) -> Vec<Vec<Cell>> {
        let (rank, lead) = lead;
        debug_assert_eq!(rank, at as u64 + 1);
        let row = |side: &'static str, place: &EvidencePlace| {
            let unit = self.catalog.units.get(&place.unit).map(|unit| self.text(&unit.name));
            vec![
                text(&report.model),
                whole(rank),
                text(&lead.taxpayer.uscc),
                text(&lead.taxpayer.name),
                Cell::Text(self.word(side)),
                Cell::Text(unit.unwrap_or_else(|| place.unit.clone())),
                text(&place.file),
                text(&place.sheet),
                Cell::Text(format!("A{}", place.row)),
            ]
        };
        let reported = self.places.evidence(lead).into_iter().map(|place| row("run-book-side-reported", place));
        let paid = self.places.payments(lead).into_iter().map(|place| row("run-book-side-tax", place));
        reported.chain(paid).collect()
    }
}

fn place_text(place: &EvidencePlace) -> String {
    format!("{} [{}] A{}", place.file, place.sheet, place.row)
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

fn amount(amount: Option<rust_decimal::Decimal>) -> Cell {
    amount.map_or(Cell::Empty, Cell::Decimal)
}

fn whole(count: u64) -> Cell {
    Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
