//! A message of the other half, as it was received.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages_in")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub direction: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub region: String,
    /// Its place in the series of its direction and region.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub id: String,
    pub kind: String,
    /// When it was sent, microseconds since 1970.
    pub at: i64,
    pub digest: String,
    /// JSON.
    pub body: String,
    /// When it was taken in; none while it waits for one before it.
    pub taken_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
