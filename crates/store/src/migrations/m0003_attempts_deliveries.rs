//! Attempts at uploads; the order of what is delivered as a folder.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean_null, string, string_null, text};

use crate::entities::{attempt, batch, upload};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(attempts()).await?;
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let mut index = Index::create();
        index.name("upload_attempts_upload").table(attempt::Entity).col(attempt::Column::UploadId);
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("batches", "visible_until"),
            ("batches", "delivered_at"),
            ("uploads", "is_delivered"),
            ("uploads", "attempt"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table(attempt::Entity).to_owned()).await
    }
}

fn attempts() -> TableCreateStatement {
    use attempt::Column as C;
    Table::create()
        .table(attempt::Entity)
        .col(string(C::Id).primary_key())
        .col(string(C::UploadId))
        .col(text(C::Keys))
        .col(big_integer(C::StartedAt))
        .col(big_integer(C::LeasedUntil))
        .foreign_key(ForeignKey::create().from(attempt::Entity, C::UploadId).to(upload::Entity, upload::Column::Id))
        .to_owned()
}

/// SQLite adds one column a statement.
fn columns() -> [(TableRef, ColumnDef); 4] {
    let (uploads, batches) = (upload::Entity.into_table_ref(), batch::Entity.into_table_ref());
    [
        (uploads.clone(), string_null(upload::Column::Attempt)),
        (uploads, boolean_null(upload::Column::IsDelivered)),
        (batches.clone(), big_integer_null(batch::Column::DeliveredAt)),
        (batches, big_integer_null(batch::Column::VisibleUntil)),
    ]
}
