//! A batch as the analyse half was told of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "received_batches")]
pub struct Model {
    /// Grows with the order in which batches were received, which within a region is that of their acceptance.
    #[sea_orm(primary_key)]
    pub sequence: i64,
    #[sea_orm(unique)]
    pub id: String,
    pub upload_id: String,
    pub region: String,
    pub unit: String,
    pub lineage: String,
    pub item: String,
    pub kind: String,
    pub mark: String,
    pub item_mode: String,
    pub period: String,
    pub covers_from: Date,
    pub covers_to: Date,
    pub mode: String,
    pub template_version: i32,
    pub supplement_of: Option<String>,
    pub main_key: Option<String>,
    pub main_digest: Option<String>,
    pub personal_key: Option<String>,
    pub personal_digest: Option<String>,
    pub row_count: i64,
    pub file: String,
    pub file_digest: String,
    /// JSON list of the sheets' columns; none where nothing was told of them.
    pub sheets: Option<String>,
    /// Microseconds since 1970.
    pub accepted_at: i64,
    /// Of a delivery: the moment it counts from; it stands there at the place of its file's name.
    pub delivered_at: Option<i64>,
    pub visible_until: Option<i64>,
    /// When this half was told of it.
    pub taken_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
