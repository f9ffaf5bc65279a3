//! What the sheets of the workbook share: words, cells, and what a taxpayer is called.

use gongzhi_core::catalog::Catalog;
use gongzhi_core::leads::{Lead, LeadNumbers};
use gongzhi_core::messages::{Bilingual, Message, Translator};
use gongzhi_core::money::TooLarge;
use gongzhi_engine::workbook::{Cell, ColumnKind, TableColumn};
use rust_decimal::Decimal;

use crate::reports::places::Places;

/// The words and figures of the workbook in one language.
pub struct LeadBook<'a> {
    /// Speaks.
    pub say: &'a Translator,
    /// The catalogue.
    pub catalog: &'a Catalog,
    /// Where the rows behind the leads stood.
    pub places: &'a Places,
    /// Numbers of the leads.
    pub numbers: &'a LeadNumbers,
}

impl LeadBook<'_> {
    /// A word.
    pub fn word(&self, key: &'static str) -> String {
        self.say.say(&Message::new(key))
    }

    /// Columns of a sheet: header, kind, width in signs.
    pub fn columns(&self, columns: &[(&'static str, ColumnKind, f64)]) -> Vec<TableColumn> {
        columns.iter().map(|(key, kind, width)| TableColumn::new(self.word(key), *kind, *width)).collect()
    }

    /// A text of the catalogue.
    pub fn text(&self, text: &Bilingual) -> String {
        text.get(self.say.language()).to_owned()
    }

    /// A sum, or the words that it is too large to be one.
    pub fn sum_cell(&self, sum: Result<Decimal, TooLarge>) -> Cell {
        sum.map_or_else(|_| Cell::Text(self.word("run-sum-too-large")), Cell::Decimal)
    }

    /// The taxpayer's code; a natural person is marked as one and told from others by a digest.
    pub fn code(&self, lead: &Lead) -> String {
        let shown = lead.taxpayer.shown_code();
        match lead.taxpayer.is_person() {
            true => self.say.say(&Message::new("run-book-person").with("digest", shown)),
            false => shown.to_owned(),
        }
    }
}

/// A text; an empty one is an empty cell.
pub fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

/// An amount in yuan.
pub fn amount(amount: Option<Decimal>) -> Cell {
    amount.map_or(Cell::Empty, Cell::Decimal)
}

/// A count.
pub fn whole(count: u64) -> Cell {
    Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
