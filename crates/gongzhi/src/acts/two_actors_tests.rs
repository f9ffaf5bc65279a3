//! Acts called from inside a running runtime, by two actors of two units at once: neither sees anything of the other.

use std::sync::Arc;

use gongzhi_core::access::{Actor, Purpose, Scope};
use gongzhi_core::ids::Region;
use gongzhi_core::problems::Code;

use crate::acts::analyse::state::{StateOrder, open_state};
use crate::acts::catalog::{CatalogPlace, get_catalog};
use crate::acts::collect::intake::{IntakeOrder, prepare, take_nil};
use crate::acts::collect::receipts;
use crate::acts::home::{self, Access};
use crate::acts::jobs;
use crate::acts::operator::operator;
use crate::app::{App, Clock};

/// Two units of the county, each with an item of its own and periods of that.
const UNITS: [(&str, &str, [&str; 4]); 2] = [
    ("natural_resources", "land_expropriation_grant", ["2025-01", "2025-02", "2025-03", "2025-04"]),
    ("housing_construction", "construction_permit", ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]),
];

fn clerk(app: &App, unit: &str) -> Actor {
    let region = app.catalog().unwrap().units[unit].region.get(..6).unwrap().to_owned();
    Actor {
        who: format!("account:{unit}"),
        post: "liaison".to_owned(),
        scope: Scope::unit(Region::read(&region).unwrap(), unit),
        purpose: Purpose::Intake,
    }
}

/// Hands in that there is nothing to report, period by period, and gives the uploads.
async fn hand_in(app: App, (unit, item, periods): (&str, &str, [&str; 4])) -> Vec<String> {
    let (actor, mut uploads) = (clerk(&app, unit), Vec::new());
    for period in periods {
        let order = IntakeOrder {
            item: Some(item.to_owned()),
            unit: Some(unit.to_owned()),
            period: Some(period.to_owned()),
            mode: Some("nil".to_owned()),
            ..IntakeOrder::default()
        };
        let taken = take_nil(&app, &actor, order).await.unwrap();
        assert!(taken.report.issues.is_empty(), "{:?}", taken.report.issues);
        uploads.push(taken.upload.unwrap());
    }
    uploads
}

async fn count_batches(app: &App, actor: &Actor, kind: &str) -> usize {
    let order = StateOrder { kind: kind.to_owned(), as_of: None, period: None };
    open_state(app, actor, &order).await.unwrap().batch_count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_actors_at_once_each_see_their_own_unit_alone() {
    let home = tempfile::tempdir().unwrap();
    let catalog = Arc::new(get_catalog(&CatalogPlace::default()).unwrap());
    let now = "2025-12-01T04:00:00Z".parse().unwrap();
    let app = home::open(home.path(), Access::Make, Clock::still(now)).await.unwrap().with_catalog(catalog);
    let office = operator(Purpose::Intake);
    prepare(&app, &office).await.unwrap();
    let [first, second] = UNITS.map(|unit| tokio::spawn(hand_in(app.clone(), unit)));
    let uploads = [first.await.unwrap(), second.await.unwrap()];
    let folder = tempfile::tempdir().unwrap();
    for (own, other) in [(0, 1), (1, 0)] {
        let actor = clerk(&app, UNITS[own].0);
        let kinds = [own, other].map(|at| {
            let item = &app.catalog().unwrap().items[UNITS[at].1];
            format!("{}.{}", item.key, item.kinds[0].key)
        });
        assert_eq!(count_batches(&app, &actor, &kinds[0]).await, 4);
        assert_eq!(count_batches(&app, &actor, &kinds[1]).await, 0);
        assert_eq!(count_batches(&app, &operator(Purpose::Analysis), &kinds[1]).await, 4);
        for upload in &uploads[own] {
            assert!(receipts::write(&app, &actor, (upload, folder.path())).await.unwrap().is_some());
        }
        for upload in &uploads[other] {
            assert!(receipts::write(&app, &actor, (upload, folder.path())).await.unwrap().is_none());
        }
        assert!(jobs::list(&app, &actor, (None, 9)).await.unwrap().is_empty(), "those are of the installation");
        let job = &jobs::list(&app, &office, (None, 9)).await.unwrap()[0];
        assert_eq!(jobs::cancel(&app, &actor, &job.id).await.unwrap_err().code, Code::NotThere);
    }
}
