//! Decisions by people: this subject is that taxpayer, or is not. Reversible by one more decision, never changed.

use chrono::{DateTime, Utc};
use gongzhi_core::access::Scope;
use gongzhi_core::identity::Decision;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::entities::decision;
use crate::shared::work::Work;
use crate::store::{Store, StoreError, in_scope, instant, micros};

/// A decision to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDecision {
    /// Region it holds in.
    pub region: String,
    /// What was decided, by which post, when.
    pub decision: Decision,
    /// Why, in the decider's words; may be empty.
    pub reason: String,
}

impl Work {
    /// Keeps a decision. It stands in the stead of the last one about the same pair, which stays on record.
    pub async fn record_decision(&mut self, new: &NewDecision) -> Result<i64, StoreError> {
        if !self.scope().covers_region(&new.region) {
            return Err(StoreError::NotThere { what: "region" });
        }
        let transaction = &self.transaction;
        let last = decision::Entity::find()
            .filter(decision::Column::Region.eq(&new.region))
            .filter(decision::Column::Subject.eq(&new.decision.subject))
            .filter(decision::Column::Taxpayer.eq(&new.decision.uscc))
            .order_by_desc(decision::Column::Sequence)
            .one(transaction)
            .await?;
        let row = decision::ActiveModel {
            region: Set(new.region.clone()),
            subject: Set(new.decision.subject.clone()),
            taxpayer: Set(new.decision.uscc.clone()),
            same: Set(new.decision.same),
            decided_by: Set(new.decision.decided_by.clone()),
            decided_at: Set(micros(new.decision.decided_at)),
            reason: Set(new.reason.clone()),
            supersedes: Set(last.map(|last| last.sequence)),
            ..Default::default()
        };
        let sequence = row.insert(transaction).await?.sequence;
        self.did("decision.take", format!("decision:{sequence}"), (&new.region, ""));
        Ok(sequence)
    }
}

impl Store {
    /// Every decision of a scope taken up to a moment, oldest first; which of them stand, the core tells.
    pub async fn list_decisions(&self, scope: &Scope, as_of: DateTime<Utc>) -> Result<Vec<Decision>, StoreError> {
        let found = decision::Entity::find()
            .filter(in_scope(scope, decision::Column::Region, None::<decision::Column>))
            .filter(decision::Column::DecidedAt.lte(micros(as_of)))
            .order_by_asc(decision::Column::Sequence)
            .all(self.readers())
            .await?;
        let read = |model: decision::Model| Decision {
            subject: model.subject,
            uscc: model.taxpayer,
            same: model.same,
            decided_by: model.decided_by,
            decided_at: instant(model.decided_at),
        };
        Ok(found.into_iter().map(read).collect())
    }
}
