//! Names of sheets.

use std::collections::BTreeSet;

/// Names given to sheets: what a program accepts, each once.
#[derive(Debug, Default)]
pub(crate) struct SheetNames {
    taken: BTreeSet<String>,
}

impl SheetNames {
    /// The wished name made fit: at most 31 signs, none of `[]:*?/\`, not taken.
    pub(crate) fn take(&mut self, wish: &str) -> String {
        let clean: String =
            wish.chars().map(|sign| if "[]:*?/\\".contains(sign) || sign.is_control() { '_' } else { sign }).collect();
        let clean = clean.trim_matches(['\'', ' ']);
        let clean = if clean.is_empty() { "Sheet" } else { clean };
        let mut name = short_name(clean, 31);
        let mut number = 1;
        while !self.taken.insert(name.to_lowercase()) {
            number += 1;
            let end = format!("_{number}");
            name = format!("{}{end}", short_name(clean, 31 - end.len()));
        }
        name
    }
}

fn short_name(name: &str, signs: usize) -> String {
    let mut left = signs;
    let kept = name.chars().take_while(|sign| {
        let fits = sign.len_utf16() <= left;
        left = left.saturating_sub(sign.len_utf16());
        fits
    });
    kept.collect()
}
