//! What a run says of a lead.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_sightings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub run: i64,
    /// `found`, `not_found`, `not_comparable` or `moved`; all below is of a found one only, but `moved_to`.
    pub sighted: String,
    /// Id of the lead that stands in its stead.
    pub moved_to: Option<String>,
    pub rank: Option<i64>,
    pub confidence: Option<String>,
    /// Amounts are fen.
    pub due_low: Option<i64>,
    pub due_high: Option<i64>,
    pub paid: Option<i64>,
    pub declared: Option<i64>,
    pub gap: Option<i64>,
    pub late_fee: Option<i64>,
    /// JSON.
    pub told: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::lead::Entity", from = "Column::Lead", to = "super::lead::Column::Id")]
    Lead,
}

impl Related<super::lead::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Lead.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
