//! Risk models: what is compared with what, as content.
//!
//! A model is *facts* and a *question*. `<model>.sql` gives the facts, one row a taxable event or an examined subject;
//! `<model>.yaml` says what is asked of them (an amount that should have been paid, or a finding), by which law, with
//! which dated figures, what must be covered before silence means anything, and who is left out. Everything that is the
//! same for all models lives once in [`steps`]: identity, place, coverage, due day, reliefs, ranges, payments, floors.
//! This module is the compiler of the YAML; the SQL is planned and run by the engine.

pub mod addresses;
pub mod cases;
pub mod facts;
pub mod formula;
mod read;
pub mod steps;
pub mod warnings;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::catalog::names::words;
use crate::catalog::node::Problem;
use crate::leads::LawReference;
use crate::messages::Bilingual;
use addresses::Addresses;
use formula::Formula;

pub use read::{FIXED_COLUMNS, OPTIONAL_COLUMNS};

words! {
    /// Where the tax is owed.
    TaxedAt {
        /// At the registered seat of the taxpayer.
        Seat = "seat",
        /// Where the object (land, house, outlet) lies.
        Object = "object",
        /// Where the work is done.
        Work = "work",
        /// The question is not where a tax is owed: the rows of this office count.
        Here = "here",
    }
}

words! {
    /// The length of the period that leads are grouped by.
    PeriodLength {
        /// A month.
        Month = "month",
        /// A quarter.
        Quarter = "quarter",
        /// Half a year.
        Half = "half",
        /// A year.
        Year = "year",
    }
}

words! {
    /// From what the days before the due day count.
    DueFrom {
        /// The fact's own day.
        Event = "event",
        /// The end of the fact's period.
        Period = "period",
    }
}

words! {
    /// Which rows of a stock a model asks.
    RowsAsked {
        /// Everything ever reported and never revoked: what arises from an event stays when the list forgets the event.
        Ever = "ever",
        /// What holds on the day.
        Now = "now",
    }
}

words! {
    /// Whether what a model asks for can be too old to be recovered.
    Limitation {
        /// As a tax (税收征收管理法 §52).
        Tax = "tax",
        /// Never.
        None = "none",
    }
}

/// Which rows of stocks a model asks, and why these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooksAt {
    /// Which.
    pub rows: RowsAsked,
    /// Why.
    pub why: Bilingual,
}

/// A compiled model.
#[derive(Debug, Clone)]
pub struct Model {
    /// Key: path below `models/` without extension.
    pub key: String,
    /// Name.
    pub name: Bilingual,
    /// What it asks.
    pub question: Bilingual,
    /// Legal basis.
    pub laws: Vec<LawReference>,
    /// Amount or finding.
    pub asks: Asks,
    /// Where the tax is owed.
    pub taxed_at: TaxedAt,
    /// The length of a lead's period.
    pub period: PeriodLength,
    /// Which rows of stocks it asks, and why.
    pub looks_at: LooksAt,
    /// Whether what it asks for can be too old.
    pub limitation: Limitation,
    /// Parameter: the late fee a day as a share of what is open; none: no late fee runs.
    pub late_fee: Option<String>,
    /// The document an officer asks the taxpayer for; empty: none.
    pub ask_for: Bilingual,
    /// Reliefs and circumstances by which the taxpayer may be right; empty: none.
    pub check_first: Bilingual,
    /// Exactly the views its SQL reads.
    pub reads: Vec<String>,
    /// Tables of the tax side that must be covered.
    pub coverage: Vec<CoverageNeed>,
    /// Items of providers whose silence is evidence and that must therefore have been delivered.
    pub absence: Vec<String>,
    /// The due day; none: at once.
    pub due: Option<DueDay>,
    /// Figures of law by the name formula and SQL use.
    pub parameters: Vec<ParameterUse>,
    /// The SQL's own fact columns with their labels.
    pub facts: Vec<(String, Bilingual)>,
    /// Labels of steps of the formula and of flags that a range depends on.
    pub labels: Vec<(String, Bilingual)>,
    /// Personal columns the question can't do without, as `<item>.<kind>.<column>`.
    pub opens: BTreeSet<String>,
    /// Fact columns without which a row is not computable.
    pub needs: Vec<String>,
    /// Subjects the law leaves out (`person`, `public_body`, …).
    pub leaves_out: Vec<String>,
    /// One of the six taxes that are halved.
    pub halved: bool,
    /// Parameter: the absolute floor of a lead in yuan.
    pub floor_yuan: String,
    /// Parameter: the floor of a lead relative to what is due.
    pub floor_ratio: String,
    /// The facts' SQL.
    pub sql: String,
}

/// What a model asks for.
#[derive(Debug, Clone)]
pub enum Asks {
    /// What should have been paid against what was.
    Amount(Box<AmountQuestion>),
    /// A finding: its keys and what they say.
    Finding(Vec<(String, Bilingual)>),
}

/// How an amount is computed and what counts as paid.
#[derive(Debug, Clone)]
pub struct AmountQuestion {
    /// Named intermediate results, in order.
    pub steps: Vec<(String, Formula)>,
    /// The least that is due.
    pub low: Formula,
    /// The most that is due, where it differs.
    pub high: Option<Formula>,
    /// The payments that count.
    pub paid: PaidRule,
}

/// Which payments count towards what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidRule {
    /// The shared view of payments.
    pub view: String,
    /// Tax kinds.
    pub tax_kinds: Vec<String>,
    /// Words of which a payment's tax item must hold one; a payment without an item counts. Empty: all.
    pub items: Vec<String>,
    /// Whether a payment of a later tax period counts too, towards the oldest debt first.
    pub later: bool,
}

impl PaidRule {
    /// Whether what counts is what was declared.
    pub fn is_declared(&self) -> bool {
        self.view == DECLARED_VIEW
    }

    /// Whether the lines of returns can be laid against the same debts: where every payment of the kinds counts.
    pub fn has_returns(&self) -> bool {
        self.view == PAYMENTS_VIEW
    }
}

/// A table of the tax side that a model needs covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageNeed {
    /// Key of the item (`tax_payment`).
    pub table: String,
    /// Tax kinds; empty: not by kind.
    pub tax_kinds: Vec<String>,
    /// Its rows say what exists on the day of the export, so that the day of the export counts and not the range.
    pub stock: bool,
}

/// The due day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDay {
    /// From what.
    pub after: DueFrom,
    /// Parameter that says how many days or months (its measure tells which).
    pub parameter: String,
}

/// A figure of law in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterUse {
    /// Name in formula and SQL.
    pub name: String,
    /// Key of the parameter.
    pub key: String,
    /// Date column whose day counts; none: the fact's event day.
    pub on: Option<String>,
    /// Text column that gives the class.
    pub class: Option<String>,
    /// A null stands for "no such figure on that day" instead of stopping the row.
    pub optional: bool,
}

/// Parameters of the limitation of taxes: years, years for large amounts, what is a large amount.
pub const LIMITATION: [&str; 3] = ["limitation/years", "limitation/years_large", "limitation/large_yuan"];

/// The shared view of payments.
pub const PAYMENTS_VIEW: &str = "payments";

/// The shared view of what was declared, with the columns of payments.
pub const DECLARED_VIEW: &str = "declared";

/// The tax side's table of returns.
pub const RETURNS_TABLE: &str = "tax_return";

/// The view of working days, made from the calendars of the catalogue.
pub const CALENDAR_VIEW: &str = "calendar";

/// The view of dated figures of law, made from the parameters of the catalogue: for what SQL must rank before it is computed.
pub const FIGURES_VIEW: &str = "figures";

/// The compiled models and shared views of a catalogue.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// Models by key.
    pub models: BTreeMap<String, Model>,
    /// Text of shared views by name.
    pub views: BTreeMap<String, String>,
    /// Cases by model.
    pub cases: BTreeMap<String, cases::CaseFile>,
    /// Places by the names addresses have for them, made once for all models.
    pub addresses: Addresses,
}

impl Models {
    /// The personal columns that all models together open.
    pub fn opened(&self) -> BTreeSet<String> {
        self.models.values().flat_map(|model| model.opens.iter().cloned()).collect()
    }

    /// Compiles every model and view of the catalogue, with all problems found.
    pub fn compile(catalog: &Catalog) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let models = read::read_models(catalog, true, &mut problems);
        (models, problems)
    }

    /// As [`Self::compile`], without the cases, which are more than all the rest and nothing to a run.
    pub fn compile_to_run(catalog: &Catalog) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let models = read::read_models(catalog, false, &mut problems);
        (models, problems)
    }
}

impl Model {
    /// Path of one of its files: `sql`, `yaml` or `cases.yaml`.
    pub fn path(&self, extension: &str) -> String {
        format!("models/{}.{extension}", self.key)
    }

    /// Every parameter it depends on, those of the shared steps too.
    pub fn parameter_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.parameters.iter().map(|used| used.key.as_str()).collect();
        keys.extend(self.due.iter().map(|due| due.parameter.as_str()));
        if matches!(self.asks, Asks::Amount(_)) {
            keys.extend([self.floor_yuan.as_str(), self.floor_ratio.as_str()]);
        }
        keys.extend(self.late_fee.as_deref());
        if self.limitation == Limitation::Tax {
            keys.extend(LIMITATION);
        }
        keys
    }

    /// Parameters the SQL names as `$name`.
    pub fn sql_parameters(&self) -> impl Iterator<Item = &ParameterUse> {
        self.parameters.iter().filter(|used| names_parameter(&self.sql, &used.name))
    }

    /// The label of a fact column.
    pub fn label_of(&self, fact: &str) -> Bilingual {
        let label =
            self.facts.iter().chain(&self.labels).find(|(name, _)| name == fact).map(|(_, label)| label.clone());
        label.unwrap_or_else(|| Bilingual { zh: fact.to_owned(), en: String::new() })
    }

    /// The key of the payments view, for models that ask for an amount.
    pub fn payments_view(&self) -> Option<&PaidRule> {
        match &self.asks {
            Asks::Amount(question) => Some(&question.paid),
            Asks::Finding(_) => None,
        }
    }
}

fn names_parameter(sql: &str, name: &str) -> bool {
    sql.match_indices(&format!("${name}")).any(|(at, found)| {
        let after = sql[at + found.len()..].chars().next().unwrap_or(' ');
        !(after.is_ascii_alphanumeric() || after == '_')
    })
}

#[cfg(test)]
mod tests;
