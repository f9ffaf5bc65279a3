//! What a batch is a set of, and the files it becomes.

use datafusion::parquet::file::metadata::KeyValue;
use gongzhi_core::catalog::Kind;
use gongzhi_core::intake::OwnHeader;
use gongzhi_core::period::Period;
use gongzhi_core::values::RowAction;

use crate::schema;

/// What a batch is a set of.
#[derive(Debug, Clone)]
pub struct BatchDescription {
    /// Its id: the stem of its files.
    pub id: String,
    /// Region, six digits.
    pub region: String,
    /// Key of the unit that sent it.
    pub unit: String,
    /// Key of the item.
    pub item: String,
    /// Period.
    pub period: Period,
    /// Template version of its rows.
    pub template_version: u32,
    /// Which header of the sheet was taken for which column: (header, column key).
    pub mapping: Vec<(String, String)>,
}

/// Where a row stood, and what it does.
#[derive(Debug, Clone, Copy)]
pub struct RowOrigin<'a> {
    /// Sheet as named in the file.
    pub sheet: &'a str,
    /// Row in it, from 1.
    pub row: u32,
    /// What it does in a differential set.
    pub action: RowAction,
}

/// One file of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    /// Path below the data folder, with `/`.
    pub key: String,
    /// `sm3:` digest of its bytes.
    pub digest: String,
}

/// The files of a finished batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFiles {
    /// The main part.
    pub main: FilePart,
    /// The personal part; none when the kind has no personal columns.
    pub personal: Option<FilePart>,
    /// Rows.
    pub rows: u64,
    /// What the clerk's own headers said, in the order of the sheets.
    pub headers: Vec<OwnHeader>,
}

impl BatchDescription {
    /// The key of its main part, to be named in the control store before the file is written.
    pub fn main_key(&self, kind: &Kind) -> String {
        self.key_of(kind, "parquet")
    }

    /// The key of its personal part, when its kind has one.
    pub fn personal_key(&self, kind: &Kind) -> Option<String> {
        schema::personal_schema(kind, self.template_version)?;
        Some(self.key_of(kind, "personal.parquet"))
    }

    fn key_of(&self, kind: &Kind, extension: &str) -> String {
        let Self { id, item, region, period, .. } = self;
        format!("item={item}/kind={}/region={region}/period={period}/{id}.{extension}", kind.key)
    }

    pub(crate) fn metadata(&self, kind: &Kind) -> Vec<KeyValue> {
        let mapping: serde_json::Map<String, serde_json::Value> =
            self.mapping.iter().map(|(header, column)| (header.clone(), column.clone().into())).collect();
        let entries = [
            ("item", self.item.clone()),
            ("kind", kind.key.clone()),
            ("region", self.region.clone()),
            ("unit", self.unit.clone()),
            ("period", self.period.to_string()),
            ("template_version", self.template_version.to_string()),
            ("columns", serde_json::Value::Object(mapping).to_string()),
        ];
        entries.into_iter().map(|(key, value)| KeyValue::new(format!("gongzhi.{key}"), value)).collect()
    }
}
