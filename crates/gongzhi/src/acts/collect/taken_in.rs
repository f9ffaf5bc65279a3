//! What became of a file that was taken in.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use gongzhi_core::intake::mapping::{FOREIGN_SHEET, UNKNOWN_COLUMN};
use gongzhi_core::intake::{LayoutProfile, Refusal};
use gongzhi_core::issues::Issue;
use gongzhi_core::messages::Message;
use gongzhi_engine::intake::IntakeReport;
use gongzhi_engine::read::OpenFile;
use gongzhi_store::collect::uploads::Upload;

/// What became of a file.
#[derive(Debug, Clone)]
pub struct TakenIn {
    /// What was found.
    pub report: IntakeReport,
    /// What was read, for who marks it; none of what was refused unread.
    pub source: Option<Arc<OpenFile>>,
    /// The same file was accepted before, then.
    pub received_before: Option<DateTime<Utc>>,
    /// Id of its upload; none of what became no upload.
    pub upload: Option<String>,
    /// The receipt that was asked for.
    pub receipt: Option<PathBuf>,
    /// Layout profiles that were written for a person to complete.
    pub proposals: Vec<PathBuf>,
    /// The workbook in which the issues are marked.
    pub annotated: Option<PathBuf>,
}

impl TakenIn {
    pub(super) fn of(report: IntakeReport) -> Self {
        Self {
            report,
            source: None,
            received_before: None,
            upload: None,
            receipt: None,
            proposals: Vec::new(),
            annotated: None,
        }
    }

    pub(super) fn before(report: IntakeReport, upload: Upload) -> Self {
        Self { received_before: upload.ended_at, upload: Some(upload.id), ..Self::of(report) }
    }
}

/// An issue about a column nobody knows says where the profile lies in which a person can say what it is.
pub(super) fn point_to_proposal(issues: &mut [Issue], proposal: &LayoutProfile, path: &str) {
    let of_proposal = |issue: &&mut Issue| {
        issue.rule == FOREIGN_SHEET
            || issue.rule == UNKNOWN_COLUMN && proposal.headers.iter().any(|known| known.header == issue.value)
    };
    for issue in issues.iter_mut().filter(of_proposal) {
        let key = issue.mend.key.strip_suffix("-mend").map(|key| format!("{key}-proposed-mend"));
        if let Some(key) = key.filter(|_| !issue.mend.key.ends_with("-proposed-mend")) {
            let mend = Message { key: key.into(), values: std::mem::take(&mut issue.mend.values) };
            issue.mend = mend.with("path", path);
        }
    }
}

pub(super) fn refused(name: &str, refusal: Refusal) -> IntakeReport {
    IntakeReport { file: name.to_owned(), issues: vec![refusal.into_issue()], ..IntakeReport::default() }
}

/// Whose sheet it is and of which period: the same list may come again for the next.
pub(super) fn told_of(report: &IntakeReport) -> String {
    let period = report.period.map(|period| period.to_string());
    [report.unit.clone(), period].map(Option::unwrap_or_default).join(" ")
}
