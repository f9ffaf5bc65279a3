//! Digests of bytes (SM3), as texts that name their algorithm.

use std::io::{self, Read};

use sm3::{Digest, Sm3};

/// The digest of some bytes: `sm3:` and 64 hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    digest_text(Sm3::new_with_prefix(bytes))
}

/// The digest of all there is to read, in constant memory.
pub fn digest_reader(mut reader: impl Read) -> io::Result<String> {
    let mut digest = Sm3::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(digest_text(digest)),
            length => digest.update(&buffer[..length]),
        }
    }
}

pub(crate) fn digest_text(digest: Sm3) -> String {
    format!("sm3:{}", hex(&digest.finalize()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
