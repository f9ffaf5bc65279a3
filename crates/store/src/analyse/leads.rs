//! Leads as they stand, and what runs said of them. Whoever may see only some units sees none: a lead rests on rows of
//! several, and of the tax side.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use gongzhi_core::access::{Scope, Units};
use gongzhi_core::leads::{Confidence, LeadAmounts, LeadIdentity, LeadRow, LeadState, Side, Sighted};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use crate::entities::{lead, lead_row, lead_sighting};
use crate::store::{Store, StoreError, in_scope, instant};

/// A lead as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLead {
    /// Its id.
    pub id: String,
    /// The number by which people refer to it.
    pub number: String,
    /// What makes it the same.
    pub identity: LeadIdentity,
    /// Where it stands.
    pub state: LeadState,
    /// Since when.
    pub state_since: DateTime<Utc>,
}

/// What a run says of a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// The run.
    pub run: i64,
    /// Whether it found it, and if not, why.
    pub sighted: Sighted,
    /// Id of the lead that stands in its stead, of one that moved.
    pub moved_to: Option<String>,
    /// Rank among the leads of its model, from 1; none: not found.
    pub rank: Option<u64>,
    /// How sure the identity is; none: not found.
    pub confidence: Option<Confidence>,
    /// Amounts in fen.
    pub amounts: LeadAmounts,
    /// What else an officer is shown, by name; null: not found.
    pub told: serde_json::Value,
    /// The rows it rests on, in order.
    pub rows: Vec<LeadRow>,
}

impl Store {
    /// What a run says of leads, each with the lead as it stands now: by model, those it found by rank, then those it found
    /// no more. Of a run outside the scope, or none, nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_sightings(&self, scope: &Scope, run: i64) -> Result<Vec<(KeptLead, Sighting)>, StoreError> {
        let snapshot = self.begin_to_read().await?;
        let found = lead_sighting::Entity::find()
            .find_also_related(lead::Entity)
            .filter(visible(scope))
            .filter(lead_sighting::Column::Run.eq(run))
            .all(&snapshot)
            .await?;
        let rows = match found.as_slice() {
            [] => Vec::new(),
            _ => lead_row::Entity::find().filter(lead_row::Column::Run.eq(run)).all(&snapshot).await?,
        };
        snapshot.commit().await?;
        let mut rows = sort_rows(rows)?;
        let mut listed = Vec::with_capacity(found.len());
        for (sighting, lead) in found {
            let Some(lead) = lead else { continue };
            let rows = rows.remove(&(lead.id.clone(), run)).unwrap_or_default();
            listed.push((read_lead(lead)?, read_sighting(sighting, rows)?));
        }
        listed.sort_by(|(a, of_a), (b, of_b)| {
            (&a.identity.model, of_a.rank.is_none(), of_a.rank, &a.identity).cmp(&(
                &b.identity.model,
                of_b.rank.is_none(),
                of_b.rank,
                &b.identity,
            ))
        });
        Ok(listed)
    }

    /// The lead of a number, when the scope has it, with what every run said of it, the first run first.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_lead(
        &self,
        scope: &Scope,
        number: &str,
    ) -> Result<Option<(KeptLead, Vec<Sighting>)>, StoreError> {
        let snapshot = self.begin_to_read().await?;
        let found =
            lead::Entity::find().filter(visible(scope)).filter(lead::Column::Number.eq(number)).one(&snapshot).await?;
        let Some(lead) = found else { return Ok(None) };
        let said = lead_sighting::Entity::find()
            .filter(lead_sighting::Column::Lead.eq(&lead.id))
            .order_by_asc(lead_sighting::Column::Run)
            .all(&snapshot)
            .await?;
        let rows = lead_row::Entity::find().filter(lead_row::Column::Lead.eq(&lead.id)).all(&snapshot).await?;
        snapshot.commit().await?;
        let mut rows = sort_rows(rows)?;
        let sightings = said.into_iter().map(|sighting| {
            let rows = rows.remove(&(sighting.lead.clone(), sighting.run)).unwrap_or_default();
            read_sighting(sighting, rows)
        });
        let sightings = sightings.collect::<Result<_, _>>()?;
        Ok(Some((read_lead(lead)?, sightings)))
    }
}

fn visible(scope: &Scope) -> Condition {
    let of_region = in_scope(scope, lead::Column::Region, None::<lead::Column>);
    match scope.of_units() {
        Units::All => of_region,
        Units::Of(_) => of_region.add(lead::Column::Id.is_null()),
    }
}

/// Rows by lead and run, in order.
pub(crate) fn sort_rows(rows: Vec<lead_row::Model>) -> Result<BTreeMap<(String, i64), Vec<LeadRow>>, StoreError> {
    let mut sorted: BTreeMap<(String, i64), Vec<LeadRow>> = BTreeMap::new();
    for row in rows {
        let side = Side::read(&row.side).map_err(|_| wrong("lead_rows.side", &row.side))?;
        let kept = LeadRow { side, batch: row.batch, row: row.batch_row.cast_unsigned() };
        sorted.entry((row.lead, row.run)).or_default().push(kept);
    }
    sorted.values_mut().for_each(|rows| rows.sort());
    Ok(sorted)
}

pub(crate) fn identity_of(model: &lead::Model) -> LeadIdentity {
    LeadIdentity {
        region: model.region.clone(),
        model: model.model.clone(),
        taxpayer: model.taxpayer.clone(),
        period: model.period.clone(),
        finding: model.finding.clone(),
    }
}

pub(crate) fn state_of(model: &lead::Model) -> Result<LeadState, StoreError> {
    LeadState::read(&model.state).map_err(|_| wrong("leads.state", &model.state))
}

fn read_lead(model: lead::Model) -> Result<KeptLead, StoreError> {
    Ok(KeptLead {
        identity: identity_of(&model),
        state: state_of(&model)?,
        state_since: instant(model.state_since),
        id: model.id,
        number: model.number,
    })
}

fn read_sighting(model: lead_sighting::Model, rows: Vec<LeadRow>) -> Result<Sighting, StoreError> {
    let confidence = |text: &str| Confidence::find(text).ok_or_else(|| wrong("lead_sightings.confidence", text));
    let told = model.told.as_deref().map_or(Ok(serde_json::Value::Null), serde_json::from_str);
    Ok(Sighting {
        run: model.run,
        sighted: Sighted::read(&model.sighted).map_err(|_| wrong("lead_sightings.sighted", &model.sighted))?,
        moved_to: model.moved_to,
        rank: model.rank.map(i64::cast_unsigned),
        confidence: model.confidence.as_deref().map(confidence).transpose()?,
        amounts: LeadAmounts {
            due_low: model.due_low,
            due_high: model.due_high,
            paid: model.paid,
            declared: model.declared,
            gap: model.gap,
            late_fee: model.late_fee,
        },
        told: told.map_err(|_| wrong("lead_sightings.told", &model.lead))?,
        rows,
    })
}

fn wrong(column: &'static str, value: &str) -> StoreError {
    StoreError::NotUnderstood { column, value: value.to_owned() }
}
