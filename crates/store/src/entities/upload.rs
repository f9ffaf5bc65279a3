//! A file a unit handed in.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub region: String,
    pub unit: String,
    /// What makes a repeated hand-in the same one; unique in a region.
    pub key: String,
    pub file: String,
    pub digest: String,
    /// `started`, `accepted`, `blocked` or `refused`.
    pub status: String,
    /// JSON list of the keys that an earlier program may have written below the data folder; attempts have their own.
    pub keys: String,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    /// JSON facts: of the receipt when accepted, of the reasons when not.
    pub facts: Option<String>,
    /// The attempt that holds it or ended it.
    pub attempt: Option<String>,
    /// Of a folder that is one delivery.
    pub is_delivered: Option<bool>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
