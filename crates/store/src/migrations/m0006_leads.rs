//! Leads, what runs say of them, the rows they rest on; numbers that people refer to.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, date, integer, string, string_null, string_uniq, text_null,
};

use crate::entities::{lead, lead_row, lead_sighting, number, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [numbers(), leads(), sightings(), rows()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["lead_rows", "lead_sightings", "leads", "numbers"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn numbers() -> TableCreateStatement {
    use number::Column as C;
    Table::create()
        .table(number::Entity)
        .col(string(C::Region))
        .col(integer(C::Year))
        .col(string(C::Kind))
        .col(big_integer(C::Next))
        .primary_key(Index::create().col(C::Region).col(C::Year).col(C::Kind))
        .to_owned()
}

fn leads() -> TableCreateStatement {
    use lead::Column as C;
    Table::create()
        .table(lead::Entity)
        .col(string(C::Id).primary_key())
        .col(string_uniq(C::Number))
        .col(string(C::Region))
        .col(string(C::Model))
        .col(string(C::Taxpayer))
        .col(string(C::Period))
        .col(string(C::Finding))
        .col(string(C::State))
        .col(big_integer(C::StateSince))
        .col(big_integer(C::FirstRun))
        .col(big_integer(C::FoundRun))
        .col(date(C::LookedOn))
        .to_owned()
}

fn sightings() -> TableCreateStatement {
    use lead_sighting::Column as C;
    Table::create()
        .table(lead_sighting::Entity)
        .col(string(C::Lead))
        .col(big_integer(C::Run))
        .col(string(C::Sighted))
        .col(string_null(C::MovedTo))
        .col(big_integer_null(C::Rank))
        .col(string_null(C::Confidence))
        .col(big_integer_null(C::DueLow))
        .col(big_integer_null(C::DueHigh))
        .col(big_integer_null(C::Paid))
        .col(big_integer_null(C::Declared))
        .col(big_integer_null(C::Gap))
        .col(big_integer_null(C::LateFee))
        .col(text_null(C::Told))
        .primary_key(Index::create().col(C::Lead).col(C::Run))
        .foreign_key(ForeignKey::create().from(lead_sighting::Entity, C::Lead).to(lead::Entity, lead::Column::Id))
        .foreign_key(ForeignKey::create().from(lead_sighting::Entity, C::Run).to(run::Entity, run::Column::Sequence))
        .to_owned()
}

fn rows() -> TableCreateStatement {
    use lead_row::Column as C;
    Table::create()
        .table(lead_row::Entity)
        .col(string(C::Lead))
        .col(big_integer(C::Run))
        .col(string(C::Side))
        .col(string(C::Batch))
        .col(big_integer(C::BatchRow))
        .primary_key(Index::create().col(C::Lead).col(C::Run).col(C::Side).col(C::Batch).col(C::BatchRow))
        .foreign_key(ForeignKey::create().from(lead_row::Entity, C::Lead).to(lead::Entity, lead::Column::Id))
        .to_owned()
}

fn indexes() -> [IndexCreateStatement; 3] {
    use lead::Column as C;
    let identity = Index::create()
        .name("leads_identity")
        .table(lead::Entity)
        .col(C::Region)
        .col(C::Model)
        .col(C::Taxpayer)
        .col(C::Period)
        .col(C::Finding)
        .unique()
        .to_owned();
    let of_run = Index::create()
        .name("lead_sightings_run")
        .table(lead_sighting::Entity)
        .col(lead_sighting::Column::Run)
        .to_owned();
    let rows_of_run =
        Index::create().name("lead_rows_run").table(lead_row::Entity).col(lead_row::Column::Run).to_owned();
    [identity, of_run, rows_of_run]
}
