//! What the two halves say to each other. Nothing crosses from one to the other but these messages.
//!
//! The collect half takes sheets in, the analyse half asks what they mean; each has tables of its own, in one program or on
//! two machines. What one has to tell the other it sends as a [`Content`] in an [`Envelope`], in the transaction of the
//! change that is told. Envelopes are numbered from 1 without a gap, a series a direction and region, so that whoever
//! receives them ([`judge`]) knows which one is missing, and files of them may come late, twice and in any order.
//!
//! An envelope names its body by a digest. It never carries a file as it was handed in: of a batch both parts are told by key
//! and digest.

mod bodies;
mod receiving;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sm3::{Digest, Sm3};

pub use bodies::{BatchAccepted, BatchReturned, DeliverySettled, NamedPart, NotAWord};
pub use receiving::{Known, Verdict, judge};

use crate::messages::Message;
use crate::receipts::write_sorted;

/// To which half a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the collect half to the analyse half.
    ToAnalyse,
    /// From the analyse half to the collect half.
    ToCollect,
}

impl Direction {
    /// The word in tables and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::ToAnalyse => "to_analyse",
            Self::ToCollect => "to_collect",
        }
    }

    /// Reads the word.
    pub fn find(text: &str) -> Option<Self> {
        [Self::ToAnalyse, Self::ToCollect].into_iter().find(|direction| direction.key() == text)
    }
}

/// What sort of thing a message says. A word that is published is never given another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A batch was accepted: [`BatchAccepted`].
    BatchAccepted,
    /// A batch is visible no longer: [`BatchReturned`].
    BatchReturned,
    /// The files of a folder were put into their order: [`DeliverySettled`].
    DeliverySettled,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::BatchAccepted, Self::BatchReturned, Self::DeliverySettled];

    /// The word in tables and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::BatchAccepted => "batch_accepted",
            Self::BatchReturned => "batch_returned",
            Self::DeliverySettled => "delivery_settled",
        }
    }

    /// Reads the word; one that this program does not know is none.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == text)
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A batch was accepted.
    BatchAccepted(Box<BatchAccepted>),
    /// A batch is visible no longer.
    BatchReturned(BatchReturned),
    /// The files of a folder were put into their order.
    DeliverySettled(DeliverySettled),
}

impl Content {
    /// Its kind.
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::BatchAccepted(_) => MessageKind::BatchAccepted,
            Self::BatchReturned(_) => MessageKind::BatchReturned,
            Self::DeliverySettled(_) => MessageKind::DeliverySettled,
        }
    }

    /// To which half it goes.
    pub fn direction(&self) -> Direction {
        match self {
            Self::BatchAccepted(_) | Self::BatchReturned(_) | Self::DeliverySettled(_) => Direction::ToAnalyse,
        }
    }

    fn body(&self) -> Json {
        let body = match self {
            Self::BatchAccepted(said) => serde_json::to_value(said),
            Self::BatchReturned(said) => serde_json::to_value(said),
            Self::DeliverySettled(said) => serde_json::to_value(said),
        };
        // What a message says has nothing that JSON could not hold.
        body.unwrap_or_default()
    }
}

/// A message on its way. Its JSON is what a file of it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Its place in the series of its direction and region, from 1.
    pub number: u64,
    /// To which half it goes.
    pub direction: Direction,
    /// Its name, `<kind>:<region>:<number>`.
    pub id: String,
    /// What sort of thing it says.
    pub kind: MessageKind,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// The region it is about, six digits.
    pub region: String,
    /// `sm3:` digest of the canonical form of the body.
    pub digest: String,
    /// What it says, in the shape of its kind.
    pub body: Json,
}

impl Envelope {
    /// A content put into its envelope.
    pub fn new(content: &Content, (region, number): (&str, u64), at: DateTime<Utc>) -> Self {
        let (kind, body) = (content.kind(), content.body());
        Self {
            number,
            direction: content.direction(),
            id: id_of(kind, region, number),
            kind,
            at,
            region: region.to_owned(),
            digest: digest_of(&body),
            body,
        }
    }

    /// What it says.
    ///
    /// # Errors
    /// The body is not of the shape of its kind.
    pub fn open(&self) -> Result<Content, ExchangeError> {
        Ok(match self.kind {
            MessageKind::BatchAccepted => Content::BatchAccepted(Box::new(self.read()?)),
            MessageKind::BatchReturned => Content::BatchReturned(self.read()?),
            MessageKind::DeliverySettled => Content::DeliverySettled(self.read()?),
        })
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, ExchangeError> {
        let unread = |error: serde_json::Error| ExchangeError::Unread { id: self.id.clone(), why: error.to_string() };
        T::deserialize(&self.body).map_err(unread)
    }
}

/// The name of a message.
fn id_of(kind: MessageKind, region: &str, number: u64) -> String {
    format!("{}:{region}:{number}", kind.key())
}

/// Digest of a body: of its canonical form (RFC 8785, as receipts have it), so that a body set out in another way is the
/// same. It is worked out here and not handed in: the moment of an acceptance is known inside its transaction only.
pub fn digest_of(body: &Json) -> String {
    use std::fmt::Write as _;
    let mut canonical = String::new();
    write_sorted(body, &mut canonical);
    Sm3::digest(canonical.as_bytes()).iter().fold("sm3:".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// Its digest is not that of its body.
    #[error("message {id} was changed on its way")]
    Spoilt {
        /// The message.
        id: String,
    },
    /// It is not called what its kind, region and number make of it, or has no number.
    #[error("message {id} has the name or number of another")]
    Misnamed {
        /// The message.
        id: String,
    },
    /// Another message of its number was received before.
    #[error("message {id} says something else than what was received under its number")]
    Otherwise {
        /// The message.
        id: String,
    },
    /// It goes to the other half.
    #[error("message {id} goes to the other half")]
    Astray {
        /// The message.
        id: String,
    },
    /// What it says can't be read.
    #[error("message {id} can't be read: {why}")]
    Unread {
        /// The message.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// It speaks of a batch that was never told of.
    #[error("message {id} speaks of a batch that is not known")]
    Unknown {
        /// The message.
        id: String,
    },
}

impl ExchangeError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        let (key, id, why) = match self {
            Self::Spoilt { id } => ("exchange-spoilt", id, ""),
            Self::Misnamed { id } => ("exchange-misnamed", id, ""),
            Self::Otherwise { id } => ("exchange-otherwise", id, ""),
            Self::Astray { id } => ("exchange-astray", id, ""),
            Self::Unread { id, why } => ("exchange-unread", id, why.as_str()),
            Self::Unknown { id } => ("exchange-unknown", id, ""),
        };
        Message::new(key).with("message", id).with("why", why)
    }
}

#[cfg(test)]
mod tests;
