//! Taking in files: load what is known, decide by the rules, save the upload with its batches in one transaction.
//!
//! An upload is begun in the control store with every key it may write before anything stands in its place, and its
//! batches are visible only once it is accepted there. Killed in between, nothing is half visible, and the same file
//! handed in again goes on with the same upload.

use std::path::PathBuf;
use std::sync::Arc;

use gongzhi_core::access::Actor;
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::{Language, Message, Translator};
use gongzhi_core::problems::ActError;
use gongzhi_core::time::day_of;
use gongzhi_engine::annotate::{Annotation, annotate, annotate_open, annotated_name};

pub use super::desk::IntakeDesk;
pub use super::order::{FileAtHand, IntakeOrder};
use super::profile;
use super::spooling;
pub use super::taken_in::TakenIn;
use crate::acts::{doctor, exchange};
use crate::app::App;

/// Makes a home ready to take files in: what programs that were killed left is cleared, and the key of receipts shown.
///
/// # Errors
/// The store or the disk.
pub async fn prepare(app: &App, actor: &Actor) -> Result<(), ActError> {
    let keys = Arc::clone(&app.keys);
    app.block(move |app, _| {
        gongzhi_engine::clear_unfinished(&app.settings.data);
        spooling::clear_left(&app.settings.data, app.clock.now());
        keys.clear_unfinished();
        Ok(keys.show_public_key()?)
    })
    .await?;
    doctor::clear_over(app, actor, app.clock.now()).await?;
    // Of a program that was killed between an acceptance and its hand-over.
    exchange::hand_over(&app.store, actor, app.clock.now()).await?;
    Ok(())
}

/// Takes a file in.
///
/// # Errors
/// Not the file's: the store or the disk.
pub async fn take(
    app: &App,
    actor: &Actor,
    (path, name, order): (PathBuf, String, IntakeOrder),
) -> Result<TakenIn, ActError> {
    let actor = actor.clone();
    app.block(move |app, waiter| IntakeDesk::open(app, waiter, &actor)?.take(&FileAtHand::new(&path, &name), &order))
        .await
}

/// Takes in a nil declaration that has no file.
///
/// # Errors
/// The store's.
pub async fn take_nil(app: &App, actor: &Actor, order: IntakeOrder) -> Result<TakenIn, ActError> {
    let actor = actor.clone();
    app.block(move |app, waiter| IntakeDesk::open(app, waiter, &actor)?.take_nil(&order)).await
}

/// Layout profiles of the home that can't be read and are therefore not used: which, why, and how to mend it.
pub fn list_unread_profiles(app: &App) -> Vec<Message> {
    profile::read_profiles(&app.profiles_home).1
}

/// Marks the issues in a copy of the clerk's workbook, in a language. None when there is nothing to mark, or nothing to mark
/// it in.
///
/// # Errors
/// The copy can't be written.
pub async fn mark(
    app: &App,
    (path, taken): (PathBuf, &TakenIn),
    (folder, language): (PathBuf, Language),
) -> Result<Option<PathBuf>, ActError> {
    let (report, source) = (taken.report.clone(), taken.source.clone());
    let is_unreadable = report.issues.iter().any(|issue| issue.rule == "unreadable");
    if report.issues.is_empty() || is_unreadable {
        return Ok(None);
    }
    app.block(move |app, _| {
        let catalog = app.catalog()?;
        let header = |issue: &Issue| {
            let sheet = report.sheets.iter().find(|sheet| sheet.sheet == issue.sheet);
            let kind = sheet.and_then(|sheet| catalog.find_kind(&format!("{}.{}", sheet.item, sheet.kind)));
            let column = kind.and_then(|(_, kind)| kind.find_column(issue.column.as_deref()?));
            column.map(|column| column.name.zh.clone()).unwrap_or_default()
        };
        let (speech, made) = (Translator::new(language), day_of(app.clock.now()));
        let annotation = Annotation { issues: &report.issues, column_name: &header, translator: &speech, made };
        let out = folder.join(annotated_name(&path));
        match &source {
            Some(source) => annotate_open(source, &app.workers, &annotation, &out)?,
            None => annotate(&path, &app.workers, &annotation, &out)?,
        };
        Ok(Some(out))
    })
    .await
}
