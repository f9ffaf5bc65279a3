//! Uploads, batches, links, decisions, runs and their steps.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean_null, date, integer, pk_auto, string, string_null, string_uniq, text,
    text_null,
};

use crate::entities::{batch, decision, links, run, run_step, upload};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// SQLite's too: killed between two tables it would begin anew on the first of them.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [uploads(), batches(), link_files(), decisions(), runs(), run_steps()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["run_steps", "runs", "decisions", "links", "batches", "uploads"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// A number that only grows. SQLite's AUTOINCREMENT and PostgreSQL's identity never give one out twice.
fn sequence(column: impl IntoIden + 'static) -> ColumnDef {
    let mut column = pk_auto(column);
    column.big_integer();
    column
}

fn uploads() -> TableCreateStatement {
    use upload::Column as C;
    Table::create()
        .table(upload::Entity)
        .col(string(C::Id).primary_key())
        .col(string(C::Region))
        .col(string(C::Unit))
        .col(string(C::Key))
        .col(text(C::File))
        .col(string(C::Digest))
        .col(string(C::Status))
        .col(text(C::Keys))
        .col(big_integer(C::StartedAt))
        .col(big_integer_null(C::EndedAt))
        .col(text_null(C::Facts))
        .to_owned()
}

fn batches() -> TableCreateStatement {
    use batch::Column as C;
    Table::create()
        .table(batch::Entity)
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
        .col(big_integer(C::AcceptedAt))
        .foreign_key(ForeignKey::create().from(batch::Entity, C::UploadId).to(upload::Entity, upload::Column::Id))
        .to_owned()
}

fn link_files() -> TableCreateStatement {
    use links::Column as C;
    Table::create()
        .table(links::Entity)
        .col(sequence(C::Sequence))
        .col(string(C::BatchId))
        .col(text(C::Version))
        .col(text(C::Key))
        .col(string(C::Digest))
        .col(big_integer(C::MadeAt))
        .foreign_key(ForeignKey::create().from(links::Entity, C::BatchId).to(batch::Entity, batch::Column::Id))
        .to_owned()
}

fn decisions() -> TableCreateStatement {
    use decision::Column as C;
    Table::create()
        .table(decision::Entity)
        .col(sequence(C::Sequence))
        .col(string(C::Region))
        .col(text(C::Subject))
        .col(string(C::Taxpayer))
        .col(boolean_null(C::Same))
        .col(string(C::DecidedBy))
        .col(big_integer(C::DecidedAt))
        .col(text(C::Reason))
        .col(big_integer_null(C::Supersedes))
        .to_owned()
}

fn runs() -> TableCreateStatement {
    use run::Column as C;
    Table::create()
        .table(run::Entity)
        .col(sequence(C::Sequence))
        .col(string(C::Region))
        .col(string(C::Key))
        .col(string(C::Status))
        .col(big_integer(C::StartedAt))
        .col(big_integer_null(C::EndedAt))
        .col(text_null(C::Facts))
        .to_owned()
}

fn run_steps() -> TableCreateStatement {
    use run_step::Column as C;
    Table::create()
        .table(run_step::Entity)
        .col(sequence(C::Sequence))
        .col(big_integer(C::Run))
        .col(string(C::Key))
        .col(big_integer(C::EndedAt))
        .col(text(C::Facts))
        .foreign_key(ForeignKey::create().from(run_step::Entity, C::Run).to(run::Entity, run::Column::Sequence))
        .to_owned()
}

fn indexes() -> [IndexCreateStatement; 6] {
    let index = |name: &str| Index::create().name(name).to_owned();
    [
        index("uploads_region_key")
            .table(upload::Entity)
            .col(upload::Column::Region)
            .col(upload::Column::Key)
            .unique()
            .to_owned(),
        index("batches_item_kind").table(batch::Entity).col(batch::Column::Item).col(batch::Column::Kind).to_owned(),
        index("links_batch").table(links::Entity).col(links::Column::BatchId).to_owned(),
        index("decisions_pair")
            .table(decision::Entity)
            .col(decision::Column::Subject)
            .col(decision::Column::Taxpayer)
            .to_owned(),
        index("runs_region_key").table(run::Entity).col(run::Column::Region).col(run::Column::Key).unique().to_owned(),
        index("run_steps_run_key")
            .table(run_step::Entity)
            .col(run_step::Column::Run)
            .col(run_step::Column::Key)
            .unique()
            .to_owned(),
    ]
}
