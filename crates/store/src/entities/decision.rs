//! One person's word about a pair. Never changed; a later one about the same pair stands in its stead.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub sequence: i64,
    pub region: String,
    /// What a row says: its name and codes, normalised.
    pub subject: String,
    /// Code of the taxpayer.
    pub taxpayer: String,
    /// Yes, no, or (none) an earlier decision taken back.
    pub same: Option<bool>,
    /// Post of who decided.
    pub decided_by: String,
    pub decided_at: i64,
    pub reason: String,
    /// The decision it stands in the stead of.
    pub supersedes: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
