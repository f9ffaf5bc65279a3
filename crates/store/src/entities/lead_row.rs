//! A row that a lead rests on, as a run found it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub run: i64,
    /// `reported` or `tax`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub side: String,
    /// Id of the batch: of the other half, so no foreign key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch: String,
    /// Number of the row in it, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch_row: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
