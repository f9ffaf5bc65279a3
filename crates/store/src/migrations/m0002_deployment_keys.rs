//! Fingerprints of the deployment's keys: a home and its keys belong to each other.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string;

use crate::entities::deployment_key;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use deployment_key::Column as C;
        let table = Table::create()
            .table(deployment_key::Entity)
            .col(string(C::Name).primary_key())
            .col(string(C::Fingerprint))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(deployment_key::Entity).to_owned()).await
    }
}
