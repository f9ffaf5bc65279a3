//! Runs and their steps: what has ended is not done again after a run was broken off.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

use crate::entities::{run, run_step};
use crate::shared::work::Work;
use crate::store::{StoreError, in_scope, instant, micros};

/// Where a run stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its number.
    pub sequence: i64,
    /// What makes it the same run.
    pub key: String,
    /// When it was begun first.
    pub started_at: DateTime<Utc>,
    /// When it was finished; none while it runs, or was broken off.
    pub finished_at: Option<DateTime<Utc>>,
    /// Steps that have ended, with their facts.
    pub steps: BTreeMap<String, serde_json::Value>,
    /// Facts of the finished run.
    pub facts: serde_json::Value,
}

impl Work {
    /// Begins a run, or finds the one of the same key as it stands.
    pub async fn begin_run(&mut self, (region, key): (&str, &str)) -> Result<Run, StoreError> {
        if !self.scope().covers_region(region) {
            return Err(StoreError::NotThere { what: "region" });
        }
        let transaction = &self.transaction;
        let found = run::Entity::find()
            .filter(run::Column::Region.eq(region))
            .filter(run::Column::Key.eq(key))
            .one(transaction)
            .await?;
        let model = match found {
            Some(model) => model,
            None => {
                let row = run::ActiveModel {
                    region: Set(region.to_owned()),
                    key: Set(key.to_owned()),
                    status: Set("started".to_owned()),
                    started_at: Set(micros(self.now)),
                    ..Default::default()
                };
                row.insert(transaction).await?
            }
        };
        let steps = run_step::Entity::find()
            .filter(run_step::Column::Run.eq(model.sequence))
            .order_by_asc(run_step::Column::Sequence)
            .all(transaction)
            .await?;
        let run = read_run(model, steps)?;
        self.did("run.begin", format!("run:{}", run.sequence), (region, ""));
        Ok(run)
    }

    /// Keeps that a step of a run has ended, and what it found. A step that had ended before is kept as it was.
    pub async fn finish_step(&mut self, (run, key): (i64, &str), facts: &serde_json::Value) -> Result<(), StoreError> {
        let transaction = &self.transaction;
        let region = self.get_run(run).await?.region;
        let found = run_step::Entity::find()
            .filter(run_step::Column::Run.eq(run))
            .filter(run_step::Column::Key.eq(key))
            .one(transaction)
            .await?;
        if found.is_none() {
            let row = run_step::ActiveModel {
                run: Set(run),
                key: Set(key.to_owned()),
                ended_at: Set(micros(self.now)),
                facts: Set(facts.to_string()),
                ..Default::default()
            };
            row.insert(transaction).await?;
        }
        self.did("run.step", format!("run:{run}"), (&region, ""));
        Ok(())
    }

    /// Ends a run.
    pub async fn finish_run(&mut self, run: i64, facts: &serde_json::Value) -> Result<(), StoreError> {
        let found = self.get_run(run).await?;
        let region = found.region.clone();
        let mut model = found.into_active_model();
        model.status = Set("finished".to_owned());
        model.ended_at = Set(Some(micros(self.now)));
        model.facts = Set(Some(facts.to_string()));
        model.update(&self.transaction).await?;
        self.did("run.finish", format!("run:{run}"), (&region, ""));
        Ok(())
    }

    /// The run of a number, in the scope.
    pub(crate) async fn get_run(&self, run: i64) -> Result<run::Model, StoreError> {
        let found = run::Entity::find_by_id(run)
            .filter(in_scope(self.scope(), run::Column::Region, None::<run::Column>))
            .one(&self.transaction)
            .await?;
        found.ok_or(StoreError::NotThere { what: "run" })
    }
}

fn read_run(model: run::Model, steps: Vec<run_step::Model>) -> Result<Run, StoreError> {
    let read = |text: &str| {
        let wrong = |_| StoreError::NotUnderstood { column: "runs.facts", value: text.to_owned() };
        serde_json::from_str::<serde_json::Value>(text).map_err(wrong)
    };
    let steps: Result<_, StoreError> = steps.into_iter().map(|step| Ok((step.key, read(&step.facts)?))).collect();
    Ok(Run {
        sequence: model.sequence,
        key: model.key,
        started_at: instant(model.started_at),
        finished_at: model.ended_at.map(instant),
        steps: steps?,
        facts: model.facts.as_deref().map_or(Ok(serde_json::Value::Null), read)?,
    })
}
