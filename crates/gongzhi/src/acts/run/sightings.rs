//! What a run says of leads is kept in the store before any file of the run names them: a lead has its number from there,
//! the same in every later run, and the files are a view of what was kept.

use std::collections::BTreeMap;

use gongzhi_core::leads::{FoundLead, Lead, LeadIdentity, ModelLook};
use gongzhi_engine::model_run::ModelReport;
use gongzhi_store::StoreError;

use super::RunOrder;
use super::comparing::Compared;
use super::outputs::rank;
use super::record::RunRecord;
use crate::acts::collect::intake::new_id;

/// The numbers by which people refer to the leads of a run.
#[derive(Debug, Default)]
pub struct LeadNumbers {
    region: String,
    numbers: BTreeMap<LeadIdentity, String>,
}

impl LeadNumbers {
    /// The number of a lead; none where an amount of it is too large for it to be kept.
    pub fn find(&self, lead: &Lead) -> Option<&str> {
        self.numbers.get(&LeadIdentity::of(&self.region, lead)).map(String::as_str)
    }
}

/// Keeps what the models found and what they could not compare, and gives the leads found their numbers.
///
/// # Errors
/// The store's; nothing was kept then.
pub async fn record(record: &RunRecord, order: &RunOrder, compared: &mut Compared) -> Result<(), StoreError> {
    let region = compared.region.clone();
    let looks: Vec<ModelLook> = compared.reports.iter_mut().map(|report| look_of(report, (&region, order))).collect();
    let numbers = record.sightings(order.as_of, &looks).await?;
    compared.numbers = LeadNumbers { region, numbers };
    Ok(())
}

fn look_of(report: &mut ModelReport, (region, order): (&str, &RunOrder)) -> ModelLook {
    let mut found = Vec::with_capacity(report.leads.len());
    for (rank, lead) in rank(&report.leads) {
        match FoundLead::of((region, lead), rank, new_id(order.now)) {
            Ok(lead) => found.push(lead),
            Err(_) => tracing::warn!(model = report.model, "a lead with an amount too large is not kept"),
        }
    }
    ModelLook {
        model: report.model.clone(),
        has_stopped: report.stopped.is_some(),
        found,
        // Nobody asks for them after this.
        not_compared: std::mem::take(&mut report.not_compared),
    }
}
