//! The hidden identity of a template: what a workbook says about itself.
//!
//! A workbook made by `gongzhi template` carries a very hidden sheet named `_gongzhi`: `gongzhi-template` in its first cell,
//! then a key and a value a row. `item`, `version` and `catalog` always stand there; `unit`, `period` and `mode` when the
//! template was made for one; `sheet` rows name each data sheet and its kind.

use std::collections::BTreeMap;

/// Name of the hidden sheet.
pub const IDENTITY_SHEET: &str = "_gongzhi";
/// What stands in its first cell.
pub const IDENTITY_MARK: &str = "gongzhi-template";

/// What a template says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateIdentity {
    /// Key of the item.
    pub item: String,
    /// Version of the template.
    pub version: Option<u32>,
    /// Digest of the catalogue it was made from.
    pub catalog: String,
    /// Key of the unit, when it was made for one.
    pub unit: Option<String>,
    /// The period, when it was made for one.
    pub period: Option<String>,
    /// The mode, when it was made for one.
    pub mode: Option<String>,
    /// Kind of each data sheet by its name.
    pub kinds: BTreeMap<String, String>,
}

impl TemplateIdentity {
    /// Reads the lines of the hidden sheet, the cells of each joined by blanks. `None` when the mark is not there or the
    /// item isn't named.
    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut identity = Self::default();
        let mut marked = false;
        for line in lines.map(str::trim) {
            match line.split_once(' ') {
                None => marked |= line == IDENTITY_MARK,
                Some((key, value)) => identity.set(key, value.trim()),
            }
        }
        (marked && !identity.item.is_empty()).then_some(identity)
    }

    fn set(&mut self, key: &str, value: &str) {
        // The reader takes the second line for a header and calls the blank cell beside it `column_3`: keys, periods and
        // modes are one word.
        let word = value.split(' ').next().unwrap_or(value);
        match key {
            "item" => word.clone_into(&mut self.item),
            "version" => self.version = word.parse().ok(),
            "catalog" => word.clone_into(&mut self.catalog),
            "unit" => self.unit = Some(word.to_owned()),
            "period" => self.period = Some(word.to_owned()),
            "mode" => self.mode = Some(word.to_owned()),
            // A sheet's name may hold blanks, the key of a kind doesn't.
            "sheet" => {
                if let Some((sheet, kind)) = value.rsplit_once(' ') {
                    self.kinds.insert(sheet.trim().to_owned(), kind.to_owned());
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_without_its_mark_is_none() {
        let lines = ["item fiscal_subsidy", "period", "sheet 财政 补贴 payment"];
        assert_eq!(TemplateIdentity::read(lines.into_iter()), None);
        let marked = std::iter::once(IDENTITY_MARK).chain(lines);
        let identity = TemplateIdentity::read(marked).unwrap();
        assert_eq!((identity.item.as_str(), identity.period), ("fiscal_subsidy", None));
        assert_eq!(identity.kinds["财政 补贴"], "payment");
    }

    #[test]
    fn a_blank_cell_beside_the_item_that_the_reader_gives_a_name_is_not_part_of_it() {
        let lines = [IDENTITY_MARK, "item fiscal_subsidy column_3", "mode nil"];
        let identity = TemplateIdentity::read(lines.into_iter()).unwrap();
        assert_eq!((identity.item.as_str(), identity.mode.as_deref()), ("fiscal_subsidy", Some("nil")));
    }
}
