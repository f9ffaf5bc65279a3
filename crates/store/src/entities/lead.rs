//! A lead: the same from run to run.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// By which people refer to it.
    #[sea_orm(unique)]
    pub number: String,
    pub region: String,
    pub model: String,
    pub taxpayer: String,
    pub period: String,
    /// Empty: the model asks for an amount. Never null: nulls are not unique.
    pub finding: String,
    pub state: String,
    /// Microseconds since 1970.
    pub state_since: i64,
    /// The run that found it first.
    pub first_run: i64,
    /// The run by which it was found last: its rows are those it rests on.
    pub found_run: i64,
    /// The latest day from which a run looked that said something of it; one that looks from an earlier day moves nothing.
    pub looked_on: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
