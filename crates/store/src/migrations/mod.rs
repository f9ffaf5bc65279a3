//! The tables' history: each migration is applied once, in order, on SQLite and PostgreSQL alike.

mod m0001_uploads_batches_decisions_runs;
mod m0002_deployment_keys;
mod m0003_attempts_deliveries;
mod m0004_audit;
mod m0005_jobs;
mod m0006_leads;
mod m0007_exchange;

use sea_orm_migration::prelude::*;

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_uploads_batches_decisions_runs::Migration),
            Box::new(m0002_deployment_keys::Migration),
            Box::new(m0003_attempts_deliveries::Migration),
            Box::new(m0004_audit::Migration),
            Box::new(m0005_jobs::Migration),
            Box::new(m0006_leads::Migration),
            Box::new(m0007_exchange::Migration),
        ]
    }
}
