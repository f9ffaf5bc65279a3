//! Which catalogue is in force: the embedded one or a folder, with layers of local content on top.

use std::path::{Path, PathBuf};

use gongzhi_core::catalog::{Catalog, Source, overlay};
use gongzhi_core::codes::Divisions;
use gongzhi_core::messages::Message;
use gongzhi_core::problems::ActError;
use include_dir::{Dir, include_dir};

/// Where the list of divisions stands in a catalogue.
const DIVISIONS: &str = "codes/divisions.csv";

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalog");

/// Where the catalogue comes from.
#[derive(Debug, Clone, Default)]
pub struct CatalogPlace {
    /// A folder instead of `./catalog` or the embedded catalogue.
    pub catalog: Option<PathBuf>,
    /// Folders laid over it, the last on top.
    pub layer: Vec<PathBuf>,
}

/// Reads every file of the catalogue: `--catalog`, else `./catalog` where there is one, else the embedded; then layers.
pub fn list_sources(place: &CatalogPlace) -> Result<Vec<Source>, ActError> {
    let here = PathBuf::from("catalog");
    let base = match &place.catalog {
        Some(folder) => read_folder(folder)?,
        None if here.join("templates").is_dir() => read_folder(&here)?,
        None => embedded(&EMBEDDED),
    };
    let mut layers = vec![base];
    for folder in &place.layer {
        layers.push(read_folder(folder)?);
    }
    Ok(overlay(layers))
}

/// The compiled catalogue; an unsound one is an error that lists every problem.
pub fn get_catalog(place: &CatalogPlace) -> Result<Catalog, ActError> {
    let (catalog, problems) = Catalog::compile(&list_sources(place)?);
    if problems.is_empty() { Ok(catalog) } else { Err(ActError::content(&problems)) }
}

/// The administrative divisions of a catalogue; none when it has no list of them.
pub fn read_divisions(sources: &[Source]) -> Divisions {
    let list = sources.iter().find(|source| source.path.ends_with(DIVISIONS));
    list.map(|source| Divisions::read(&source.text).0).unwrap_or_default()
}

fn embedded(folder: &Dir<'_>) -> Vec<Source> {
    let mut sources: Vec<Source> = folder.dirs().flat_map(embedded).collect();
    for file in folder.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let Some(text) = file.contents_utf8() {
            sources.push(Source { path, text: text.to_owned() });
        }
    }
    sources
}

fn read_folder(folder: &Path) -> Result<Vec<Source>, ActError> {
    let mut sources = Vec::new();
    read_below(folder, "", &mut sources).map_err(|(path, error)| {
        let message = Message::new("catalog-unreadable").with("path", path.display()).with("why", error);
        ActError::not_understood(message)
    })?;
    Ok(sources)
}

/// Reads every file below a folder. One that is not UTF-8 goes to the compiler as far as it can be read: that reports it
/// by name together with all other problems.
fn read_below(folder: &Path, prefix: &str, sources: &mut Vec<Source>) -> Result<(), (PathBuf, std::io::Error)> {
    let failed = |error| (folder.to_owned(), error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type().map_err(failed)?.is_dir() {
            read_below(&entry.path(), &format!("{path}/"), sources)?;
        } else {
            let bytes = std::fs::read(entry.path()).map_err(|error| (entry.path(), error))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            sources.push(Source { path, text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use gongzhi_core::messages::{Language, Translator};

    use super::*;

    #[test]
    fn a_file_saved_in_gbk_is_named_and_the_others_are_still_checked() {
        let folder = tempfile::tempdir().unwrap();
        let laws = folder.path().join("laws");
        std::fs::create_dir(&laws).unwrap();
        std::fs::write(laws.join("deed_tax_law.yaml"), b"# law\nname: {zh: \xc6\xf5\xcb\xb0\xb7\xa8}\n").unwrap();
        std::fs::write(laws.join("stamp_tax_law.yaml"), "name: {zh: 印花税法}\nnumbr: 1\n").unwrap();
        let place = CatalogPlace { catalog: Some(folder.path().to_owned()), layer: Vec::new() };
        let told = get_catalog(&place).unwrap_err().say(&Translator::new(Language::English));
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 2, "{told}");
        assert!(lines[0].starts_with("laws/deed_tax_law.yaml:2: This file is not UTF-8"), "{told}");
        assert!(lines[1].starts_with("laws/stamp_tax_law.yaml:2: Unknown key \"numbr\""), "{told}");
    }

    #[test]
    fn every_class_of_a_figure_of_law_has_words() {
        let catalog = get_catalog(&CatalogPlace::default()).unwrap();
        let name = |key: &str, class: &str, fact| catalog.name_of_class(key, class, fact).map(|name| name.zh.as_str());
        for (key, parameter) in &catalog.parameters {
            for value in parameter.values.iter().filter(|value| !value.class.is_empty()) {
                assert!(name(key, &value.class, None).is_some(), "{key} {}", value.class);
            }
        }
        assert_eq!(name("relief/six_taxes_half", "small_profit", None), Some("小型微利企业"));
        assert_eq!(name("land_use/yuan_per_square_metre", "3", Some("land_grade")), Some("三级"));
        assert_eq!(name("land_use/yuan_per_square_metre", "4", None), None, "several lists have it");
    }
}
