//! The log: entries and checkpoints.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, text};

use crate::entities::{audit_checkpoint, audit_entry};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(entries()).await?;
        use audit_checkpoint::Column as C;
        let checkpoints = Table::create()
            .table(audit_checkpoint::Entity)
            .col(big_integer(C::Size).primary_key())
            .col(string(C::Root))
            .col(big_integer(C::At))
            .col(text(C::Signature))
            .to_owned();
        manager.create_table(checkpoints).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(audit_checkpoint::Entity).to_owned()).await?;
        manager.drop_table(Table::drop().table(audit_entry::Entity).to_owned()).await
    }
}

fn entries() -> TableCreateStatement {
    use audit_entry::Column as C;
    Table::create()
        .table(audit_entry::Entity)
        .col(big_integer(C::N).primary_key())
        .col(big_integer(C::At))
        .col(string(C::Actor))
        .col(string(C::Post))
        .col(string(C::Act))
        .col(text(C::Object))
        .col(string(C::Unit))
        .col(string(C::Region))
        .col(string(C::Purpose))
        .col(string(C::Outcome))
        .col(string(C::Digest))
        .to_owned()
}
