//! Receipts: what a unit is given for what it handed in, signed by the office that took it in.
//!
//! A receipt stands by itself: it names upload, unit, items, periods, counts and the moment, and by their digests the file as
//! it was handed in and the parts kept of it. What is signed is its canonical form (RFC 8785: members sorted, nothing
//! between them; there are no floats in it), so that a file set out in another way is the same receipt. Signing and
//! digesting are the engine's; here is what a receipt says and what follows from what was found.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What a receipt of this sort calls itself.
pub const FORMAT: &str = "gongzhi receipt 1";

/// A receipt. A member that is not known here makes it none: nothing in it may go unread that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`FORMAT`].
    pub format: String,
    /// Id of the upload.
    pub upload: String,
    /// Region of the unit, six digits.
    pub region: String,
    /// The unit that handed it in.
    pub unit: Named,
    /// The file as it was handed in; none of a nil report without one.
    pub file: Option<NamedFile>,
    /// What it brought.
    pub sets: Vec<ReceiptSet>,
    /// Warnings that were given.
    pub warnings: u64,
    /// When it was accepted, an instant in UTC (`2026-04-05T06:00:00.000000Z`).
    pub accepted_at: String,
    /// The day that was in Beijing.
    pub accepted_on: NaiveDate,
    /// The program that took it in, with its version.
    pub program: String,
    /// Digest of the public key that signs: by it the node is known that took it in.
    pub key: String,
}

/// A key of the catalogue and the name that people know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The key.
    pub key: String,
    /// The name, in Chinese.
    pub name: String,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFile {
    /// Its name without folders; persons' numbers in it masked.
    pub name: String,
    /// `sm3:` digest of its bytes.
    pub digest: String,
}

/// A set that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptSet {
    /// Id of its batch.
    pub batch: String,
    /// Item.
    pub item: Named,
    /// Record kind.
    pub kind: Named,
    /// Period it is a set of, as `2025`, `2025Q1`, `2025-03`.
    pub period: String,
    /// What it says of itself.
    pub mode: String,
    /// Version of the template its rows follow.
    pub template_version: u32,
    /// Rows.
    pub rows: u64,
    /// What it does to what stood before; not known yet for a file of a folder that is taken in as a whole.
    pub effect: Option<ReceiptEffect>,
    /// `sm3:` digest of its main part; none of a nil set.
    pub main: Option<String>,
    /// `sm3:` digest of its personal part, where there is one.
    pub personal: Option<String>,
}

/// Rows by what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptEffect {
    /// Not on record before.
    pub new: u64,
    /// On record with other values.
    pub changed: u64,
    /// On record as they are.
    pub unchanged: u64,
    /// Taken back.
    pub revoked: u64,
    /// On record and not named any more by a whole set.
    pub ended: u64,
}

/// A receipt with its signature: what a unit keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedReceipt {
    /// What is signed.
    pub receipt: Receipt,
    /// The key that it says it was signed with: `sm2:` and the point.
    pub public_key: String,
    /// `sm2:` and the signature of the canonical form (GB/T 32918, the signer called 1234567812345678).
    pub signature: String,
}

/// What a receipt is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds and the file is the one it names.
    Valid,
    /// It holds, and the file is another or was changed.
    FileDiffers,
    /// It was changed, or was never signed by the key it names.
    SignatureWrong,
    /// It was signed with another key than the one given.
    OtherKey,
}

/// What was found of a receipt.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// Digest of the public key that its holder has from the office; none when he has none.
    pub key_given: Option<&'a str>,
    /// Digest of the public key that stands in it; none when that is no key.
    pub key_within: Option<&'a str>,
    /// The key that stands in it made the signature of its canonical form.
    pub is_signed: bool,
    /// Digest of the file beside it, where there is one.
    pub file: Option<&'a str>,
}

impl Receipt {
    /// The bytes that are signed.
    ///
    /// # Errors
    /// None that is known: what a receipt holds can be written.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        let mut text = String::new();
        write_sorted(&serde_json::to_value(self)?, &mut text);
        Ok(text)
    }
}

impl SignedReceipt {
    /// A receipt read from a text; none when it is no receipt of this sort.
    pub fn read(text: &str) -> Option<Self> {
        let signed: Self = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        (signed.receipt.format == FORMAT).then_some(signed)
    }
}

impl Verdict {
    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::FileDiffers => "file_differs",
            Self::SignatureWrong => "signature_wrong",
            Self::OtherKey => "other_key",
        }
    }

    /// Whether what the receipt says was said by whoever holds its key.
    pub fn holds(self) -> bool {
        matches!(self, Self::Valid | Self::FileDiffers)
    }
}

/// What a receipt is worth by what was found. Of several reasons against it the first is told: nothing it says counts before
/// its key and its signature do.
pub fn judge(receipt: &Receipt, found: Found<'_>) -> Verdict {
    if found.key_given.is_some_and(|given| given != receipt.key) {
        return Verdict::OtherKey;
    }
    if !found.is_signed || found.key_within != Some(receipt.key.as_str()) {
        return Verdict::SignatureWrong;
    }
    match receipt.file.as_ref().map(|file| file.digest.as_str()) == found.file {
        true => Verdict::Valid,
        false => Verdict::FileDiffers,
    }
}

/// An instant as receipts write it.
pub fn instant_text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Members in the order of their names, which are plain letters, nothing between them.
pub(crate) fn write_sorted(value: &Json, text: &mut String) {
    match value {
        Json::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            text.push('{');
            for (at, name) in names.into_iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                text.push_str(&Json::from(name.as_str()).to_string());
                text.push(':');
                write_sorted(&members[name], text);
            }
            text.push('}');
        }
        Json::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                write_sorted(item, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        let named = |key: &str, name: &str| Named { key: key.to_owned(), name: name.to_owned() };
        let at = DateTime::from_timestamp(1_775_318_400, 0).unwrap();
        Receipt {
            format: FORMAT.to_owned(),
            upload: "u1".to_owned(),
            region: "652323".to_owned(),
            unit: named("finance", "财政局"),
            file: Some(NamedFile { name: "一 \"季\"\n.csv".to_owned(), digest: "sm3:aa".to_owned() }),
            sets: vec![ReceiptSet {
                batch: "b1".to_owned(),
                item: named("fiscal_subsidy", "财政补贴"),
                kind: named("payment", "发放"),
                period: "2025".to_owned(),
                mode: "unsaid".to_owned(),
                template_version: 1,
                rows: 2,
                effect: Some(ReceiptEffect { new: 2, changed: 0, unchanged: 0, revoked: 0, ended: 0 }),
                main: Some("sm3:bb".to_owned()),
                personal: None,
            }],
            warnings: 0,
            accepted_at: instant_text(at),
            accepted_on: crate::time::day_of(at),
            program: "gongzhi 0.1.0".to_owned(),
            key: "sm3:kk".to_owned(),
        }
    }

    #[test]
    fn the_canonical_form_is_sorted_bare_and_the_same_however_a_receipt_was_set_out() {
        let canonical = receipt().canonical().unwrap();
        let beginning = "{\"accepted_at\":\"2026-04-04T16:00:00.000000Z\",\"accepted_on\":\"2026-04-05\",\"file\":\
                         {\"digest\":\"sm3:aa\",\"name\":\"一 \\\"季\\\"\\n.csv\"},\"format\":\"gongzhi receipt 1\",";
        assert!(canonical.starts_with(beginning), "{canonical}");
        assert!(canonical.contains("\"effect\":{\"changed\":0,\"ended\":0,\"new\":2,\"revoked\":0,\"unchanged\":0}"));
        assert!(canonical.contains("\"personal\":null,\"rows\":2,"), "{canonical}");
        let again: Receipt = serde_json::from_str(&serde_json::to_string_pretty(&receipt()).unwrap()).unwrap();
        assert_eq!(again.canonical().unwrap(), canonical);
        assert_eq!(serde_json::from_str::<Receipt>(&canonical).unwrap(), receipt());
    }

    #[test]
    fn what_holds_a_member_twice_or_one_nobody_reads_is_no_receipt() {
        let signed = |receipt: &str| format!("{{\"receipt\":{receipt},\"public_key\":\"k\",\"signature\":\"s\"}}");
        let canonical = receipt().canonical().unwrap();
        assert!(SignedReceipt::read(&format!("\u{feff}{}", signed(&canonical))).is_some());
        for (from, to) in [
            ("{\"accepted_at\"", "{\"unread\":1,\"accepted_at\""),
            ("{\"accepted_at\"", "{\"upload\":\"u2\",\"accepted_at\""),
            ("receipt 1", "receipt 2"),
            ("\"rows\":2", "\"rows\":2.5"),
        ] {
            let spoilt = canonical.replacen(from, to, 1);
            assert_ne!(spoilt, canonical);
            assert_eq!(SignedReceipt::read(&signed(&spoilt)), None, "{to}");
        }
    }

    #[test]
    fn a_receipt_is_worth_nothing_before_its_key_and_its_signature_hold() {
        let receipt = receipt();
        let good = Found { key_given: None, key_within: Some("sm3:kk"), is_signed: true, file: Some("sm3:aa") };
        let other = Some("sm3:other");
        for (found, verdict) in [
            (good, Verdict::Valid),
            (Found { key_given: Some("sm3:kk"), ..good }, Verdict::Valid),
            (Found { file: other, ..good }, Verdict::FileDiffers),
            (Found { file: None, ..good }, Verdict::FileDiffers),
            (Found { is_signed: false, ..good }, Verdict::SignatureWrong),
            (Found { key_within: other, ..good }, Verdict::SignatureWrong),
            (Found { key_within: None, ..good }, Verdict::SignatureWrong),
            (Found { key_given: other, is_signed: false, file: other, ..good }, Verdict::OtherKey),
        ] {
            assert_eq!(judge(&receipt, found), verdict, "{found:?}");
        }
        let nil = Receipt { file: None, ..receipt };
        assert_eq!(judge(&nil, Found { file: None, ..good }), Verdict::Valid);
        assert_eq!(judge(&nil, good), Verdict::FileDiffers);
    }
}
