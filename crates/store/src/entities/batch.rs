//! An accepted batch. There is no row for a batch that is not visible.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "batches")]
pub struct Model {
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
    /// Microseconds since 1970.
    pub accepted_at: i64,
    /// Of a delivery: the moment it counts from; it stands there at the place of its file's name.
    pub delivered_at: Option<i64>,
    /// Its file was another one from then on.
    pub visible_until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::upload::Entity", from = "Column::UploadId", to = "super::upload::Column::Id")]
    Upload,
}

impl Related<super::upload::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Upload.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
