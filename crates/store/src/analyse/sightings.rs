//! Recording what a run says of leads: those it found, new or known, and those there were that it did not find.
//!
//! All of a run is one transaction. What the run says is laid beside what the store has of it: only what differs is
//! written, so that a run recorded again, after it was broken off or run a second time, changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};
use gongzhi_core::ids::{NumberKind, shown_number};
use gongzhi_core::leads::{FoundLead, LeadIdentity, LeadRow, LeadState, LookIndex, ModelLook, Sighted};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::analyse::leads::{identity_of, sort_rows, state_of};
use crate::entities::{lead, lead_row, lead_sighting};
use crate::shared::numbers;
use crate::shared::work::Work;
use crate::store::{StoreError, micros};

/// Leads, or sightings, a statement: far below the values that SQLite and PostgreSQL take in one.
const LEADS_AT_ONCE: usize = 1_000;
/// Rows a statement.
const ROWS_AT_ONCE: usize = 4_000;

/// Of which run it is, from which day that looks, and when it is recorded.
#[derive(Clone, Copy)]
struct Recorded {
    run: i64,
    as_of: NaiveDate,
    now: i64,
}

/// A sighting with its rows, as they stand in the store.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    sighting: lead_sighting::Model,
    rows: Vec<LeadRow>,
}

impl Work {
    /// Records what a run that looks from a day says of leads, and gives the number of each lead found. A lead not known
    /// yet gets the next number of the region and year; one found again keeps its own; what the models that are named
    /// here do not find any more is told apart from what they could not compare.
    ///
    /// # Errors
    /// The run is not in the scope, or a lead is of another region than it; the database's.
    pub async fn record_sightings(
        &mut self,
        (run, as_of): (i64, NaiveDate),
        looks: &[ModelLook],
    ) -> Result<BTreeMap<LeadIdentity, String>, StoreError> {
        let region = self.get_run(run).await?.region;
        let transaction = &self.transaction;
        let recorded = Recorded { run, as_of, now: micros(self.now) };
        let mut found: BTreeMap<&LeadIdentity, &FoundLead> = BTreeMap::new();
        for one in looks.iter().flat_map(|look| &look.found) {
            if one.identity.region != region {
                return Err(StoreError::NotThere { what: "region" });
            }
            found.entry(&one.identity).or_insert(one);
        }
        let mut known = list_known(transaction, &region, looks).await?;
        add_new(transaction, (&region, recorded), &mut known, looks).await?;
        let before = list_said(transaction, run).await?;
        let mut said: BTreeMap<String, Said> = BTreeMap::new();
        for (identity, one) in &found {
            if let Some(model) = known.get(*identity) {
                said.insert(model.id.clone(), said_of_found(model, one, run));
            }
        }
        for (id, missing) in say_of_missing(transaction, (&known, &before), (&found, run), looks).await? {
            said.insert(id, missing);
        }
        write(transaction, run, (&before, &said)).await?;
        move_states(transaction, recorded, known.values(), &said).await?;
        let number = |identity: &LeadIdentity| known.get(identity).map(|model| model.number.clone());
        let numbers = found.keys().filter_map(|identity| Some(((*identity).clone(), number(identity)?))).collect();
        self.did("leads.record", format!("run:{run}"), (&region, ""));
        Ok(numbers)
    }
}

/// The leads of a region that these models found at any time.
async fn list_known(
    connection: &impl ConnectionTrait,
    region: &str,
    looks: &[ModelLook],
) -> Result<BTreeMap<LeadIdentity, lead::Model>, StoreError> {
    let models: Vec<String> = looks.iter().map(|look| look.model.clone()).collect();
    let found = lead::Entity::find()
        .filter(lead::Column::Region.eq(region))
        .filter(lead::Column::Model.is_in(models))
        .all(connection)
        .await?;
    Ok(found.into_iter().map(|model| (identity_of(&model), model)).collect())
}

/// Leads that were not known get their numbers in the order in which they are told.
async fn add_new(
    connection: &impl ConnectionTrait,
    (region, recorded): (&str, Recorded),
    known: &mut BTreeMap<LeadIdentity, lead::Model>,
    looks: &[ModelLook],
) -> Result<(), StoreError> {
    let mut seen: BTreeSet<&LeadIdentity> = BTreeSet::new();
    let found = looks.iter().flat_map(|look| &look.found);
    let new: Vec<&FoundLead> =
        found.filter(|one| !known.contains_key(&one.identity) && seen.insert(&one.identity)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let year = recorded.as_of.year();
    let first = numbers::take(connection, (region, year, NumberKind::Lead), new.len()).await?;
    let mut models = Vec::with_capacity(new.len());
    for (number, one) in (first..).zip(new) {
        let identity = one.identity.clone();
        models.push(lead::Model {
            id: one.id.clone(),
            number: shown_number(region, year, NumberKind::Lead, number),
            region: identity.region,
            model: identity.model,
            taxpayer: identity.taxpayer,
            period: identity.period,
            finding: identity.finding,
            state: LeadState::Found.key().to_owned(),
            state_since: recorded.now,
            first_run: recorded.run,
            found_run: recorded.run,
            looked_on: recorded.as_of,
        });
    }
    for some in models.chunks(LEADS_AT_ONCE) {
        let rows = some.iter().map(|model| model.clone().into_active_model());
        lead::Entity::insert_many(rows).exec_without_returning(connection).await?;
    }
    known.extend(models.into_iter().map(|model| (identity_of(&model), model)));
    Ok(())
}

/// What the store has of a run, by lead.
async fn list_said(connection: &impl ConnectionTrait, run: i64) -> Result<BTreeMap<String, Said>, StoreError> {
    let sightings = lead_sighting::Entity::find().filter(lead_sighting::Column::Run.eq(run)).all(connection).await?;
    if sightings.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = lead_row::Entity::find().filter(lead_row::Column::Run.eq(run)).all(connection).await?;
    let mut rows = sort_rows(rows)?;
    let said = sightings.into_iter().map(|sighting| {
        let rows = rows.remove(&(sighting.lead.clone(), run)).unwrap_or_default();
        (sighting.lead.clone(), Said { sighting, rows })
    });
    Ok(said.collect())
}

fn said_of_found(model: &lead::Model, found: &FoundLead, run: i64) -> Said {
    let amounts = found.amounts;
    let sighting = lead_sighting::Model {
        lead: model.id.clone(),
        run,
        sighted: Sighted::Found.key().to_owned(),
        moved_to: None,
        rank: Some(found.rank.cast_signed()),
        confidence: Some(found.confidence.key().to_owned()),
        due_low: amounts.due_low,
        due_high: amounts.due_high,
        paid: amounts.paid,
        declared: amounts.declared,
        gap: amounts.gap,
        late_fee: amounts.late_fee,
        told: Some(found.told.to_string()),
    };
    Said { sighting, rows: found.rows.clone() }
}

/// What is said of leads that were not found: of those open, and of those of which this run said something before.
async fn say_of_missing(
    connection: &impl ConnectionTrait,
    (known, before): (&BTreeMap<LeadIdentity, lead::Model>, &BTreeMap<String, Said>),
    (found, run): (&BTreeMap<&LeadIdentity, &FoundLead>, i64),
    looks: &[ModelLook],
) -> Result<BTreeMap<String, Said>, StoreError> {
    let mut missing: Vec<(&LeadIdentity, &lead::Model)> = Vec::new();
    for (identity, model) in known {
        let is_asked = state_of(model)?.is_open() || before.contains_key(&model.id);
        if is_asked && !found.contains_key(identity) {
            missing.push((identity, model));
        }
    }
    if missing.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = list_rows(connection, &missing).await?;
    let indexes: HashMap<&str, LookIndex<'_>> =
        looks.iter().map(|look| (look.model.as_str(), LookIndex::new(look))).collect();
    let is_new = |other: &LeadIdentity| known.get(other).is_some_and(|model| model.first_run == run);
    let mut said = BTreeMap::new();
    for (identity, model) in missing {
        let Some(index) = indexes.get(model.model.as_str()) else { continue };
        let own = rows.get(&(model.id.clone(), model.found_run)).map(Vec::as_slice).unwrap_or_default();
        let (sighted, other) = index.of_missing(identity, own, is_new);
        let moved_to = other.and_then(|other| known.get(other)).map(|other| other.id.clone());
        let sighting = not_found((model.id.clone(), run), sighted, moved_to);
        // Of a run that found it when it was recorded first the rows stay: they tell by what it is judged.
        let rows = before.get(&model.id).map(|said| said.rows.clone()).unwrap_or_default();
        said.insert(model.id.clone(), Said { sighting, rows });
    }
    Ok(said)
}

fn not_found((lead, run): (String, i64), sighted: Sighted, moved_to: Option<String>) -> lead_sighting::Model {
    lead_sighting::Model {
        lead,
        run,
        sighted: sighted.key().to_owned(),
        moved_to,
        rank: None,
        confidence: None,
        due_low: None,
        due_high: None,
        paid: None,
        declared: None,
        gap: None,
        late_fee: None,
        told: None,
    }
}

/// The rows that these leads rested on when they were found last, and maybe others of theirs, by lead and run.
async fn list_rows(
    connection: &impl ConnectionTrait,
    leads: &[(&LeadIdentity, &lead::Model)],
) -> Result<BTreeMap<(String, i64), Vec<LeadRow>>, StoreError> {
    let runs: BTreeSet<i64> = leads.iter().map(|(_, model)| model.found_run).collect();
    let mut rows = Vec::new();
    for some in leads.chunks(LEADS_AT_ONCE) {
        let found = lead_row::Entity::find()
            .filter(lead_row::Column::Lead.is_in(some.iter().map(|(_, model)| model.id.clone())))
            .filter(lead_row::Column::Run.is_in(runs.iter().copied()))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    sort_rows(rows)
}

/// Brings what the store has of a run to what it says now.
async fn write(
    connection: &impl ConnectionTrait,
    run: i64,
    (before, said): (&BTreeMap<String, Said>, &BTreeMap<String, Said>),
) -> Result<(), StoreError> {
    let gone: Vec<&String> = before.iter().filter(|(id, one)| said.get(*id) != Some(*one)).map(|(id, _)| id).collect();
    for some in gone.chunks(LEADS_AT_ONCE) {
        let ids = || some.iter().map(|id| (*id).clone());
        lead_row::Entity::delete_many()
            .filter(lead_row::Column::Run.eq(run))
            .filter(lead_row::Column::Lead.is_in(ids()))
            .exec(connection)
            .await?;
        lead_sighting::Entity::delete_many()
            .filter(lead_sighting::Column::Run.eq(run))
            .filter(lead_sighting::Column::Lead.is_in(ids()))
            .exec(connection)
            .await?;
    }
    let new: Vec<&Said> = said.iter().filter(|(id, one)| before.get(*id) != Some(*one)).map(|(_, one)| one).collect();
    for some in new.chunks(LEADS_AT_ONCE) {
        let models = some.iter().map(|one| one.sighting.clone().into_active_model());
        lead_sighting::Entity::insert_many(models).exec_without_returning(connection).await?;
    }
    let rows: Vec<lead_row::Model> = new.into_iter().flat_map(rows_of).collect();
    for some in rows.chunks(ROWS_AT_ONCE) {
        let models = some.iter().map(|row| row.clone().into_active_model());
        lead_row::Entity::insert_many(models).exec_without_returning(connection).await?;
    }
    Ok(())
}

fn rows_of(said: &Said) -> impl Iterator<Item = lead_row::Model> {
    said.rows.iter().map(|row| lead_row::Model {
        lead: said.sighting.lead.clone(),
        run: said.sighting.run,
        side: row.side.key().to_owned(),
        batch: row.batch.clone(),
        batch_row: row.row.cast_signed(),
    })
}

/// Moves leads on by what was said of them. A run that looks from an earlier day than one before it moves nothing.
async fn move_states<'a>(
    connection: &impl ConnectionTrait,
    recorded: Recorded,
    known: impl Iterator<Item = &'a lead::Model>,
    said: &BTreeMap<String, Said>,
) -> Result<(), StoreError> {
    let (mut found, mut looked) = (Vec::new(), Vec::new());
    let mut moved: BTreeMap<LeadState, Vec<String>> = BTreeMap::new();
    for model in known.filter(|model| recorded.as_of >= model.looked_on) {
        let Some(said) = said.get(&model.id) else { continue };
        let text = &said.sighting.sighted;
        let sighted = Sighted::read(text)
            .map_err(|_| StoreError::NotUnderstood { column: "lead_sightings.sighted", value: text.clone() })?;
        let before = state_of(model)?;
        if before.after(sighted) != before {
            moved.entry(before.after(sighted)).or_default().push(model.id.clone());
        }
        if sighted == Sighted::Found && model.found_run != recorded.run {
            found.push(model.id.clone());
        }
        if model.looked_on != recorded.as_of {
            looked.push(model.id.clone());
        }
    }
    set(connection, &found, |update| update.col_expr(lead::Column::FoundRun, Expr::value(recorded.run))).await?;
    set(connection, &looked, |update| update.col_expr(lead::Column::LookedOn, Expr::value(recorded.as_of))).await?;
    for (state, ids) in moved {
        set(connection, &ids, |update| {
            update
                .col_expr(lead::Column::State, Expr::value(state.key().to_owned()))
                .col_expr(lead::Column::StateSince, Expr::value(recorded.now))
        })
        .await?;
    }
    Ok(())
}

/// Sets the same of many leads.
async fn set(
    connection: &impl ConnectionTrait,
    ids: &[String],
    what: impl Fn(sea_orm::UpdateMany<lead::Entity>) -> sea_orm::UpdateMany<lead::Entity>,
) -> Result<(), StoreError> {
    for some in ids.chunks(LEADS_AT_ONCE) {
        let update = what(lead::Entity::update_many());
        update.filter(lead::Column::Id.is_in(some.iter().cloned())).exec(connection).await?;
    }
    Ok(())
}
