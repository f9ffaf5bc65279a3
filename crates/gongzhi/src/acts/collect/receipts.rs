//! Receipts: signed when an upload is accepted and kept with it, written for the unit when they are asked for, checked by
//! whoever holds one without a home folder and without a network.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use gongzhi_core::access::Actor;
use gongzhi_core::catalog::{Catalog, Severity};
use gongzhi_core::intake::mask::shown;
use gongzhi_core::messages::Message;
use gongzhi_core::problems::{ActError, OfFile as _};
use gongzhi_core::receipts::{
    FORMAT, Found, Named, NamedFile, Receipt, ReceiptEffect, ReceiptSet, SignedReceipt, Verdict, instant_text, judge,
};
use gongzhi_core::time::day_of;
use gongzhi_engine::intake::{IntakeBatch, IntakeReport};
use gongzhi_engine::keys::{Keys, digest_reader, key_id, verify};
use gongzhi_engine::pending::write_whole;
use gongzhi_store::collect::uploads::UploadStatus;

use crate::app::App;

/// Under which name a receipt stands among the facts of its upload.
pub const FACT: &str = "receipt";

/// Most signs of a file's name in the name of its receipt.
const NAME_SIGNS: usize = 60;

/// An upload that is accepted.
pub struct Accepted<'a> {
    /// Its id.
    pub upload: &'a str,
    /// Digest of the file; none of a nil report without one.
    pub digest: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The receipt of an upload, signed.
///
/// # Errors
/// None that is known.
pub fn sign(
    keys: &Keys,
    catalog: &Catalog,
    report: &IntakeReport,
    accepted: &Accepted<'_>,
) -> Result<SignedReceipt, serde_json::Error> {
    let warnings = report.issues.iter().filter(|issue| issue.severity == Severity::Warning).count() as u64;
    let unit = report.unit.clone().unwrap_or_default();
    let name = catalog.units.get(&unit).map(|unit| unit.name.zh.clone()).unwrap_or_default();
    let public_key = keys.public_key();
    let receipt = Receipt {
        format: FORMAT.to_owned(),
        upload: accepted.upload.to_owned(),
        region: region_of(catalog, report),
        unit: Named { key: unit, name },
        file: accepted.digest.map(|digest| NamedFile { name: name_of(&report.file), digest: digest.to_owned() }),
        sets: report.batches.iter().map(|batch| set_of(catalog, batch)).collect(),
        // What an accepted file has too many of to be listed are warnings.
        warnings: warnings + report.unlisted_issues,
        accepted_at: instant_text(accepted.at),
        accepted_on: day_of(accepted.at),
        program: concat!("gongzhi ", env!("CARGO_PKG_VERSION")).to_owned(),
        key: key_id(&public_key).unwrap_or_default(),
    };
    let signature = keys.sign(receipt.canonical()?.as_bytes());
    Ok(SignedReceipt { receipt, public_key, signature })
}

/// The region of a report's unit, six digits.
pub fn region_of(catalog: &Catalog, report: &IntakeReport) -> String {
    let unit = report.unit.as_deref().and_then(|unit| catalog.units.get(unit));
    let region = unit.map(|unit| unit.region.as_str()).unwrap_or_default();
    region.get(..6).unwrap_or(region).to_owned()
}

fn set_of(catalog: &Catalog, batch: &IntakeBatch) -> ReceiptSet {
    let found = catalog.find_kind(&format!("{}.{}", batch.item, batch.kind));
    let names = found.map(|(item, kind)| (item.name.zh.clone(), kind.name.zh.clone())).unwrap_or_default();
    let files = batch.files.as_ref();
    let effect = batch.effect.as_ref().map(|told| &told.effect);
    ReceiptSet {
        batch: batch.id.clone(),
        item: Named { key: batch.item.clone(), name: names.0 },
        kind: Named { key: batch.kind.clone(), name: names.1 },
        period: batch.period.to_string(),
        mode: batch.mode.key().to_owned(),
        template_version: batch.template_version,
        rows: batch.rows,
        effect: effect.map(|effect| ReceiptEffect {
            new: effect.added,
            changed: effect.changed,
            unchanged: effect.unchanged,
            revoked: effect.revoked,
            ended: effect.ended,
        }),
        main: files.map(|files| files.main.digest.clone()),
        personal: files.and_then(|files| Some(files.personal.as_ref()?.digest.clone())),
    }
}

/// The last part of a path, persons' numbers in it masked.
fn name_of(path: &str) -> String {
    shown(path.rsplit('/').next().unwrap_or_default()).into_owned()
}

/// Writes the receipt of an upload into a folder, the same bytes however often; none when the upload was not
/// accepted, or was by a program that signed none.
///
/// # Errors
/// The store or the disk.
pub async fn write(app: &App, actor: &Actor, (upload, folder): (&str, &Path)) -> Result<Option<PathBuf>, ActError> {
    let found = app.store.get_upload(&actor.scope, upload).await?;
    let accepted = found.filter(|upload| upload.status == UploadStatus::Accepted);
    let Some(kept) = accepted.and_then(|upload| upload.facts.get(FACT).cloned()) else { return Ok(None) };
    let signed: SignedReceipt = serde_json::from_value(kept)?;
    let path = folder.join(file_name(&signed.receipt));
    let text = serde_json::to_string_pretty(&signed)? + "\n";
    let place = path.clone();
    app.block(move |_, _| write_whole(&place, text.as_bytes()).of_file(&place)).await?;
    Ok(Some(path))
}

/// `<name of the file>_回执_<end of the upload's id>.json`: two files of one name have two receipts.
fn file_name(receipt: &Receipt) -> String {
    let item = receipt.sets.first().map(|set| set.item.name.as_str()).unwrap_or_default();
    let stem = receipt.file.as_ref().and_then(|file| Path::new(&file.name).file_stem()?.to_str()).unwrap_or(item);
    // No system takes an asterisk in a name.
    let stem: String = stem.chars().take(NAME_SIGNS).map(|sign| if sign == '*' { 'x' } else { sign }).collect();
    let end = receipt.upload.get(receipt.upload.len().saturating_sub(8)..).unwrap_or_default();
    format!("{stem}_回执_{end}.json")
}

/// A receipt, checked.
pub struct Checked {
    /// What it says; of one that does not hold nothing is to be shown.
    pub receipt: Receipt,
    /// What it is worth.
    pub verdict: Verdict,
    /// Whether the key it was checked with was given, and did not only stand in it.
    pub is_signer_known: bool,
}

/// Checks a receipt, and the file it is of, with the key that the office gave out; without one, with the key that stands in
/// the receipt.
///
/// # Errors
/// One of the files can't be read, or is not what it should be; the receipt is of a file and none is given.
pub fn check(path: &Path, file: Option<&Path>, key: Option<&Path>) -> Result<Checked, ActError> {
    let told = |key: &'static str, path: &Path| Message::new(key).with("path", shown(&path.display().to_string()));
    let failed = |message: Message| ActError::not_understood(message);
    let unread = |path: &Path, reason: io::Error| failed(told("receipt-file-unread", path).with("reason", reason));
    let read = |path: &Path| fs::read(path).map_err(|reason| unread(path, reason));
    let signed = String::from_utf8(read(path)?).ok().and_then(|text| SignedReceipt::read(&text));
    let signed = signed.ok_or_else(|| failed(told("receipt-unreadable", path)))?;
    let SignedReceipt { receipt, public_key, signature } = signed;
    let key_of = |path: &Path| {
        let id = String::from_utf8(read(path)?).ok().and_then(|text| key_id(&text));
        id.ok_or_else(|| failed(told("receipt-no-key", path)))
    };
    let given = key.map(key_of).transpose()?;
    if file.is_none() && receipt.file.is_some() {
        return Err(failed(Message::new("receipt-file-wanted")));
    }
    let digest_of = |path: &Path| File::open(path).and_then(digest_reader).map_err(|reason| unread(path, reason));
    let (digest, within) = (file.map(digest_of).transpose()?, key_id(&public_key));
    let found = Found {
        key_given: given.as_deref(),
        key_within: within.as_deref(),
        is_signed: verify(&public_key, receipt.canonical()?.as_bytes(), &signature),
        file: digest.as_deref(),
    };
    Ok(Checked { verdict: judge(&receipt, found), receipt, is_signer_known: given.is_some() })
}
