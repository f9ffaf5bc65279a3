//! The file as it was handed in, kept packed and sealed.
//!
//! It may hold anything a clerk typed, persons' numbers in any column, so it is under the same rule as the personal part
//! of a batch: sealed with a data key of its own, gone for good when that key is destroyed. It is packed first: a text of
//! a gigabyte is a tenth of that to seal, and sealing is what takes time.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use datafusion::parquet::file::reader::ChunkReader;
use sm3::{Digest, Sm3};

use crate::batch::{BatchError, FilePart};
use crate::keys::{Keys, PendingKey, digest_text};
use crate::pending::{Digesting, PendingFile};
use crate::sealed::{SealedFile, SealingWriter};

/// How hard it is packed: as fast as can be.
const LEVEL: i32 = 1;

/// The key below the data folder under which an upload's original is kept.
pub fn upload_key(upload: &str) -> String {
    format!("uploads/{upload}.zst.sealed")
}

/// A file packed and sealed beside its place, for the control store to hear of before it stands there. Dropped, it leaves
/// nothing behind.
pub struct PackedUpload<'k> {
    upload: String,
    digest: String,
    pending: PendingFile,
    writer: Digesting<BufWriter<File>>,
    data_key: PendingKey<'k>,
}

impl PackedUpload<'_> {
    /// Id of the upload it was packed as.
    pub fn upload(&self) -> &str {
        &self.upload
    }

    /// Digest of the file as it was handed in.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Puts it into its place to last.
    ///
    /// # Errors
    /// It can't be written.
    pub fn keep(self) -> Result<FilePart, BatchError> {
        let part = self.pending.finish(self.writer)?;
        self.data_key.keep();
        Ok(part)
    }
}

/// Packs a file as the original of an upload, and digests it in the same reading when its digest is not known yet.
///
/// # Errors
/// It can't be read, or not be written.
pub fn pack_upload<'k>(
    path: &Path,
    upload: &str,
    (folder, keys): (&Path, &'k Keys),
    digest: Option<&str>,
) -> Result<PackedUpload<'k>, BatchError> {
    let failed = |source: io::Error| BatchError::file(path, source);
    let mut original = File::open(path).map_err(failed)?;
    let data_key = keys.make_data_key(upload)?;
    let pending_key = PendingKey::new(keys, upload);
    let (pending, writer) = PendingFile::create(folder, upload_key(upload))?;
    let sealing = SealingWriter::create(writer, &data_key).map_err(failed)?;
    let mut packing = zstd::Encoder::new(sealing, LEVEL).map_err(failed)?;
    let mut digesting = digest.is_none().then(Sm3::new);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = original.read(&mut buffer).map_err(failed)?;
        if length == 0 {
            break;
        }
        if let Some(digesting) = &mut digesting {
            digesting.update(&buffer[..length]);
        }
        packing.write_all(&buffer[..length]).map_err(failed)?;
    }
    let sealing = packing.finish().map_err(failed)?;
    let writer = sealing.finish().map_err(failed)?;
    let digest = digesting.map(digest_text).or(digest.map(str::to_owned)).unwrap_or_default();
    Ok(PackedUpload { upload: upload.to_owned(), digest, pending, writer, data_key: pending_key })
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
        drop(pack_upload(&original, "u0", (&data, &keys), None).unwrap());
        assert!(matches!(open_upload("u0", &data, &keys), Err(BatchError::Erased { .. })), "dropped, its key is gone");
        let packed = pack_upload(&original, "u1", (&data, &keys), None).unwrap();
        assert_eq!(packed.digest(), crate::keys::digest(text.as_bytes()));
        let part = packed.keep().unwrap();
        assert_eq!(std::fs::read_dir(data.join("uploads")).unwrap().count(), 1);
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
