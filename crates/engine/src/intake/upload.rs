//! The file as it was handed in, kept packed and sealed.
//!
//! It may hold anything a clerk typed, persons' numbers in any column, so it is under the same rule as the personal part
//! of a batch: sealed with a data key of its own, gone for good when that key is destroyed. It is packed first: a text of
//! a gigabyte is a tenth of that to seal, and sealing is what takes time.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use datafusion::parquet::file::reader::ChunkReader;

use crate::batch::{BatchError, FilePart};
use crate::keys::Keys;
use crate::pending::PendingFile;
use crate::sealed::{SealedFile, SealingWriter};

/// How hard it is packed: as fast as can be.
const LEVEL: i32 = 1;

/// The key below the data folder under which an upload's original is kept.
pub fn upload_key(upload: &str) -> String {
    format!("uploads/{upload}.zst.sealed")
}

/// Keeps a file sealed under the id of its upload.
///
/// # Errors
/// It can't be read, or not be written.
pub fn keep_upload(path: &Path, upload: &str, folder: &Path, keys: &Keys) -> Result<FilePart, BatchError> {
    let failed = |source: io::Error| BatchError::file(path, source);
    let mut original = File::open(path).map_err(failed)?;
    let data_key = keys.make_data_key(upload)?;
    let (pending, writer) = PendingFile::create(folder, upload_key(upload))?;
    let sealing = SealingWriter::create(writer, &data_key).map_err(failed)?;
    let mut packing = zstd::Encoder::new(sealing, LEVEL).map_err(failed)?;
    io::copy(&mut original, &mut packing).map_err(failed)?;
    let sealing = packing.finish().map_err(failed)?;
    pending.finish(sealing.finish().map_err(failed)?)
}

/// Reads a kept original again, as it was handed in.
///
/// # Errors
/// It can't be read, or its key was destroyed.
pub fn open_upload(upload: &str, folder: &Path, keys: &Keys) -> Result<impl Read, BatchError> {
    let path = folder.join(upload_key(upload));
    let failed = |source: io::Error| BatchError::file(&path, source);
    let erased = || BatchError::Erased { batch: upload.to_owned() };
    let data_key = keys.find_data_key(upload)?.ok_or_else(erased)?;
    let sealed = SealedFile::open(&path, data_key).map_err(failed)?;
    zstd::Decoder::new(sealed.get_read(0)?).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Dice;

    #[test]
    fn an_original_comes_back_as_it_was_until_its_key_is_destroyed() {
        let home = tempfile::tempdir().unwrap();
        let keys = Keys::open(home.path(), Dice::system()).unwrap();
        let original = home.path().join("三月.csv");
        let text = "名称,代码\n甲公司,91652323MA7A000172\n".repeat(20_000);
        std::fs::write(&original, &text).unwrap();
        let data = home.path().join("data");
        let part = keep_upload(&original, "u1", &data, &keys).unwrap();
        let kept = std::fs::read(data.join(&part.key)).unwrap();
        assert!(kept.len() * 10 < text.len(), "{} bytes of {}", kept.len(), text.len());
        let read = || {
            let mut again = String::new();
            open_upload("u1", &data, &keys)?.read_to_string(&mut again).unwrap();
            Ok::<_, BatchError>(again)
        };
        assert_eq!(read().unwrap(), text);
        keys.destroy_data_key("u1").unwrap();
        assert!(matches!(read(), Err(BatchError::Erased { .. })));
    }
}
