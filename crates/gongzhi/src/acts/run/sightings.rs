//! What a run says of leads is kept in the store before any file of the run names them: a lead has its number from there,
//! the same in every later run, and the files are a view of what was kept.

use gongzhi_core::leads::{FoundLead, LeadNumbers, ModelLook};
use gongzhi_engine::model_run::ModelReport;
use gongzhi_store::StoreError;

use super::comparing::Compared;
use super::order::RunOrder;
use super::outputs::rank;
use super::record::RunRecord;

/// Keeps what the models found and what they could not compare, and gives the leads found their numbers.
///
/// # Errors
/// The store's; nothing was kept then.
pub async fn record(record: &RunRecord, order: &RunOrder, compared: &mut Compared) -> Result<(), StoreError> {
    let region = compared.region.clone();
    let looks: Vec<ModelLook> = compared.reports.iter_mut().map(|report| look_of(report, (&region, record))).collect();
    let numbers = record.sightings(order.as_of, &looks).await?;
    compared.numbers = LeadNumbers::new(region, numbers);
    Ok(())
}

fn look_of(report: &mut ModelReport, (region, record): (&str, &RunRecord)) -> ModelLook {
    let mut found = Vec::with_capacity(report.leads.len());
    for (rank, lead) in rank(&report.leads) {
        match FoundLead::of((region, lead), rank, record.new_id()) {
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
