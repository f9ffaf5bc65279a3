//! The sheet of the figures of law behind the leads.

use std::collections::BTreeSet;

use gongzhi_core::leads::{Lead, ParameterUsed};
use gongzhi_core::models::ParameterUse;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableHead};

use super::book::{LeadBook, text};

impl LeadBook<'_> {
    /// The head of the sheet.
    pub fn figures_head(&self) -> TableHead {
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
    pub fn figure_rows(&self, (model, uses): (&str, &[ParameterUse]), leads: &[Lead]) -> Vec<Vec<Cell>> {
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
}
