//! Numbers that people refer to: counted up in a region and year, and never given out twice.

use gongzhi_core::ids::NumberKind;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use crate::entities::number;
use crate::store::StoreError;

/// Takes so many numbers; the first of them. Those of a transaction that is not committed were never taken.
pub(crate) async fn take(
    connection: &impl ConnectionTrait,
    (region, year, kind): (&str, i32, NumberKind),
    count: usize,
) -> Result<i64, StoreError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let found = number::Entity::find()
        .filter(number::Column::Region.eq(region))
        .filter(number::Column::Year.eq(year))
        .filter(number::Column::Kind.eq(kind.key()))
        .one(connection)
        .await?;
    let Some(model) = found else {
        let (region, kind) = (region.to_owned(), kind.key().to_owned());
        let new = number::Model { region, year, kind, next: count.saturating_add(1) };
        number::Entity::insert(new.into_active_model()).exec_without_returning(connection).await?;
        return Ok(1);
    };
    let first = model.next;
    let mut taken = model.into_active_model();
    taken.next = Set(first.saturating_add(count));
    taken.update(connection).await?;
    Ok(first)
}
