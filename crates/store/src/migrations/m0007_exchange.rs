//! Messages between the halves; what the analyse half was told of. Its links hang on that, and on no table of the other half.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, date, integer, pk_auto, string, string_null, string_uniq, text, text_null,
};
use sea_orm_migration::sea_orm::DbBackend;

use crate::entities::{links, message_in, message_out, received_batch};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [messages_out(), messages_in(), received_batches()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        for statement in [UNHANDED, RECEIVED_REGION, RECEIVE] {
            connection.execute_unprepared(statement).await?;
        }
        loosen_links(manager).await
    }

    /// The links stay as they are: to put the key back would refuse those of batches that were received only.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["received_batches", "messages_in", "messages_out"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// Those still to be handed over, of many that were.
const UNHANDED: &str = "create index messages_out_unhanded on messages_out (direction, number) where handed_at is null";

const RECEIVED_REGION: &str = "create index received_batches_region on received_batches (region)";

/// One row a batch: what an earlier program accepted counts as told, in the order of its acceptance.
const RECEIVE: &str = "insert into received_batches (id, upload_id, region, unit, lineage, item, kind, mark, item_mode, \
                       period, covers_from, covers_to, mode, template_version, supplement_of, main_key, main_digest, \
                       personal_key, personal_digest, row_count, file, file_digest, accepted_at, delivered_at, \
                       visible_until, taken_at) \
                       select b.id, b.upload_id, b.region, b.unit, b.lineage, b.item, b.kind, b.mark, b.item_mode, \
                       b.period, b.covers_from, b.covers_to, b.mode, b.template_version, b.supplement_of, b.main_key, \
                       b.main_digest, b.personal_key, b.personal_digest, b.row_count, coalesce(u.file, ''), \
                       coalesce(u.digest, ''), b.accepted_at, b.delivered_at, b.visible_until, b.accepted_at \
                       from batches b left join uploads u on u.id = b.upload_id order by b.sequence";

fn messages_out() -> TableCreateStatement {
    use message_out::Column as C;
    Table::create()
        .table(message_out::Entity)
        .col(string(C::Direction))
        .col(string(C::Region))
        .col(big_integer(C::Number))
        .col(string_uniq(C::Id))
        .col(string(C::Kind))
        .col(big_integer(C::At))
        .col(string(C::Digest))
        .col(text(C::Body))
        .col(big_integer_null(C::HandedAt))
        .primary_key(Index::create().col(C::Direction).col(C::Region).col(C::Number))
        .to_owned()
}

fn messages_in() -> TableCreateStatement {
    use message_in::Column as C;
    Table::create()
        .table(message_in::Entity)
        .col(string(C::Direction))
        .col(string(C::Region))
        .col(big_integer(C::Number))
        .col(string_uniq(C::Id))
        .col(string(C::Kind))
        .col(big_integer(C::At))
        .col(string(C::Digest))
        .col(text(C::Body))
        .col(big_integer_null(C::TakenAt))
        .primary_key(Index::create().col(C::Direction).col(C::Region).col(C::Number))
        .to_owned()
}

fn received_batches() -> TableCreateStatement {
    use received_batch::Column as C;
    Table::create()
        .table(received_batch::Entity)
        .col(sequence(C::Sequence))
        .col(string_uniq(C::Id))
        .col(string(C::UploadId))
        .col(string(C::Region))
        .col(string(C::Unit))
        .col(string(C::Lineage))
        .col(string(C::Item))
        .col(string(C::Kind))
        .col(string(C::Mark))
        .col(string(C::ItemMode))
        .col(string(C::Period))
        .col(date(C::CoversFrom))
        .col(date(C::CoversTo))
        .col(string(C::Mode))
        .col(integer(C::TemplateVersion))
        .col(string_null(C::SupplementOf))
        .col(text_null(C::MainKey))
        .col(string_null(C::MainDigest))
        .col(text_null(C::PersonalKey))
        .col(string_null(C::PersonalDigest))
        .col(big_integer(C::RowCount))
        .col(text(C::File))
        .col(string(C::FileDigest))
        .col(text_null(C::Sheets))
        .col(big_integer(C::AcceptedAt))
        .col(big_integer_null(C::DeliveredAt))
        .col(big_integer_null(C::VisibleUntil))
        .col(big_integer(C::TakenAt))
        .to_owned()
}

/// A number that only grows.
fn sequence(column: impl IntoIden + 'static) -> ColumnDef {
    let mut column = pk_auto(column);
    column.big_integer();
    column
}

/// Links no longer need a row of `batches`. SQLite lets go of a foreign key only with its table: made anew under another name,
/// filled, put in the place of the old one.
async fn loosen_links(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use links::Column as C;
    let connection = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        connection.execute_unprepared("alter table links drop constraint if exists links_batch_id_fkey").await?;
        return Ok(());
    }
    let table = Table::create()
        .table("links_anew")
        .col(sequence(C::Sequence))
        .col(string(C::BatchId))
        .col(text(C::Version))
        .col(text(C::Key))
        .col(string(C::Digest))
        .col(big_integer(C::MadeAt))
        .to_owned();
    manager.create_table(table).await?;
    for statement in [
        r#"insert into links_anew (sequence, batch_id, version, "key", digest, made_at)
           select sequence, batch_id, version, "key", digest, made_at from links order by sequence"#,
        "drop table links",
        "alter table links_anew rename to links",
        "create index links_batch on links (batch_id)",
    ] {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}
