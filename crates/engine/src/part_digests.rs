//! Parts of batches are what they were when they were written: their bytes are compared with the digest that the control
//! store keeps, once a process, when a part is first opened.
//!
//! What this process wrote itself it has digested on the way to the disk, and does not read once more for it.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use gongzhi_core::state::{DigestedFile, VisibleBatch};

use crate::batch_error::BatchError;
use crate::digests::digest_reader;
use crate::part_source::Source;

/// The digest a file was found or written with; none before that. Whoever first asks for one has it locked while it is read,
/// so that it is read once.
type Digest = Arc<Mutex<Option<String>>>;

static KNOWN: LazyLock<Mutex<HashMap<PathBuf, Digest>>> = LazyLock::new(Mutex::default);

/// Compares a part with its digest.
///
/// # Errors
/// It can't be read, or its bytes are others.
pub(crate) fn compare(
    path: &Path,
    part: &DigestedFile,
    visible: &VisibleBatch,
    source: Source,
) -> Result<(), BatchError> {
    let known = known(path);
    let mut found = known.lock().unwrap_or_else(PoisonError::into_inner);
    if found.as_ref() == Some(&part.digest) {
        return Ok(());
    }
    let digest = File::open(path).and_then(digest_reader).map_err(|source| BatchError::file(path, source))?;
    if found.insert(digest) == &part.digest {
        return Ok(());
    }
    Err(BatchError::Changed { batch: visible.batch.id.clone(), part: source.key(), path: path.to_owned() })
}

/// Keeps with which digest this process wrote a file.
pub(crate) fn note(path: &Path, digest: &str) {
    *known(path).lock().unwrap_or_else(PoisonError::into_inner) = Some(digest.to_owned());
}

fn known(path: &Path) -> Digest {
    let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(all.entry(path.to_owned()).or_default())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use gongzhi_core::catalog::{Mark, Mode};
    use gongzhi_core::messages::{Language, Translator};
    use gongzhi_core::period::Period;
    use gongzhi_core::state::Batch;
    use gongzhi_core::values::SetMode;

    use super::*;

    fn visible(main: &DigestedFile) -> VisibleBatch {
        let day = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        let text = str::to_owned;
        let batch = Batch {
            id: text("b1"),
            sequence: 1,
            region: text("652323"),
            unit: text("water"),
            lineage: text("water"),
            item: text("water_project"),
            kind: text("project"),
            mark: Mark::Stock,
            item_mode: Mode::Full,
            period: Period::Year(2025),
            covers_from: day,
            covers_to: day,
            mode: SetMode::Full,
            template_version: 1,
            accepted_at: DateTime::UNIX_EPOCH,
            supplement_of: None,
        };
        VisibleBatch {
            batch,
            main: Some(main.clone()),
            personal: None,
            links_key: None,
            rows: 1,
            file: String::new(),
            file_digest: String::new(),
            upload: String::new(),
        }
    }

    #[test]
    fn a_part_is_compared_once_a_process_and_one_that_was_changed_is_named_until_it_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let part = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            DigestedFile { key: name.to_owned(), digest: crate::keys::digest(b"whole") }
        };
        let compare =
            |part: &DigestedFile, source| super::compare(&folder.path().join(&part.key), part, &visible(part), source);
        let spoilt = part("spoilt.parquet", b"whale");
        let error = compare(&spoilt, Source::Personal).unwrap_err();
        for (language, word) in [(Language::Chinese, "个人信息部分"), (Language::English, "personal part")] {
            let told = Translator::new(language).say(&error.message());
            assert!(["b1", "spoilt.parquet", word].iter().all(|said| told.contains(said)), "{told}");
        }
        // One whose digest is gone from the store is no part as it was written.
        let lost = DigestedFile { digest: String::new(), ..part("lost.parquet", b"whole") };
        assert!(matches!(compare(&lost, Source::Main), Err(BatchError::Changed { .. })));
        part("spoilt.parquet", b"whole");
        assert!(compare(&spoilt, Source::Personal).is_ok(), "put back from a copy");
        // Found whole, it is not read again.
        part("spoilt.parquet", b"whale");
        assert!(compare(&spoilt, Source::Main).is_ok());
        // What this process wrote is known from its writing; of the same file another digest is asked for.
        let own = part("own.parquet", b"whole");
        note(&folder.path().join("own.parquet"), &own.digest);
        std::fs::remove_file(folder.path().join("own.parquet")).unwrap();
        assert!(compare(&own, Source::Main).is_ok());
        let other = DigestedFile { digest: String::new(), ..own };
        assert!(matches!(compare(&other, Source::Main), Err(BatchError::File { .. })));
    }
}
