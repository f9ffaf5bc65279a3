//! A run: found again by its key, so that what was broken off goes on.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "runs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub sequence: i64,
    pub region: String,
    pub key: String,
    /// `started`, `finished` or `failed`.
    pub status: String,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    /// JSON.
    pub facts: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
