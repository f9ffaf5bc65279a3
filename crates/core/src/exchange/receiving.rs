//! The rules of receiving: what becomes of an envelope, given what is known of its series.
//!
//! A series is taken in without a gap: a later message waits for the one that is missing. One that is there already changes
//! nothing, and one that says something else under the same number is refused. So every order in which messages come, and
//! every repetition of them, ends in the same.

use super::{Envelope, ExchangeError, digest_of, id_of};

/// What was received under the number of an envelope before, taken in or waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its name.
    pub id: &'a str,
    /// Digest of its body.
    pub digest: &'a str,
}

/// What becomes of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken in now, and those behind it that waited for it.
    Take,
    /// It is kept until the ones before it are here.
    Wait,
    /// It was received before: nothing changes.
    Before,
}

/// What becomes of an envelope. `next` is the number of its series that is to be taken in next, from 1.
///
/// # Errors
/// The envelope is not as it was sent, or another of its number was received before.
pub fn judge(envelope: &Envelope, known: Option<Known<'_>>, next: u64) -> Result<Verdict, ExchangeError> {
    let id = || envelope.id.clone();
    if envelope.number == 0 || envelope.id != id_of(envelope.kind, &envelope.region, envelope.number) {
        return Err(ExchangeError::Misnamed { id: id() });
    }
    if envelope.digest != digest_of(&envelope.body) {
        return Err(ExchangeError::Spoilt { id: id() });
    }
    match known {
        Some(known) if known == (Known { id: &envelope.id, digest: &envelope.digest }) => Ok(Verdict::Before),
        None if envelope.number == next => Ok(Verdict::Take),
        None if envelope.number > next => Ok(Verdict::Wait),
        // What was taken in is known by its name.
        _ => Err(ExchangeError::Otherwise { id: id() }),
    }
}
