//! Who is meant: codes judged, a registry turned into an index, names matched against it.

use std::path::Path;
use std::sync::Arc;

use gongzhi_core::codes::Divisions;
use gongzhi_core::identity::{Index, IndexBuilder, Places};
use gongzhi_core::messages::Message;
use gongzhi_core::problems::ActError;
use gongzhi_engine::registry;

/// Headers under which the names of a list are looked for when no column is named.
const NAME_HEADERS: [&str; 6] = ["name", "名称", "企业名称", "纳税人名称", "单位名称", "机构名称"];

/// An index over the registries given, in their order, and how many records they hold.
pub fn build_index(registries: &[impl AsRef<Path>], divisions: &Divisions) -> Result<(Index, u64), ActError> {
    let mut records = 0;
    let mut builder = IndexBuilder::new(Arc::new(Places::new(divisions)));
    for path in registries {
        let count = registry::read_registry(path.as_ref(), |record| builder.record(&record))?;
        records += count;
        if count == 0 {
            let message = Message::new("identity-registry-empty").with("path", path.as_ref().display());
            return Err(ActError::not_understood(message));
        }
    }
    Ok((builder.finish(), records))
}

/// The names of a list, a row each, blank ones too, with the code that stands beside each where a column of codes is
/// named. Without a named column the first known header of names is taken.
pub fn list_names(
    path: &Path,
    column: Option<&str>,
    code_column: Option<&str>,
) -> Result<Vec<(String, String)>, ActError> {
    let known = registry::list_columns(path)?;
    let column = column.or_else(|| NAME_HEADERS.into_iter().find(|header| known.iter().any(|one| one == header)));
    let Some(column) = column else {
        let message =
            Message::new("identity-names-no-column").with("path", path.display()).with("known", known.join(", "));
        return Err(ActError::not_understood(message));
    };
    let columns: Vec<&str> = [Some(column), code_column].into_iter().flatten().collect();
    let mut names = Vec::new();
    registry::read_named_columns(path, &columns, |cells| {
        names.push((cells[0].to_owned(), cells.get(1).copied().unwrap_or_default().to_owned()));
    })?;
    Ok(names)
}
