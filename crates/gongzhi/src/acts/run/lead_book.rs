//! `leads.xlsx`: what an analyst opens. A summary, then a sheet for each model that has leads, ranked, then what is open and
//! no lead (out of time, declared and unpaid), then every row of evidence with its file, sheet and cell.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use gongzhi_core::catalog::Catalog;
use gongzhi_core::leads::{Confidence, Filing, Lead, NoticeSort, OtherPayment, ParameterUsed};
use gongzhi_core::messages::{Bilingual, Message, Translator};
use gongzhi_core::models::{Asks, Model, ParameterUse};
use gongzhi_core::money::{self, TooLarge};
use gongzhi_engine::model_run::ModelReport;
use gongzhi_engine::tables::EvidencePlace;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableBook, TableColumn, TableHead};
use rust_decimal::Decimal;

use super::evidence::Places;
use super::outputs::{RunResult, rank};
use super::reasons::Reasons;
use super::sightings::LeadNumbers;

/// Sheets of evidence that a lead's row names; the evidence sheet names all.
const EVIDENCE_LINES: usize = 6;
/// Cells of a sheet that a lead's row names.
const EVIDENCE_CELLS: usize = 6;

/// Writes the workbook.
pub fn write_leads(result: &RunResult<'_>, path: &Path) -> Result<()> {
    let (say, catalog) = (result.context.say, &result.context.catalog);
    let book = LeadBook { say, catalog, places: &result.told, numbers: &result.compared.numbers };
    let mut workbook = TableBook::new(result.order.as_of)?;
    workbook.add_table(&book.summary_head(result), book.summary_rows(result))?;
    for report in &result.compared.reports {
        let Some(model) = result.context.models.models.get(&report.model) else { continue };
        let leads = rank(&report.leads);
        if leads.is_empty() {
            continue;
        }
        let columns = columns_of(model);
        let rows = leads
            .iter()
            .map(|(rank, lead)| columns.iter().map(|column| book.lead_cell(*column, *rank, (model, lead))).collect());
        workbook.add_table(&book.model_head((model, columns), &leads), rows)?;
    }
    let name_of = |report: &ModelReport| {
        let model = result.context.models.models.get(&report.model);
        model.map_or_else(|| report.model.clone(), |model| book.text(&model.name))
    };
    let reports = &result.compared.reports;
    let models = &result.context.models.models;
    let figures = reports.iter().flat_map(|report| {
        let uses = models.get(&report.model).map_or(&[][..], |model| &model.parameters);
        book.figure_rows((&name_of(report), uses), &report.leads)
    });
    workbook.add_table(&book.figures_head(), figures)?;
    for sort in NoticeSort::ALL {
        let rows: Vec<Vec<Cell>> =
            reports.iter().flat_map(|report| book.notice_rows(&name_of(report), report, *sort)).collect();
        if !rows.is_empty() {
            workbook.add_table(&book.notice_head(*sort), rows)?;
        }
    }
    let evidence = reports.iter().flat_map(|report| {
        let name = name_of(report);
        let leads = rank(&report.leads);
        leads.into_iter().flat_map(|lead| book.evidence_rows(&name, lead)).collect::<Vec<_>>()
    });
    workbook.add_table(&book.evidence_head(), evidence)?;
    Ok(workbook.save(path)?)
}

struct LeadBook<'a> {
    say: &'a Translator,
    catalog: &'a Catalog,
    places: &'a Places,
    numbers: &'a LeadNumbers,
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
                ("run-book-model", ColumnKind::Wrapped, 38.0),
                ("run-book-compared", ColumnKind::Integer, 10.0),
                ("run-book-leads", ColumnKind::Integer, 10.0),
                ("run-book-gap", ColumnKind::Amount, 18.0),
                ("run-book-not-comparable", ColumnKind::Integer, 12.0),
                ("run-book-reasons", ColumnKind::Wrapped, 60.0),
            ]),
            frozen: 0,
        }
    }

    fn summary_rows(&self, result: &RunResult<'_>) -> Vec<Vec<Cell>> {
        let words = Reasons { say: self.say, catalog: self.catalog, models: &result.context.models };
        let row = |report: &ModelReport| {
            let name = result.context.models.models.get(&report.model).map(|model| self.text(&model.name));
            let gap = money::sum(report.leads.iter().filter_map(|lead| lead.gap));
            let reasons: Vec<(&str, u64)> = report
                .outcomes
                .iter()
                .filter_map(|(outcome, count)| Some((outcome.strip_prefix("not_comparable:")?, *count)))
                .collect();
            let told = match &report.stopped {
                Some(message) => self.say.say(message),
                None => reasons
                    .iter()
                    .map(|(reason, count)| format!("{} {count}", words.say(&report.model, reason)))
                    .collect::<Vec<_>>()
                    .join("；"),
            };
            vec![
                Cell::Text(name.unwrap_or_else(|| report.model.clone())),
                if report.stopped.is_some() { Cell::Empty } else { whole(report.compared) },
                if report.stopped.is_some() { Cell::Empty } else { whole(report.leads.len() as u64) },
                if gap == Ok(Decimal::ZERO) { Cell::Empty } else { self.sum_cell(gap) },
                if report.stopped.is_some() { Cell::Empty } else { whole(not_comparable(report)) },
                Cell::Text(told),
            ]
        };
        let mut rows: Vec<Vec<Cell>> = result.compared.reports.iter().map(row).collect();
        rows.push(self.total_row(&result.compared.reports));
        rows
    }

    /// A sum, or the words that it is too large to be one.
    fn sum_cell(&self, sum: Result<Decimal, TooLarge>) -> Cell {
        sum.map_or_else(|_| Cell::Text(self.word("run-sum-too-large")), Cell::Decimal)
    }

    fn total_row(&self, reports: &[ModelReport]) -> Vec<Cell> {
        vec![
            Cell::Text(self.word("run-book-total")),
            whole(reports.iter().map(|report| report.compared).sum()),
            whole(reports.iter().map(|report| report.leads.len() as u64).sum()),
            self.sum_cell(money::sum(reports.iter().flat_map(|report| &report.leads).filter_map(|lead| lead.gap))),
            whole(reports.iter().map(not_comparable).sum()),
            Cell::Empty,
        ]
    }

    fn model_head(&self, (model, columns): (&Model, &[LeadColumn]), leads: &[(u64, &Lead)]) -> TableHead {
        let laws: Vec<String> = model
            .laws
            .iter()
            .map(|law| format!("{} {}", self.text(&law.name), law.articles).trim_end().to_owned())
            .collect();
        let law = Message::new("run-book-law").with("law", laws.join("；"));
        let mut notes = vec![self.text(&model.question), self.say.say(&law)];
        // One formula serves every lead of a model; the rows below show it with their numbers.
        let formula = leads.first().map(|(_, lead)| self.text(&lead.formula)).filter(|formula| !formula.is_empty());
        notes.extend(formula.map(|formula| {
            self.say.say(&Message::new("run-book-rule").with("formula", formula.replace(['；', ';'], "\n")))
        }));
        let columns: Vec<_> = columns.iter().map(|column| column.shape()).collect();
        TableHead {
            sheet: self.text(&model.name),
            title: self.text(&model.name),
            notes,
            columns: self.columns(&columns),
            frozen: 2,
        }
    }

    /// The taxpayer's code; a natural person is marked as one and told from others by a digest.
    fn code(&self, lead: &Lead) -> String {
        let shown = lead.taxpayer.shown_code();
        match lead.taxpayer.is_person() {
            true => self.say.say(&Message::new("run-book-person").with("digest", shown)),
            false => shown.to_owned(),
        }
    }

    fn lead_cell(&self, column: LeadColumn, rank: u64, (model, lead): (&Model, &Lead)) -> Cell {
        match column {
            LeadColumn::Rank => whole(rank),
            LeadColumn::Name => text(&lead.taxpayer.name),
            LeadColumn::Code => text(&self.code(lead)),
            LeadColumn::Number => text(self.numbers.find(lead).unwrap_or_default()),
            LeadColumn::Finding => text(&self.finding(model, lead)),
            LeadColumn::DueLow => amount(lead.due_low),
            LeadColumn::DueHigh => amount(lead.due_high),
            LeadColumn::Paid => amount(lead.paid),
            LeadColumn::Gap => amount(lead.gap),
            LeadColumn::Confidence => Cell::Text(self.word(match lead.confidence {
                Confidence::Certain => "run-book-certain",
                Confidence::Probable => "run-book-probable",
            })),
            LeadColumn::Period => text(&lead.period),
            LeadColumn::DueDay => lead.due_day.map_or(Cell::Empty, Cell::Date),
            LeadColumn::Declared => amount(lead.declared),
            LeadColumn::Filing => lead.filing.map_or(Cell::Empty, |filing| Cell::Text(self.word(word_of(filing)))),
            LeadColumn::RecoverableUntil => lead.recoverable_until.map_or(Cell::Empty, Cell::Date),
            LeadColumn::LateFee => amount(lead.late_fee),
            LeadColumn::TaxOffice => text(&lead.tax_office),
            LeadColumn::LookFirst => text(&self.look_first(lead)),
            LeadColumn::Formula => text(&lead.formula_numbers.join("\n").replace('；', "\n")),
            LeadColumn::Figures => text(&self.parameters(lead)),
            LeadColumn::Narrow => {
                text(&lead.narrowed_by.iter().map(|fact| self.text(fact)).collect::<Vec<_>>().join("；"))
            }
            LeadColumn::Evidence => text(&self.evidence_text(lead)),
        }
    }

    /// What was found, then the facts, a line each.
    fn finding(&self, model: &Model, lead: &Lead) -> String {
        let facts = lead.facts.iter().map(|fact| {
            // A code that the model itself made is told by the model's labels.
            let label = model.labels.iter().find(|(code, _)| *code == fact.value).map(|(_, label)| self.text(label));
            format!("{}：{}", self.text(&fact.label), label.unwrap_or_else(|| fact.value.clone()))
        });
        std::iter::once(self.text(&lead.finding_label)).chain(facts).collect::<Vec<_>>().join("\n")
    }

    /// What an officer looks at before anything else: payments that did not count, reliefs, the document to ask for, a
    /// calendar that is not out yet.
    fn look_first(&self, lead: &Lead) -> String {
        let mut lines: Vec<String> = lead.other_payments.iter().map(|payment| self.other_payment(payment)).collect();
        for (key, words) in [("run-book-check-first", &lead.check_first), ("run-book-ask-for", &lead.ask_for)] {
            let words = self.text(words);
            if !words.is_empty() {
                lines.push(self.say.say(&Message::new(key).with("text", words)));
            }
        }
        if lead.due_day_provisional {
            lines.push(self.word("run-book-provisional"));
        }
        lines.join("\n")
    }

    fn other_payment(&self, payment: &OtherPayment) -> String {
        let kinds = self.catalog.lists.get("tax_kind").into_iter().flat_map(|list| &list.entries);
        let kind = kinds.into_iter().find(|entry| entry.code == payment.tax_kind).map(|entry| self.text(&entry.name));
        let item = payment.tax_item.as_deref().unwrap_or_default();
        let name = format!("{} {item}", kind.unwrap_or_else(|| payment.tax_kind.clone()));
        let paid_on = payment.paid_on.map(|day| day.to_string()).unwrap_or_default();
        let message = Message::new("run-book-other-payment").with("name", name.trim_end()).with("paid_on", paid_on);
        let message = message.with("from", payment.period_from).with("to", payment.period_to);
        self.say.say(&message.with("amount", payment.amount_yuan))
    }

    fn notice_head(&self, sort: NoticeSort) -> TableHead {
        let (sheet, note) = match sort {
            NoticeSort::OutOfTime => ("run-book-out-of-time", "run-book-out-of-time-note"),
            NoticeSort::Arrears => ("run-book-arrears", "run-book-arrears-note"),
            NoticeSort::PaidOtherwise => ("run-book-paid-otherwise", "run-book-paid-otherwise-note"),
        };
        TableHead {
            sheet: self.word(sheet),
            title: self.word(sheet),
            notes: vec![self.word(note)],
            columns: self.columns(&[
                ("run-book-model", ColumnKind::Wrapped, 26.0),
                ("run-book-name", ColumnKind::Wrapped, 26.0),
                ("run-book-uscc", ColumnKind::Text, 21.0),
                ("run-book-period", ColumnKind::Text, 8.5),
                ("run-book-due-low", ColumnKind::Amount, 13.5),
                ("run-book-declared", ColumnKind::Amount, 13.5),
                ("run-book-paid", ColumnKind::Amount, 13.5),
                ("run-book-open", ColumnKind::Amount, 13.5),
                ("run-book-due-day", ColumnKind::Date, 11.0),
                ("run-book-recoverable-until", ColumnKind::Date, 11.0),
                ("run-book-late-fee", ColumnKind::Amount, 13.5),
                ("run-book-tax-office", ColumnKind::Wrapped, 14.0),
                ("run-book-evidence", ColumnKind::Wrapped, 30.0),
            ]),
            frozen: 0,
        }
    }

    fn notice_rows(&self, model: &str, report: &ModelReport, sort: NoticeSort) -> Vec<Vec<Cell>> {
        let row = |lead: &Lead| {
            vec![
                text(model),
                text(&lead.taxpayer.name),
                text(&self.code(lead)),
                text(&lead.period),
                amount(lead.due_low),
                amount(lead.declared),
                amount(lead.paid),
                amount(lead.gap),
                lead.due_day.map_or(Cell::Empty, Cell::Date),
                lead.recoverable_until.map_or(Cell::Empty, Cell::Date),
                amount(lead.late_fee),
                text(&lead.tax_office),
                text(&self.evidence_text(lead)),
            ]
        };
        report.notices.iter().filter(|notice| notice.sort == sort).map(|notice| row(&notice.found)).collect()
    }

    /// The cells it came from, a line a sheet; where they are many, the evidence sheet has the rest.
    fn evidence_text(&self, lead: &Lead) -> String {
        let places = self.places.evidence(lead);
        let mut lines = Vec::new();
        for of_sheet in places.chunk_by(|a, b| (&a.file, &a.sheet) == (&b.file, &b.sheet)).take(EVIDENCE_LINES) {
            let cells: Vec<String> =
                of_sheet.iter().take(EVIDENCE_CELLS).map(|place| self.places.cell(&lead.model, place)).collect();
            let more = if of_sheet.len() > EVIDENCE_CELLS { "…" } else { "" };
            let Some(place) = of_sheet.first() else { continue };
            lines.push(format!("{} [{}] {}{more}", place.file, place.sheet, cells.join("、")));
        }
        let sheets = places.chunk_by(|a, b| (&a.file, &a.sheet) == (&b.file, &b.sheet)).count();
        if sheets > EVIDENCE_LINES || lines.iter().any(|line| line.ends_with('…')) {
            lines.push(self.say.say(&Message::new("run-book-more-evidence").with("count", places.len())));
        }
        lines.join("\n")
    }

    fn parameters(&self, lead: &Lead) -> String {
        let lines = lead.parameters.iter().map(|used| {
            let name = self.catalog.parameters.get(&used.key).map(|parameter| self.text(&parameter.name));
            let unconfirmed = lead.unconfirmed.contains(&used.key);
            let mark = if unconfirmed { self.word("run-book-unconfirmed") } else { String::new() };
            let name = name.unwrap_or_else(|| used.key.clone());
            format!("{name} {}{mark}", used.value.normalize())
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn figures_head(&self) -> TableHead {
        TableHead {
            sheet: self.word("run-book-figures-sheet"),
            title: self.word("run-book-figures-sheet"),
            notes: vec![self.word("run-book-figures-note")],
            columns: self.columns(&[
                ("run-book-model", ColumnKind::Wrapped, 26.0),
                ("run-book-figure", ColumnKind::Wrapped, 36.0),
                ("run-book-class", ColumnKind::Wrapped, 14.0),
                ("run-book-value", ColumnKind::Quantity, 14.0),
                ("run-book-from", ColumnKind::Date, 12.0),
                ("run-book-reference", ColumnKind::Wrapped, 56.0),
                ("run-book-confirmed", ColumnKind::Text, 12.0),
            ]),
            frozen: 0,
        }
    }

    /// The figures of law behind a model's leads, each with its reference, once.
    fn figure_rows(&self, (model, uses): (&str, &[ParameterUse]), leads: &[Lead]) -> Vec<Vec<Cell>> {
        let figures: BTreeSet<&ParameterUsed> = leads.iter().flat_map(|lead| &lead.parameters).collect();
        let unconfirmed: BTreeSet<&String> = leads.iter().flat_map(|lead| &lead.unconfirmed).collect();
        let row = |used: &ParameterUsed| {
            let name = self.catalog.parameters.get(&used.key).map(|parameter| self.text(&parameter.name));
            let sure =
                if unconfirmed.contains(&used.key) { "run-book-is-unconfirmed" } else { "run-book-is-confirmed" };
            vec![
                text(model),
                Cell::Text(name.unwrap_or_else(|| used.key.clone())),
                Cell::Text(self.class_of(used, uses)),
                // As text: a rate of five places must not be rounded by a number format.
                Cell::Text(used.value.normalize().to_string()),
                Cell::Date(used.from),
                text(&used.reference),
                Cell::Text(self.word(sure)),
            ]
        };
        figures.into_iter().map(row).collect()
    }

    /// The class of a figure in words; one that nobody named is shown as it is.
    fn class_of(&self, used: &ParameterUsed, uses: &[ParameterUse]) -> String {
        if used.class.is_empty() {
            return String::new();
        }
        let mut names = uses.iter().filter(|one| one.key == used.key).map(|one| one.class.as_deref()).chain([None]);
        let name = names.find_map(|fact| self.catalog.name_of_class(&used.key, &used.class, fact));
        name.map_or_else(|| used.class.clone(), |name| self.text(name))
    }

    fn evidence_head(&self) -> TableHead {
        TableHead {
            sheet: self.word("run-book-evidence-sheet"),
            title: self.word("run-book-evidence-sheet"),
            notes: Vec::new(),
            columns: self.columns(&[
                ("run-book-model", ColumnKind::Wrapped, 26.0),
                ("run-book-rank", ColumnKind::Integer, 6.0),
                ("run-book-name", ColumnKind::Wrapped, 26.0),
                ("run-book-uscc", ColumnKind::Text, 21.0),
                ("run-book-side", ColumnKind::Text, 10.0),
                ("run-book-unit", ColumnKind::Wrapped, 14.0),
                ("run-book-file", ColumnKind::Wrapped, 48.0),
                ("run-book-sheet", ColumnKind::Wrapped, 26.0),
                ("run-book-cell", ColumnKind::Text, 9.0),
            ]),
            frozen: 0,
        }
    }

    fn evidence_rows(&self, model: &str, (rank, lead): (u64, &Lead)) -> Vec<Vec<Cell>> {
        let row = |side: &'static str, place: &EvidencePlace| {
            let unit = self.catalog.units.get(&place.unit).map(|unit| self.text(&unit.name));
            vec![
                text(model),
                whole(rank),
                text(&lead.taxpayer.name),
                text(&self.code(lead)),
                Cell::Text(self.word(side)),
                Cell::Text(unit.unwrap_or_else(|| place.unit.clone())),
                text(&place.file),
                text(&place.sheet),
                Cell::Text(self.places.cell(&lead.model, place)),
            ]
        };
        let reported = self.places.evidence(lead).into_iter().map(|place| row("run-book-side-reported", place));
        let paid = self.places.payments(lead).into_iter().map(|place| row("run-book-side-tax", place));
        reported.chain(paid).collect()
    }
}

/// A column of a model's sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LeadColumn {
    Rank,
    Name,
    Code,
    Number,
    Finding,
    DueLow,
    DueHigh,
    Paid,
    Declared,
    Gap,
    Filing,
    Confidence,
    Period,
    DueDay,
    RecoverableUntil,
    LateFee,
    TaxOffice,
    LookFirst,
    Formula,
    Figures,
    Narrow,
    Evidence,
}

/// An amount: who, how much, how sure, since when; then why.
const AMOUNT_COLUMNS: [LeadColumn; 21] = [
    LeadColumn::Rank,
    LeadColumn::Name,
    LeadColumn::Code,
    LeadColumn::Number,
    LeadColumn::DueLow,
    LeadColumn::DueHigh,
    LeadColumn::Paid,
    LeadColumn::Declared,
    LeadColumn::Gap,
    LeadColumn::Filing,
    LeadColumn::Confidence,
    LeadColumn::Period,
    LeadColumn::DueDay,
    LeadColumn::RecoverableUntil,
    LeadColumn::LateFee,
    LeadColumn::TaxOffice,
    LeadColumn::LookFirst,
    LeadColumn::Formula,
    LeadColumn::Figures,
    LeadColumn::Narrow,
    LeadColumn::Evidence,
];

/// A finding has no amounts.
const FINDING_COLUMNS: [LeadColumn; 13] = [
    LeadColumn::Rank,
    LeadColumn::Name,
    LeadColumn::Code,
    LeadColumn::Number,
    LeadColumn::Finding,
    LeadColumn::Confidence,
    LeadColumn::Period,
    LeadColumn::DueDay,
    LeadColumn::RecoverableUntil,
    LeadColumn::TaxOffice,
    LeadColumn::LookFirst,
    LeadColumn::Figures,
    LeadColumn::Evidence,
];

fn columns_of(model: &Model) -> &'static [LeadColumn] {
    match model.asks {
        Asks::Amount(_) => &AMOUNT_COLUMNS,
        Asks::Finding(_) => &FINDING_COLUMNS,
    }
}

impl LeadColumn {
    /// Header, kind and width. The widths of a sheet together are what A4 across still shows legibly.
    fn shape(self) -> (&'static str, ColumnKind, f64) {
        match self {
            Self::Rank => ("run-book-rank", ColumnKind::Integer, 6.0),
            Self::Name => ("run-book-name", ColumnKind::Wrapped, 20.0),
            Self::Code => ("run-book-uscc", ColumnKind::Text, 19.5),
            Self::Number => ("run-book-number", ColumnKind::Text, 18.0),
            Self::Finding => ("run-book-finding", ColumnKind::Wrapped, 44.0),
            Self::DueLow => ("run-book-due-low", ColumnKind::Amount, 13.5),
            Self::DueHigh => ("run-book-due-high", ColumnKind::Amount, 13.5),
            Self::Paid => ("run-book-paid", ColumnKind::Amount, 13.5),
            Self::Gap => ("run-book-gap", ColumnKind::Amount, 13.5),
            Self::Confidence => ("run-book-confidence", ColumnKind::Text, 8.5),
            Self::Period => ("run-book-period", ColumnKind::Text, 8.5),
            Self::DueDay => ("run-book-due-day", ColumnKind::Date, 11.0),
            Self::Declared => ("run-book-declared", ColumnKind::Amount, 13.5),
            Self::Filing => ("run-book-filing", ColumnKind::Text, 9.0),
            Self::RecoverableUntil => ("run-book-recoverable-until", ColumnKind::Date, 11.0),
            Self::LateFee => ("run-book-late-fee", ColumnKind::Amount, 12.0),
            Self::TaxOffice => ("run-book-tax-office", ColumnKind::Wrapped, 12.0),
            Self::LookFirst => ("run-book-look-first", ColumnKind::Wrapped, 24.0),
            Self::Formula => ("run-book-formula", ColumnKind::Wrapped, 32.0),
            Self::Figures => ("run-book-parameters", ColumnKind::Wrapped, 26.0),
            Self::Narrow => ("run-book-narrow", ColumnKind::Wrapped, 12.0),
            Self::Evidence => ("run-book-evidence", ColumnKind::Wrapped, 30.0),
        }
    }
}

fn word_of(filing: Filing) -> &'static str {
    match filing {
        Filing::NotFiled => "run-book-not-filed",
        Filing::FiledLess => "run-book-filed-less",
        Filing::Unknown => "run-book-filing-unknown",
    }
}

/// Rows that could not be compared.
fn not_comparable(report: &ModelReport) -> u64 {
    let of = |(outcome, count): (&String, &u64)| outcome.starts_with("not_comparable:").then_some(*count);
    report.outcomes.iter().filter_map(of).sum()
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

fn amount(amount: Option<Decimal>) -> Cell {
    amount.map_or(Cell::Empty, Cell::Decimal)
}

fn whole(count: u64) -> Cell {
    Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
