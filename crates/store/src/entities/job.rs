//! A job: something to be done later, or done.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    /// Of a kind one of a key waits: asked for several times meanwhile, it is one.
    pub key: String,
    /// Empty: the installation as a whole.
    pub region: String,
    /// JSON.
    pub payload: String,
    /// As whom it is done: who asked for it.
    pub actor: String,
    pub post: String,
    pub purpose: String,
    /// `waiting`, `leased`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Microseconds since 1970: not before.
    pub run_at: i64,
    /// How often it was begun since it was asked for.
    pub attempts: i64,
    /// How often it was leased, ever: tells one lease from the next.
    pub leases: i64,
    pub lease_until: Option<i64>,
    /// The program that holds it, or held it last.
    pub lease_of: Option<String>,
    /// JSON: key and values of a message.
    pub problem: Option<String>,
    /// JSON: how far it is; at its end what came of it.
    pub progress: Option<String>,
    pub enqueued_at: i64,
    pub ended_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
