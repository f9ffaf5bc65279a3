//! What a batch keeps of the sheets it came from: in which column each of its columns stood, and what the clerk's headers said.
//! Both stand in the metadata of its main part.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use gongzhi_core::intake::OwnHeader;
use gongzhi_core::state::VisibleBatch;
use serde::de::DeserializeOwned;

use crate::batch_error::BatchError;
use crate::part_digests;
use crate::parts::{DataPlace, Source};

/// In which column of which sheet the columns stood; older batches have none.
const LAYOUTS_ENTRY: &str = "gongzhi.layouts";

/// What the headers said; older batches have none.
const HEADERS_ENTRY: &str = "gongzhi.headers";

/// Columns by key, by sheet.
pub(crate) type Layouts = BTreeMap<String, Arc<BTreeMap<String, u32>>>;

/// What a batch being written keeps of its sheets.
#[derive(Debug, Default)]
pub(crate) struct SheetNotes {
    /// Column number by column key, by sheet.
    pub(crate) layouts: BTreeMap<String, BTreeMap<String, u32>>,
    /// Headers in the order of the sheets.
    pub(crate) headers: Vec<OwnHeader>,
}

impl SheetNotes {
    /// As entries of a main part's metadata; what is not known is left out.
    pub(crate) fn entries(&self) -> impl Iterator<Item = KeyValue> {
        let entry = |key: &str, value: serde_json::Value| KeyValue::new(key.to_owned(), value.to_string());
        let layouts = (!self.layouts.is_empty()).then(|| entry(LAYOUTS_ENTRY, serde_json::json!(self.layouts)));
        let headers = (!self.headers.is_empty()).then(|| entry(HEADERS_ENTRY, serde_json::json!(self.headers)));
        layouts.into_iter().chain(headers)
    }
}

/// In which columns of its sheets the columns of a batch stood; empty for a batch written before that was kept.
pub(crate) fn read_layouts(place: DataPlace<'_>, visible: &VisibleBatch) -> Result<Layouts, BatchError> {
    let layouts: Option<BTreeMap<String, BTreeMap<String, u32>>> = read_entry(place, visible, LAYOUTS_ENTRY)?;
    Ok(layouts.unwrap_or_default().into_iter().map(|(sheet, columns)| (sheet, Arc::new(columns))).collect())
}

/// The headers of the sheets of a batch as their clerk wrote them, in the order of the sheets; empty for a batch without
/// rows, or one written before they were kept.
///
/// # Errors
/// The main part can't be read, or is not what was taken in.
pub fn list_own_headers(place: DataPlace<'_>, visible: &VisibleBatch) -> Result<Vec<OwnHeader>, BatchError> {
    Ok(read_entry(place, visible, HEADERS_ENTRY)?.unwrap_or_default())
}

/// What an entry of a main part's metadata holds, if it is there and understood.
fn read_entry<T: DeserializeOwned>(
    place: DataPlace<'_>,
    visible: &VisibleBatch,
    key: &str,
) -> Result<Option<T>, BatchError> {
    let Some(main) = &visible.main else { return Ok(None) };
    let path = place.folder.join(&main.key);
    part_digests::compare(&path, main, visible, Source::Main)?;
    let file = File::open(&path).map_err(|error| BatchError::file(&path, error))?;
    let reader = SerializedFileReader::new(file)?;
    let entries = reader.metadata().file_metadata().key_value_metadata();
    let entry = entries.and_then(|entries| entries.iter().find(|entry| entry.key == key));
    Ok(entry.and_then(|entry| serde_json::from_str(entry.value.as_deref()?).ok()))
}
