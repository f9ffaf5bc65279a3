//! What becomes of an upload: begun by one attempt at a time, written, accepted with its batches and its receipt in one
//! transaction, decided beside the sets that stand in its group by then.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use gongzhi_core::catalog::Catalog;
use gongzhi_core::problems::ActError;
use gongzhi_core::state::{Batch, Moment, VisibleBatch, covered_days, find_supplemented};
use gongzhi_engine::AtWork;
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::effects::{SetEffect, list_effects};
use gongzhi_engine::intake::{CheckedFile, IntakeBatch, IntakeReport, Outcome, PackedUpload};
use gongzhi_engine::parts::DataPlace;
use gongzhi_store::StoreError;
use gongzhi_store::collect::batches::GroupSets;
use gongzhi_store::collect::uploads::{Attempt, Begun, NewBatch, NewUpload, UploadStatus};
use gongzhi_store::shared::work::Work;
use serde_json::json;

use super::desk::IntakeDesk;
use super::hand_in::{HandedIn, Mine, Taken};
use super::intake_report::file_report;
use super::receipts::{self, Accepted};
use super::set_effects::{as_visible, group_of, issues_of};
use crate::acts::{doctor, exchange};
use crate::jobs::inline::sealing;

/// How long an attempt holds its upload: from the check to the receipt, of the largest file there may be.
const LEASE: TimeDelta = TimeDelta::minutes(15);

/// How long is waited for another attempt before it is looked at again.
const PAUSE: Duration = Duration::from_millis(50);

impl IntakeDesk {
    /// Writes and accepts what an attempt holds; a blocked or refused file is recorded without batches.
    pub(super) fn save(
        &self,
        checked: CheckedFile<'_>,
        packed: PackedUpload<'_>,
        (mine, is_of_folder): (&Mine, bool),
    ) -> Result<IntakeReport, ActError> {
        let mut report = checked.write()?;
        let digest = packed.digest().to_owned();
        packed.keep()?;
        if report.outcome == Outcome::Accepted {
            self.accept((&mine.attempt, Some(&digest), is_of_folder), &mut report)?;
            return Ok(report);
        }
        let status = if report.outcome == Outcome::Blocked { UploadStatus::Blocked } else { UploadStatus::Refused };
        let facts = json!({ "report": file_report(&report) });
        let end = (&mine.attempt, status, self.now);
        let sealing = sealing(&self.app);
        let rejected = async |work: &mut Work| {
            work.reject_upload(end, &facts).await?;
            work.enqueue(&sealing).await
        };
        self.waiter.wait(self.app.store.change((&self.actor, self.now), rejected))?;
        Ok(report)
    }

    /// Begins the upload. Of several who hand the same in at once one takes it in and the others wait for it; one whose
    /// program is gone is waited for no longer.
    pub(super) fn begin(
        &self,
        (report, given): (&IntakeReport, &HandedIn),
        keys: Vec<String>,
    ) -> Result<Taken, ActError> {
        let data = self.app.settings.data.as_path();
        let at_work = AtWork::begin(data, &given.attempt)?;
        let mut new = NewUpload {
            attempt: given.attempt.clone(),
            keys,
            region: receipts::region_of(&self.catalog, report),
            unit: report.unit.clone().unwrap_or_default(),
            key: given.key.clone(),
            file: report.file.clone(),
            digest: given.digest.clone(),
            is_delivered: given.is_delivered,
            started_at: self.now,
            leased_until: self.now + LEASE,
        };
        let (store, sealing) = (&self.app.store, sealing(&self.app));
        self.waiter.wait(async {
            loop {
                let mut work = store.write(&self.actor, new.started_at).await?;
                match work.begin_upload(&new).await? {
                    Begun::Busy { attempt, .. } if AtWork::is_alive(data, &attempt) => {
                        drop(work);
                        tokio::time::sleep(PAUSE).await;
                        new.started_at += PAUSE;
                        new.leased_until += PAUSE;
                    }
                    Begun::Busy { .. } => {
                        drop(work);
                        doctor::clear_over(&self.app, &self.actor, new.started_at).await?;
                    }
                    Begun::Mine(attempt) => {
                        work.commit().await?;
                        return Ok(Taken::Mine(Mine { attempt, _at_work: at_work }));
                    }
                    Begun::Done(upload) => {
                        work.enqueue(&sealing).await?;
                        work.commit().await?;
                        return Ok(Taken::Before(upload));
                    }
                }
            }
        })
    }

    /// Accepts the upload with its batches and signs its receipt. Whoever takes in one file is told what its sets do; of a
    /// folder that is told once all of it is in.
    pub(super) fn accept(
        &self,
        (attempt, digest, is_of_folder): (&Attempt, Option<&str>, bool),
        report: &mut IntakeReport,
    ) -> Result<(), ActError> {
        loop {
            let mut placed = report.clone();
            let batches = self.place(&mut placed, !is_of_folder)?;
            let accepted = Accepted { upload: &attempt.upload, digest, at: self.now };
            let receipt = receipts::sign(&self.app.keys, &self.catalog, &placed, &accepted)?;
            let facts = json!({ "report": file_report(&placed), (receipts::FACT): receipt });
            let sealing = sealing(&self.app);
            let accept = async |work: &mut Work| {
                work.accept_upload((attempt, self.now), &batches, &facts).await?;
                work.enqueue(&sealing).await
            };
            match self.waiter.wait(self.app.store.change((&self.actor, self.now), accept)) {
                // What it corrects and does is decided anew beside the set that came in between.
                Err(StoreError::Overtaken) => {}
                accepted => {
                    *report = placed;
                    tracing::info!(upload = attempt.upload, batches = batches.len(), "an upload was accepted");
                    accepted?;
                    // A folder is handed over by its run, once all of it is in and in its order.
                    if !is_of_folder {
                        self.waiter.wait(exchange::hand_over(&self.app.store, &self.actor, self.now))?;
                    }
                    return Ok(());
                }
            }
        }
    }

    /// The batches of a report beside what stands before them: which they supplement, and where it is asked for what they
    /// do.
    pub(super) fn place(&self, report: &mut IntakeReport, tells_effects: bool) -> Result<Vec<NewBatch>, ActError> {
        let mut batches: Vec<NewBatch> = new_batches(&self.catalog, report);
        let mut issues = Vec::new();
        for (new, batch) in batches.iter_mut().zip(&mut report.batches) {
            let group = group_of(batch);
            let before = self.app.store.list_group(&self.actor.scope, &group);
            let GroupSets { mut sets, last } = self.waiter.wait(before)?;
            let latest = sets.iter().map(|one| one.batch.accepted_at).max();
            let own = as_visible(new, batch, latest.map_or(self.now, |latest| latest.max(self.now)));
            let known: Vec<Batch> = sets.iter().map(|one| one.batch.clone()).collect();
            new.after = last;
            new.supplement_of = find_supplemented(&known, &own.batch).map(|earlier| earlier.id.clone());
            batch.is_supplement = new.supplement_of.is_some();
            if tells_effects {
                sets.push(own);
                batch.effect = self.effect_of(sets, &new.id)?;
                let told = batch.effect.as_ref().map(|effect| issues_of(&self.catalog, batch, effect));
                issues.extend(told.into_iter().flatten());
            }
        }
        report.issues.extend(issues);
        Ok(batches)
    }

    /// What the set with this id does among the sets of its group.
    fn effect_of(&self, sets: Vec<VisibleBatch>, id: &str) -> Result<Option<SetEffect>, BatchError> {
        let Some(own) = sets.iter().find(|one| one.batch.id == id) else { return Ok(None) };
        let kind = format!("{}.{}", own.batch.item, own.batch.kind);
        let Some(kind) = self.catalog.find_kind(&kind) else { return Ok(None) };
        let place = DataPlace { folder: &self.app.settings.data, keys: &self.app.keys };
        Ok(list_effects(place, (&sets, everything()), kind, |batch| batch.id == id)?.remove(id))
    }
}

/// The rows of the control store for the batches of a report.
pub fn new_batches(catalog: &Catalog, report: &IntakeReport) -> Vec<NewBatch> {
    let new = |batch: &IntakeBatch| {
        let (item, kind) = catalog.find_kind(&format!("{}.{}", batch.item, batch.kind))?;
        let (covers_from, covers_to) = covered_days(batch.period, false);
        let part = |part: &gongzhi_engine::batch::FilePart| (part.key.clone(), part.digest.clone());
        let files = batch.files.as_ref();
        Some(NewBatch {
            id: batch.id.clone(),
            lineage: batch.unit.clone(),
            item: batch.item.clone(),
            kind: batch.kind.clone(),
            mark: kind.mark,
            item_mode: item.mode,
            period: batch.period,
            covers_from,
            covers_to,
            mode: batch.mode,
            template_version: batch.template_version,
            supplement_of: None,
            after: None,
            main: files.map(|files| part(&files.main)),
            personal: files.and_then(|files| files.personal.as_ref().map(part)),
            rows: batch.rows,
            sheets: files.map(|files| files.headers.clone()).unwrap_or_default(),
        })
    };
    report.batches.iter().filter_map(new).collect()
}

/// Everything accepted so far.
fn everything() -> Moment {
    Moment { as_of: DateTime::<Utc>::MAX_UTC, period: None }
}
