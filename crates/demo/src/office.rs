//! An office as it sends its files, and what it has to send.

use std::collections::BTreeMap;
use std::path::Path;

use gongzhi_core::catalog::{Catalog, Item, Unit};
use gongzhi_core::messages::Translator;
use gongzhi_core::period::Period;
use gongzhi_core::values::SetMode;

use super::draft::Draft;
use super::lists::Habit;
use super::world::World;

/// The files of one unit, item and period.
pub struct Job<'a> {
    /// Item.
    pub item: &'a Item,
    /// Unit.
    pub unit: &'a Unit,
    /// Period.
    pub period: Period,
    /// Mode.
    pub mode: SetMode,
    /// Rows by kind.
    pub sets: BTreeMap<&'a str, Vec<Draft>>,
    /// Number, for dice.
    pub number: usize,
    /// Wrong cells are planted in it and it is sent a second time.
    pub wrong: bool,
    /// Whose hand it is in.
    pub habit: Habit,
}

/// What jobs are done with.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    /// County.
    pub world: &'a World,
    /// Catalogue.
    pub catalog: &'a Catalog,
    /// Folder of the county.
    pub folder: &'a Path,
    /// Speaks in templates.
    pub translator: &'a Translator,
}

/// The folder in which an office keeps a period's files.
pub fn folder_of(period: Period) -> String {
    match period {
        Period::Year(year) => format!("{year}年度"),
        Period::Half(year, 1) => format!("{year}年上半年"),
        Period::Half(year, _) => format!("{year}年下半年"),
        Period::Quarter(year, quarter) => format!("{year}年第{quarter}季度"),
        Period::Month(year, month) => format!("{year}年{month:02}月"),
    }
}
