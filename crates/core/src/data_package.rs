//! Frictionless Data Packages: a kind as a table schema, a set of tables as a package, and a package read back.
//!
//! The specification's own words say what any reader of packages understands (types, formats, what must be filled,
//! ranges, closed lists). What only this program knows stands beside them under `gongzhi:`: which column of which kind
//! a field is, what a figure is measured in, unit and period of a table.

use serde_json::{Map, Value as Json, json};

use crate::catalog::{Catalog, CodeEntry, Column, ColumnType, Kind};

/// The name that the specification gives a descriptor.
pub const DESCRIPTOR: &str = "datapackage.json";

/// What stands in a column of social credit codes: such a code, or one of the older ones that are understood there.
const CODE_PATTERN: &str = "[0-9A-HJ-NPQRTUWXY]{18}|[0-9A-Z]{8}-?[0-9X]|[0-9A-Z]{15}";

/// By which names a table's fields go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The template's headers, as people see them.
    Headers,
    /// The columns' keys, as programs use them.
    Keys,
}

/// The table schema of some columns of a kind.
pub fn table_schema<'c>(
    catalog: &Catalog,
    kind: &Kind,
    columns: impl Iterator<Item = &'c Column>,
    naming: Naming,
) -> Json {
    let columns: Vec<&Column> = columns.collect();
    let name = |column: &Column| match naming {
        Naming::Headers => column.name.zh.clone(),
        Naming::Keys => column.key.clone(),
    };
    let fields: Vec<Json> = columns.iter().map(|column| field((catalog, naming), column, &name(column))).collect();
    let mut schema =
        Map::from_iter([("fields".to_owned(), Json::Array(fields)), ("missingValues".to_owned(), json!([""]))]);
    let key: Option<Vec<String>> =
        kind.key_columns.iter().map(|key| columns.iter().find(|column| column.key == *key).map(|c| name(c))).collect();
    if let Some(key) = key.filter(|key| !key.is_empty()) {
        // A row without one of them is compared by the others: no primary key in the sense of the specification.
        schema.insert("gongzhi:key".to_owned(), json!(key));
    }
    Json::Object(schema)
}

fn field((catalog, naming): (&Catalog, Naming), column: &Column, name: &str) -> Json {
    let (kind, format) = match column.column_type {
        ColumnType::Amount | ColumnType::Quantity | ColumnType::Rate => ("number", None),
        ColumnType::Integer => ("integer", None),
        ColumnType::Date => ("date", Some("default")),
        ColumnType::Boolean => ("boolean", None),
        _ => ("string", None),
    };
    let mut field = Map::new();
    field.insert("name".to_owned(), json!(name));
    field.insert("title".to_owned(), json!(column.name.zh));
    field.insert("type".to_owned(), json!(kind));
    if let Some(format) = format {
        field.insert("format".to_owned(), json!(format));
    }
    if kind == "boolean" {
        field.insert("trueValues".to_owned(), json!(["是", "true"]));
        field.insert("falseValues".to_owned(), json!(["否", "false"]));
    }
    let note = [column.note.as_str(), column.calibre.as_str()].into_iter().filter(|text| !text.is_empty());
    let note = note.collect::<Vec<_>>().join("；");
    if !note.is_empty() {
        field.insert("description".to_owned(), json!(note));
    }
    if !column.example.is_empty() {
        field.insert("example".to_owned(), json!(column.example));
    }
    let constraints = constraints((catalog, naming), column, kind);
    if !constraints.is_empty() {
        field.insert("constraints".to_owned(), Json::Object(constraints));
    }
    field.insert("gongzhi:column".to_owned(), json!(column.key));
    if let Some(measure) = column.measure {
        field.insert("gongzhi:measure".to_owned(), json!(measure.key()));
    }
    Json::Object(field)
}

fn constraints((catalog, naming): (&Catalog, Naming), column: &Column, kind: &str) -> Map<String, Json> {
    let mut constraints = Map::new();
    let mut add = |name: &str, value: Json| constraints.insert(name.to_owned(), value);
    if column.required {
        add("required", json!(true));
    }
    if matches!(kind, "number" | "integer") {
        column.min.into_iter().for_each(|least| drop(add("minimum", number(&least.to_string()))));
        column.max.into_iter().for_each(|most| drop(add("maximum", number(&most.to_string()))));
    }
    let list = column.list.as_ref().and_then(|list| catalog.lists.get(list));
    // People write a code's name; what is kept, and goes to programs, is the code.
    let names = list.map(|list| {
        let word = |entry: &CodeEntry| match naming {
            Naming::Headers => entry.name.zh.clone(),
            Naming::Keys => entry.code.clone(),
        };
        list.entries.iter().map(word).collect::<Vec<_>>()
    });
    let closed = names.unwrap_or_else(|| column.values.clone());
    // A list of thousands (divisions, industries) is a look-up, not a drop-down.
    if !closed.is_empty() && closed.len() <= 200 {
        add("enum", json!(closed));
    } else if column.column_type == ColumnType::Uscc {
        add("pattern", json!(CODE_PATTERN));
    } else if column.column_type == ColumnType::Text && kind == "string" && column.length > 0 {
        add("maxLength", json!(column.length));
    }
    constraints
}

fn number(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}

/// A table of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// File of the table, below the descriptor's folder.
    pub path: String,
    /// `item.kind` it holds, when the descriptor says so.
    pub kind: Option<String>,
    /// Unit that reports it.
    pub unit: Option<String>,
    /// Period.
    pub period: Option<String>,
    /// Full, differential, nil.
    pub mode: Option<String>,
}

impl Resource {
    /// The resource as it stands in a descriptor.
    pub fn to_json(&self, format: &str, schema: Json) -> Json {
        let name = self.path.rsplit_once('.').map_or(self.path.as_str(), |(stem, _)| stem).to_lowercase();
        let mut resource = Map::from_iter([
            ("name".to_owned(), json!(name)),
            ("path".to_owned(), json!(self.path)),
            ("profile".to_owned(), json!("tabular-data-resource")),
            ("format".to_owned(), json!(format)),
            ("encoding".to_owned(), json!("utf-8")),
            ("schema".to_owned(), schema),
        ]);
        let own = [("kind", &self.kind), ("unit", &self.unit), ("period", &self.period), ("mode", &self.mode)];
        for (key, value) in own {
            if let Some(value) = value {
                resource.insert(format!("gongzhi:{key}"), json!(value));
            }
        }
        Json::Object(resource)
    }
}

/// The descriptor of a package.
pub fn package(name: &str, title: &str, resources: Vec<Json>) -> Json {
    json!({ "profile": "tabular-data-package", "name": name, "title": title, "resources": resources })
}

/// Why a descriptor can't be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageFault {
    /// It is no descriptor of a package: no list of resources.
    NoResources,
    /// A resource without a path.
    NoPath(usize),
    /// A path that leads out of the package, or to the network.
    PathOutside(String),
}

/// The tables that a descriptor names, in their order. A table of several files is several resources here.
///
/// # Errors
/// The descriptor names none, or names a file outside the package.
pub fn read_package(descriptor: &Json) -> Result<Vec<Resource>, PackageFault> {
    let resources = descriptor["resources"].as_array().ok_or(PackageFault::NoResources)?;
    let mut read = Vec::new();
    for (at, resource) in resources.iter().enumerate() {
        let paths: Vec<&str> = match &resource["path"] {
            Json::String(path) => vec![path.as_str()],
            Json::Array(paths) => paths.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        if paths.is_empty() {
            return Err(PackageFault::NoPath(at + 1));
        }
        let own = |key: &str| resource[format!("gongzhi:{key}").as_str()].as_str().map(str::to_owned);
        for path in paths {
            let is_outside = path.starts_with('/')
                || path.contains('\\')
                || path.contains(':')
                || path.split('/').any(|part| part == "..");
            if is_outside {
                return Err(PackageFault::PathOutside(path.to_owned()));
            }
            read.push(Resource {
                path: path.to_owned(),
                kind: own("kind"),
                unit: own("unit"),
                period: own("period"),
                mode: own("mode"),
            });
        }
    }
    if read.is_empty() { Err(PackageFault::NoResources) } else { Ok(read) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_read_back_as_it_was_written() {
        let resource = Resource {
            path: "land.csv".to_owned(),
            kind: Some("land.grant".to_owned()),
            unit: Some("natural_resources".to_owned()),
            period: Some("2025-03".to_owned()),
            mode: None,
        };
        let written = package("land", "土地", vec![resource.to_json("csv", json!({"fields": []}))]);
        assert_eq!(read_package(&written), Ok(vec![resource]));
    }

    #[test]
    fn a_path_that_leads_out_of_the_package_is_refused() {
        for path in ["../secret.csv", "/etc/passwd", "a/../../b.csv", "https://example.org/x.csv", "a\\..\\b.csv"] {
            let descriptor = json!({"resources": [{"path": path}]});
            assert_eq!(read_package(&descriptor), Err(PackageFault::PathOutside(path.to_owned())));
        }
        assert_eq!(read_package(&json!({"resources": [{"name": "x"}]})), Err(PackageFault::NoPath(1)));
        assert_eq!(read_package(&json!({})), Err(PackageFault::NoResources));
    }

    #[test]
    fn a_table_of_several_files_is_several_resources() {
        let descriptor = json!({"resources": [{"path": ["a.csv", "b.csv"], "gongzhi:kind": "x.y"}]});
        let read = read_package(&descriptor).unwrap();
        assert_eq!(read.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["a.csv", "b.csv"]);
        assert!(read.iter().all(|one| one.kind.as_deref() == Some("x.y")));
    }
}
