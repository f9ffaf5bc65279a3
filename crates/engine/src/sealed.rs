//! Files that only the holder of their key can read: blocks of 64 KiB, each sealed with SM4-GCM.
//!
//! A header of 32 bytes names format and algorithm; then come the blocks, each followed by its tag of 16 bytes. A block's
//! nonce is its number (every file has a key of its own, so none is ever used twice) and what is sealed with it says
//! whether it is the last one: blocks can't be swapped, left out or cut off unseen. Any range can be read without the
//! rest, which is what Parquet needs; memory is one block.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{AesGcm, KeyInit};
use bytes::Bytes;
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::reader::{ChunkReader, Length};

const HEADER: [u8; 32] = *b"gongzhi sealed 1 sm4-gcm 65536\n\n";
const BLOCK: usize = 64 * 1024;
const TAG: usize = 16;

type Cipher = AesGcm<sm4::Sm4, U12>;

/// The key of one file.
#[derive(Clone)]
pub(crate) struct DataKey(pub(crate) [u8; 16]);

impl DataKey {
    fn cipher(&self) -> Cipher {
        Cipher::new(&self.0.into())
    }
}

/// Seals a few bytes.
pub(crate) fn seal(key: &DataKey, nonce: [u8; 12], about: &[u8], plain: &[u8]) -> Vec<u8> {
    let sealed = key.cipher().encrypt(&nonce.into(), Payload { msg: plain, aad: about });
    // Sealing fails only beyond 64 GiB.
    sealed.unwrap_or_default()
}

/// Opens them again; `None` when they were changed or the key is another.
pub(crate) fn open(key: &DataKey, nonce: [u8; 12], about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    key.cipher().decrypt(&nonce.into(), Payload { msg: sealed, aad: about }).ok()
}

fn nonce_of(block: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&block.to_be_bytes());
    nonce
}

/// Seals what is written to it. [`SealingWriter::finish`] must be called: a file without its last block is refused.
pub(crate) struct SealingWriter<W: Write> {
    inner: W,
    cipher: Cipher,
    block: Vec<u8>,
    number: u64,
}

impl<W: Write> SealingWriter<W> {
    pub(crate) fn create(mut inner: W, key: &DataKey) -> io::Result<Self> {
        inner.write_all(&HEADER)?;
        Ok(Self { inner, cipher: key.cipher(), block: Vec::with_capacity(BLOCK), number: 0 })
    }

    fn write_block(&mut self, is_last: bool) -> io::Result<()> {
        let payload = Payload { msg: &self.block, aad: &[u8::from(is_last)] };
        let sealed = self.cipher.encrypt(&nonce_of(self.number).into(), payload);
        let sealed = sealed.map_err(|_| io::Error::other("a block could not be sealed"))?;
        self.inner.write_all(&sealed)?;
        self.block.clear();
        self.number += 1;
        Ok(())
    }

    /// Writes the last block and gives back what was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.write_block(true)?;
        self.inner.flush()?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full block waits until more comes: only then it is known not to be the last.
        if self.block.len() == BLOCK && !bytes.is_empty() {
            self.write_block(false)?;
        }
        let taken = bytes.len().min(BLOCK - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads a sealed file, any range of it.
pub(crate) struct SealedFile {
    path: PathBuf,
    key: DataKey,
    /// Bytes of the sealed blocks.
    sealed_length: u64,
}

impl SealedFile {
    pub(crate) fn open(path: &Path, key: DataKey) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut header = [0; HEADER.len()];
        file.read_exact(&mut header)?;
        if header != HEADER {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a sealed file"));
        }
        let sealed_length = file.metadata()?.len() - HEADER.len() as u64;
        Ok(Self { path: path.to_owned(), key, sealed_length })
    }

    fn block_count(&self) -> u64 {
        self.sealed_length.div_ceil((BLOCK + TAG) as u64)
    }

    fn plain_length(&self) -> u64 {
        self.sealed_length.saturating_sub(self.block_count() * TAG as u64)
    }

    fn read_from(&self, start: u64) -> io::Result<SealedReader> {
        let mut reader = SealedReader {
            file: File::open(&self.path)?,
            cipher: self.key.cipher(),
            next: start / BLOCK as u64,
            count: self.block_count(),
            plain: Vec::new(),
            at: 0,
        };
        reader.file.seek(SeekFrom::Start(HEADER.len() as u64 + reader.next * (BLOCK + TAG) as u64))?;
        reader.read_block()?;
        reader.at = usize::try_from(start % BLOCK as u64).unwrap_or(0).min(reader.plain.len());
        Ok(reader)
    }
}

/// Reads the plain bytes of a sealed file from some place on.
pub(crate) struct SealedReader {
    file: File,
    cipher: Cipher,
    next: u64,
    count: u64,
    plain: Vec<u8>,
    at: usize,
}

impl SealedReader {
    fn read_block(&mut self) -> io::Result<()> {
        let mut sealed = Vec::with_capacity(BLOCK + TAG);
        (&mut self.file).take((BLOCK + TAG) as u64).read_to_end(&mut sealed)?;
        let is_last = self.next + 1 == self.count;
        let payload = Payload { msg: sealed.as_slice(), aad: &[u8::from(is_last)] };
        let plain = self.cipher.decrypt(&nonce_of(self.next).into(), payload);
        let changed = || io::Error::new(io::ErrorKind::InvalidData, "a sealed block was changed or cut off");
        self.plain = plain.map_err(|_| changed())?;
        self.at = 0;
        self.next += 1;
        Ok(())
    }
}

impl Read for SealedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.plain.len() && self.next < self.count {
            self.read_block()?;
        }
        let taken = buffer.len().min(self.plain.len() - self.at);
        buffer[..taken].copy_from_slice(&self.plain[self.at..self.at + taken]);
        self.at += taken;
        Ok(taken)
    }
}

impl Length for SealedFile {
    fn len(&self) -> u64 {
        self.plain_length()
    }
}

impl ChunkReader for SealedFile {
    type T = SealedReader;

    fn get_read(&self, start: u64) -> ParquetResult<SealedReader> {
        self.read_from(start).map_err(ParquetError::from)
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let mut bytes = vec![0; length];
        self.read_from(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}
