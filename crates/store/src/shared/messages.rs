//! Messages between the halves as this node keeps them: those it sent and those it received.
//!
//! A message is sent in the transaction of the change that it tells, and gets the next number of its series there. What is
//! received is judged by [`gongzhi_core::exchange::judge`]; what a message does to the half that takes it in stands in
//! that half ([`crate::analyse::received`]).

use gongzhi_core::access::Scope;
use gongzhi_core::exchange::{Content, Direction, Envelope, Known, MessageKind, Verdict, judge};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};

use crate::entities::{message_in, message_out};
use crate::shared::work::Work;
use crate::store::{Store, StoreError, in_scope, instant, micros};

impl Work {
    /// Sends a message about a region to the other half: it gets the next number of its series and goes with this unit of
    /// work, or not at all.
    ///
    /// # Errors
    /// The region is not in the scope; the database's.
    pub async fn send(&mut self, region: &str, content: &Content) -> Result<Envelope, StoreError> {
        if !self.scope().covers_region(region) {
            return Err(StoreError::NotThere { what: "region" });
        }
        let direction = content.direction();
        let last: Option<i64> = message_out::Entity::find()
            .select_only()
            .column(message_out::Column::Number)
            .filter(message_out::Column::Direction.eq(direction.key()))
            .filter(message_out::Column::Region.eq(region))
            .order_by_desc(message_out::Column::Number)
            .into_tuple()
            .one(&self.transaction)
            .await?;
        let number = last.unwrap_or_default() + 1;
        let envelope = Envelope::new(content, (region, number.cast_unsigned()), instant(micros(self.now)));
        let row = message_out::ActiveModel {
            direction: Set(direction.key().to_owned()),
            region: Set(region.to_owned()),
            number: Set(number),
            id: Set(envelope.id.clone()),
            kind: Set(envelope.kind.key().to_owned()),
            at: Set(micros(envelope.at)),
            digest: Set(envelope.digest.clone()),
            body: Set(envelope.body.to_string()),
            handed_at: Set(None),
        };
        row.insert(&self.transaction).await?;
        self.did("message.send", format!("message:{}", envelope.id), (region, ""));
        Ok(envelope)
    }

    /// What was sent in a direction and not handed over yet, each region's in the order of its numbers; at most so many.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_unhanded(&self, direction: Direction, most: u64) -> Result<Vec<Envelope>, StoreError> {
        let found = sent(self.scope(), direction)
            .filter(message_out::Column::HandedAt.is_null())
            .order_by_asc(message_out::Column::Number)
            .order_by_asc(message_out::Column::Region)
            .limit(most)
            .all(&self.transaction)
            .await?;
        found.into_iter().map(read_out).collect()
    }

    /// Keeps that messages were handed over.
    ///
    /// # Errors
    /// The database's.
    pub async fn mark_handed(&mut self, envelopes: &[Envelope]) -> Result<(), StoreError> {
        message_out::Entity::update_many()
            .col_expr(message_out::Column::HandedAt, Expr::value(micros(self.now)))
            .filter(in_scope(self.scope(), message_out::Column::Region, None::<message_out::Column>))
            .filter(message_out::Column::Id.is_in(envelopes.iter().map(|envelope| envelope.id.clone())))
            .exec(&self.transaction)
            .await?;
        self.did("message.hand_over", format!("messages:{}", envelopes.len()), ("", ""));
        Ok(())
    }

    /// Keeps a message that was received, and gives what is to be taken in now, in its order: itself and those that waited for
    /// it; nothing where it waits itself or was received before.
    ///
    /// # Errors
    /// The region is not in the scope, the message is refused; the database's.
    pub(crate) async fn receive(&mut self, envelope: &Envelope) -> Result<Vec<Envelope>, StoreError> {
        if !self.scope().covers_region(&envelope.region) {
            return Err(StoreError::NotThere { what: "region" });
        }
        let number = envelope.number.cast_signed();
        let known = received(envelope).filter(message_in::Column::Number.eq(number)).one(&self.transaction).await?;
        let known = known.as_ref().map(|known| Known { id: &known.id, digest: &known.digest });
        let verdict = judge(envelope, known, self.next_to_take(envelope).await?)?;
        let taken_at = (verdict == Verdict::Take).then(|| micros(self.now));
        if verdict == Verdict::Before {
            return Ok(Vec::new());
        }
        row_of(envelope, taken_at).insert(&self.transaction).await?;
        if verdict == Verdict::Wait {
            self.did("message.wait", format!("message:{}", envelope.id), (&envelope.region, ""));
            return Ok(Vec::new());
        }
        let mut due = vec![envelope.clone()];
        due.extend(self.take_waiting(envelope).await?);
        for taken in &due {
            self.did("message.take", format!("message:{}", taken.id), (&taken.region, ""));
        }
        Ok(due)
    }

    /// The number of an envelope's series that is to be taken in next.
    async fn next_to_take(&self, envelope: &Envelope) -> Result<u64, StoreError> {
        let last: Option<i64> = received(envelope)
            .select_only()
            .column(message_in::Column::Number)
            .filter(message_in::Column::TakenAt.is_not_null())
            .order_by_desc(message_in::Column::Number)
            .into_tuple()
            .one(&self.transaction)
            .await?;
        Ok(last.unwrap_or_default().cast_unsigned() + 1)
    }

    /// What waited behind an envelope that is taken in, as far as there is no gap, is taken in too.
    async fn take_waiting(&self, envelope: &Envelope) -> Result<Vec<Envelope>, StoreError> {
        let number = envelope.number.cast_signed();
        let waiting = received(envelope)
            .filter(message_in::Column::TakenAt.is_null())
            .filter(message_in::Column::Number.gt(number))
            .order_by_asc(message_in::Column::Number)
            .all(&self.transaction)
            .await?;
        let mut due = Vec::new();
        for (model, next) in waiting.into_iter().zip(number + 1..) {
            if model.number != next {
                break;
            }
            due.push(read_in(model.clone())?);
            let mut taken = model.into_active_model();
            taken.taken_at = Set(Some(micros(self.now)));
            taken.update(&self.transaction).await?;
        }
        Ok(due)
    }
}

impl Store {
    /// What was sent about the regions of a scope in a direction, each region's in the order of its numbers.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_sent(&self, scope: &Scope, direction: Direction) -> Result<Vec<Envelope>, StoreError> {
        let found = sent(scope, direction)
            .order_by_asc(message_out::Column::Region)
            .order_by_asc(message_out::Column::Number)
            .all(self.readers())
            .await?;
        found.into_iter().map(read_out).collect()
    }
}

fn sent(scope: &Scope, direction: Direction) -> Select<message_out::Entity> {
    message_out::Entity::find()
        .filter(in_scope(scope, message_out::Column::Region, None::<message_out::Column>))
        .filter(message_out::Column::Direction.eq(direction.key()))
}

/// What was received of an envelope's series.
fn received(envelope: &Envelope) -> Select<message_in::Entity> {
    message_in::Entity::find()
        .filter(message_in::Column::Direction.eq(envelope.direction.key()))
        .filter(message_in::Column::Region.eq(&envelope.region))
}

fn row_of(envelope: &Envelope, taken_at: Option<i64>) -> message_in::ActiveModel {
    message_in::ActiveModel {
        direction: Set(envelope.direction.key().to_owned()),
        region: Set(envelope.region.clone()),
        number: Set(envelope.number.cast_signed()),
        id: Set(envelope.id.clone()),
        kind: Set(envelope.kind.key().to_owned()),
        at: Set(micros(envelope.at)),
        digest: Set(envelope.digest.clone()),
        body: Set(envelope.body.to_string()),
        taken_at: Set(taken_at),
    }
}

fn read_out(model: message_out::Model) -> Result<Envelope, StoreError> {
    let words = Words { direction: &model.direction, kind: &model.kind, body: &model.body };
    let (direction, kind, body) = words.read()?;
    let (number, at) = (model.number.cast_unsigned(), instant(model.at));
    Ok(Envelope { number, direction, id: model.id, kind, at, region: model.region, digest: model.digest, body })
}

fn read_in(model: message_in::Model) -> Result<Envelope, StoreError> {
    let words = Words { direction: &model.direction, kind: &model.kind, body: &model.body };
    let (direction, kind, body) = words.read()?;
    let (number, at) = (model.number.cast_unsigned(), instant(model.at));
    Ok(Envelope { number, direction, id: model.id, kind, at, region: model.region, digest: model.digest, body })
}

/// What of a kept message may be of a later program.
struct Words<'a> {
    direction: &'a str,
    kind: &'a str,
    body: &'a str,
}

impl Words<'_> {
    fn read(&self) -> Result<(Direction, MessageKind, serde_json::Value), StoreError> {
        let wrong = |column, value: &str| StoreError::NotUnderstood { column, value: value.to_owned() };
        let direction = Direction::find(self.direction).ok_or_else(|| wrong("messages.direction", self.direction))?;
        let kind = MessageKind::find(self.kind).ok_or_else(|| wrong("messages.kind", self.kind))?;
        let body = serde_json::from_str(self.body).map_err(|_| wrong("messages.body", self.body))?;
        Ok((direction, kind, body))
    }
}
