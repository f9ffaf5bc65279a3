//! The bytes of a file on disk, or of a member of a zip already inflated.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

use super::super::error::{Limit, ReadError};

/// Bytes that can be read again from the beginning.
pub(super) enum Input {
    File { file: BufReader<File>, size: u64 },
    Memory(Cursor<Vec<u8>>),
}

impl Input {
    pub(super) fn of_file(mut file: File) -> Result<Self, ReadError> {
        let size = file.seek(SeekFrom::End(0)).map_err(ReadError::cannot_open)?;
        file.rewind().map_err(ReadError::cannot_open)?;
        if size == 0 {
            return Err(ReadError::ZeroBytes);
        }
        Ok(Self::File { file: BufReader::with_capacity(64 << 10, file), size })
    }

    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        Self::Memory(Cursor::new(bytes))
    }

    pub(super) fn size(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Memory(bytes) => bytes.get_ref().len() as u64,
        }
    }

    pub(super) fn rewind_to_start(&mut self) -> Result<(), ReadError> {
        self.rewind().map_err(ReadError::from)
    }

    /// The first bytes, at most `most`, leaving the position at the start.
    pub(super) fn peek(&mut self, most: u64) -> Result<Vec<u8>, ReadError> {
        self.rewind_to_start()?;
        let mut head = Vec::new();
        self.by_ref().take(most).read_to_end(&mut head)?;
        self.rewind_to_start()?;
        Ok(head)
    }

    /// All bytes, refused beyond `most`.
    pub(super) fn into_bytes(mut self, most: u64) -> Result<Vec<u8>, ReadError> {
        if let Self::Memory(bytes) = self {
            return Ok(bytes.into_inner());
        }
        self.rewind_to_start()?;
        let mut bytes = Vec::new();
        self.by_ref().take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(ReadError::BeyondLimits(Limit::FileSize)) } else { Ok(bytes) }
    }
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File { file, .. } => file.read(into),
            Self::Memory(bytes) => bytes.read(into),
        }
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::File { file, .. } => file.fill_buf(),
            Self::Memory(bytes) => bytes.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Self::File { file, .. } => file.consume(amount),
            Self::Memory(bytes) => bytes.consume(amount),
        }
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File { file, .. } => file.seek(to),
            Self::Memory(bytes) => bytes.seek(to),
        }
    }
}
