//! The file as it was handed in, kept packed and sealed.
//!
//! It may hold anything a clerk typed, persons' numbers in any column, so it is under the same rule as the personal part
//! of a batch: sealed with a data key of its own, gone for good when that key is destroyed. It is packed first: a text of
//! a gigabyte is a tenth of that to seal, and sealing is what takes time.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::parquet::file::reader::ChunkReader;
use sm3::{Digest, Sm3};

use crate::batch::BatchError;
use crate::keys::{Keys, digest_text};
use crate::pending::{Digesting, PendingFile};
use crate::read::OpenFile;
use crate::sealed::{DataKey, SealedFile, SealingWriter};

/// How hard it is packed: as fast as can be.
const LEVEL: i32 = 1;

/// The key below the data folder under which the original that an attempt brought is kept.
pub fn upload_key(attempt: &str) -> String {
    format!("uploads/{attempt}.zst.sealed")
}

/// A file packed and sealed beside its place, under a key that nothing keeps yet. Dropped or killed, it leaves nothing
/// that could be read.
pub struct PackedUpload<'k> {
    attempt: String,
    digest: String,
    place: (&'k Path, &'k Keys),
    data_key: DataKey,
    pending: PendingFile,
    writer: Digesting<BufWriter<File>>,
}

impl PackedUpload<'_> {
    /// The attempt that brings it.
    pub fn attempt(&self) -> &str {
        &self.attempt
    }

    /// Digest of the file as it was handed in.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Keeps it as the original that an attempt has brought: file and key are named by the attempt, which nobody else is.
    ///
    /// # Errors
    /// It can't be written.
    pub fn keep(self) -> Result<(), BatchError> {
        let (_, keys) = self.place;
        keys.keep_data_key(&self.attempt, &self.data_key)?;
        self.pending.finish(self.writer)?;
        Ok(())
    }
}

/// Packs a file beside the place of an attempt's original and digests it in the same reading; `None` once it is told to
/// stop.
///
/// # Errors
/// It can't be read, or not be written.
pub fn pack_upload<'k>(
    file: &OpenFile,
    attempt: &str,
    place: (&'k Path, &'k Keys),
    stops: &AtomicBool,
) -> Result<Option<PackedUpload<'k>>, BatchError> {
    let failed = |source: io::Error| BatchError::file(Path::new(file.name()), source);
    let mut original = file.reader().map_err(failed)?;
    let data_key = place.1.roll_data_key()?;
    let (pending, writer) = PendingFile::create(place.0, upload_key(attempt))?;
    let sealing = SealingWriter::create(writer, &data_key).map_err(failed)?;
    let mut packing = zstd::Encoder::new(sealing, LEVEL).map_err(failed)?;
    let mut digest = Sm3::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = original.read(&mut buffer).map_err(failed)?;
        if length == 0 {
            break;
        }
        if stops.load(Ordering::Relaxed) {
            return Ok(None);
        }
        digest.update(&buffer[..length]);
        packing.write_all(&buffer[..length]).map_err(failed)?;
    }
    let sealing = packing.finish().map_err(failed)?;
    let writer = sealing.finish().map_err(failed)?;
    let digest = digest_text(digest);
    Ok(Some(PackedUpload { attempt: attempt.to_owned(), digest, place, data_key, pending, writer }))
}

/// Reads the original that an attempt brought again, as it was handed in.
///
/// # Errors
/// It can't be read, or its key was destroyed.
pub fn open_upload(attempt: &str, folder: &Path, keys: &Keys) -> Result<impl Read, BatchError> {
    let path = folder.join(upload_key(attempt));
    let failed = |source: io::Error| BatchError::file(&path, source);
    let erased = || BatchError::Erased { batch: attempt.to_owned() };
    let data_key = keys.find_data_key(attempt)?.ok_or_else(erased)?;
    let sealed = SealedFile::open(&path, data_key).map_err(failed)?;
    zstd::Decoder::new(sealed.get_read(0)?).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Dice, KeyFiles};

    #[test]
    fn an_original_comes_back_as_it_was_until_its_key_is_destroyed() {
        let home = tempfile::tempdir().unwrap();
        let keys = Keys::make(home.path(), &KeyFiles::of_home(home.path()), Dice::system()).unwrap();
        let original = home.path().join("三月.csv");
        let text = "名称,代码\n甲公司,91652323MA7A000172\n".repeat(20_000);
        std::fs::write(&original, &text).unwrap();
        let original = OpenFile::open(&original).unwrap();
        let data = home.path().join("data");
        let place = (data.as_path(), &keys);
        let pack = |id: &str, stops| pack_upload(&original, id, place, &AtomicBool::new(stops)).unwrap();
        let left = || std::fs::read_dir(data.join("uploads")).unwrap().count();
        assert!(pack("p0", true).is_none());
        drop(pack("p1", false));
        assert_eq!(left(), 0);
        let packed = pack("u1", false).unwrap();
        assert_eq!(packed.digest(), crate::keys::digest(text.as_bytes()));
        packed.keep().unwrap();
        let kept = std::fs::read(data.join(upload_key("u1"))).unwrap();
        assert!(kept.len() * 10 < text.len(), "{} bytes of {}", kept.len(), text.len());
        // Handed in once more, each attempt's file and key stay together.
        pack("u2", false).unwrap().keep().unwrap();
        assert_eq!((left(), std::fs::read(data.join(upload_key("u1"))).unwrap()), (2, kept));
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
