//! What scores are made of: tallies, and the tables and lines that they are read from.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// Of so many, so many were right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// What there was to find.
    pub planted: usize,
    /// What was found, right or wrong.
    pub found: usize,
    /// What was found and is right.
    pub right: usize,
}

impl Tally {
    /// Share of what there was that was found, in hundredths of a per cent; all of nothing is all.
    pub fn recall(self) -> usize {
        share(self.right, self.planted)
    }

    /// Share of what was found that is right.
    pub fn precision(self) -> usize {
        share(self.right, self.found)
    }

    /// Adds another one's counts.
    pub fn add(&mut self, other: Self) {
        self.planted += other.planted;
        self.found += other.found;
        self.right += other.right;
    }
}

/// A part in hundredths of a per cent; all of nothing is all.
pub fn share(part: usize, whole: usize) -> usize {
    (part * 10_000).checked_div(whole).unwrap_or(10_000)
}

/// Reads a table of the truth.
pub fn read_table<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str) -> Result<Vec<T>> {
    let path = folder.join(name);
    let mut reader = csv::Reader::from_path(&path).with_context(|| path.display().to_string())?;
    reader.deserialize().map(|row| row.with_context(|| path.display().to_string())).collect()
}

/// Reads a file of a run, a value a line.
pub fn read_lines<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str, mut each: impl FnMut(T)) -> Result<()> {
    let path = folder.join(name);
    let file = File::open(&path).with_context(|| path.display().to_string())?;
    for line in BufReader::new(file).lines() {
        let line = line?;
        each(serde_json::from_str(&line).with_context(|| path.display().to_string())?);
    }
    Ok(())
}

/// A run may name its files from the folder above the county.
pub fn below_county(file: &str) -> &str {
    file.trim_start_matches("./").trim_start_matches("county/")
}
