//! Jobs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, string_null, text, text_null};

use crate::entities::job;

/// Of a kind and key one waits. SeaQuery leaves the condition out on SQLite; both databases understand this.
const ONE_WAITS: &str = r#"create unique index "jobs_waiting" on "jobs" ("kind", "key") where "state" = 'waiting'"#;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(jobs()).await?;
        manager.get_connection().execute_unprepared(ONE_WAITS).await?;
        let mut index = Index::create();
        index
            .name("jobs_due")
            .table(job::Entity)
            .col(job::Column::Kind)
            .col(job::Column::State)
            .col(job::Column::RunAt);
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(job::Entity).to_owned()).await
    }
}

fn jobs() -> TableCreateStatement {
    use job::Column as C;
    Table::create()
        .table(job::Entity)
        .col(string(C::Id).primary_key())
        .col(string(C::Kind))
        .col(string(C::Key))
        .col(string(C::Region))
        .col(text(C::Payload))
        .col(string(C::Actor))
        .col(string(C::Post))
        .col(string(C::Purpose))
        .col(string(C::State))
        .col(big_integer(C::RunAt))
        .col(big_integer(C::Attempts))
        .col(big_integer(C::Leases))
        .col(big_integer_null(C::LeaseUntil))
        .col(string_null(C::LeaseOf))
        .col(text_null(C::Problem))
        .col(text_null(C::Progress))
        .col(big_integer(C::EnqueuedAt))
        .col(big_integer_null(C::EndedAt))
        .to_owned()
}
