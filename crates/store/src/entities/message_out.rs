//! A message to the other half, as it was sent.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages_out")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub direction: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub region: String,
    /// Its place in the series of its direction and region, from 1 without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub id: String,
    pub kind: String,
    /// Microseconds since 1970.
    pub at: i64,
    pub digest: String,
    /// JSON.
    pub body: String,
    /// When it was handed over; none while that is to be done.
    pub handed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
