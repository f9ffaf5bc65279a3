//! A unit's sheet checked: which kind it is, whose, of which period, and whether every cell of it holds.
//!
//! Everything here is pure: it is given headers, titles and cells, and gives values and *all* the problems found, each with
//! its sheet, cell, value, reason and how to mend it. A file goes through in this order: its hidden identity
//! ([`identity`]) or its headers ([`recognise`]) say which kind a sheet is; [`place`] says whose and of which period;
//! [`said`] what it says of itself;
//! [`mapping`] lays its columns over the kind's, with the help of a confirmed layout profile ([`profile`]); [`row`] reads
//! every cell by its column's type ([`cell`]) and checks every rule.

mod action;
pub mod bookkeeping;
pub mod cell;
mod checked_row;
pub mod claim;
mod duplicates;
mod figure;
mod folding;
pub mod guess;
pub mod header;
mod identifier;
pub mod identity;
pub mod issue_list;
mod key;
pub mod lookup;
pub mod mapping;
pub mod mask;
mod measured;
mod merged;
mod numbered;
pub mod own_headers;
mod party;
mod persons;
mod persons_in_figures;
pub mod place;
pub mod plan;
pub mod profile;
mod raw_cell;
mod reading;
pub mod recognise;
mod remarked;
mod required;
pub mod resolve;
pub mod row;
mod row_action;
mod row_place;
mod rules;
pub mod said;
mod sheet_map;
pub mod stated;
mod unit_book;
mod written_periods;

pub use cell::{Filled, RawCell, RawValue};
pub use checked_row::CheckedRow;
pub use figure::{SHOWN_AS_PERCENT, as_seen};
pub use header::{HeaderBook, KindHeaders};
pub use identity::TemplateIdentity;
pub use issue_list::IssueList;
pub use mapping::{Mapping, SheetColumn, SheetFacts, SheetMap};
pub use own_headers::{OwnColumn, OwnHeader};
pub use plan::{Circumstances, KindPlan};
pub use profile::LayoutProfile;
pub use resolve::{Clues, Flags, Judge, Refusal};
pub use row::RowChecker;

#[cfg(test)]
mod tests;
