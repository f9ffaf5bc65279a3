//! A table of the tax side, written line by line: a year's payments never stand in memory at once.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use gongzhi_core::catalog::{Item, Kind};

use super::office_files::{TextEncoding, push_line};

/// Bytes collected before they are encoded and written.
const CHUNK: usize = 1 << 18;

/// A CSV file with the columns of one kind.
pub struct TaxTable {
    file: BufWriter<File>,
    encoding: TextEncoding,
    keys: Vec<String>,
    fields: Vec<String>,
    pending: String,
    /// Rows written.
    pub rows: usize,
}

impl TaxTable {
    /// Begins the file with its header.
    pub fn begin(path: &Path, (item, kind): (&Item, &Kind), encoding: TextEncoding) -> Result<Self> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        let mut file = BufWriter::new(File::create(path).with_context(|| path.display().to_string())?);
        file.write_all(encoding.mark())?;
        let version = item.versions.last().map_or(1, |version| version.version);
        let columns: Vec<_> = kind.columns_of(version).collect();
        let mut pending = String::new();
        push_line(&mut pending, columns.iter().map(|column| column.name.zh.as_str()), ',');
        let keys: Vec<String> = columns.iter().map(|column| column.key.clone()).collect();
        Ok(Self { file, encoding, fields: vec![String::new(); keys.len()], keys, pending, rows: 0 })
    }

    /// Puts a value into the row that is being made.
    pub fn set(&mut self, column: &str, value: &str) -> &mut Self {
        if let Some(at) = self.keys.iter().position(|key| key == column) {
            self.fields[at].clear();
            self.fields[at].push_str(value);
        }
        self
    }

    /// Ends the row.
    pub fn end_row(&mut self) -> Result<()> {
        push_line(&mut self.pending, self.fields.iter().map(String::as_str), ',');
        self.rows += 1;
        for field in &mut self.fields {
            field.clear();
        }
        if self.pending.len() >= CHUNK {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.file.write_all(&self.encoding.encode(&self.pending))?;
        self.pending.clear();
        Ok(())
    }

    /// Writes what is left and gives the number of rows.
    pub fn finish(mut self) -> Result<usize> {
        self.flush()?;
        self.file.flush()?;
        Ok(self.rows)
    }
}
