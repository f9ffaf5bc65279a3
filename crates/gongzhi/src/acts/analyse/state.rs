//! The state of a record kind as of a day: its rows, and what did not fit together.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use gongzhi_core::access::Actor;
use gongzhi_core::catalog::{Catalog, Item, Kind};
use gongzhi_core::period::Period;
use gongzhi_core::problems::ActError;
use gongzhi_core::state::{Batch, Counted, Moment, VisibleBatch, VisibleBatches, order_batches};
use gongzhi_core::time::end_of;
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::effects::{SetEffect, list_effects};
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::session::{Session, SessionOptions, SessionPlace};
use gongzhi_engine::tables::{EvidencePlace, WorklistLine, list_evidence};
use serde_json::{Map, Value};

use crate::app::{App, Waiter};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct StateOrder {
    /// The kind, `<item>.<kind>`.
    pub kind: String,
    /// What was known at the end of this day; none: what is known now.
    pub as_of: Option<NaiveDate>,
    /// What held in this period; none: what holds last.
    pub period: Option<Period>,
}

/// A set of a kind: what it said of itself, and what it is taken as and does at the moment asked for.
pub struct SetLine {
    /// The set.
    pub set: VisibleBatch,
    /// What it does.
    pub effect: SetEffect,
}

/// One entry of the worklist, with where its rows stand in the units' files.
pub struct WorklistPlace {
    /// The entry.
    pub line: WorklistLine,
    /// Where the row stands that brought it up.
    pub after: Option<EvidencePlace>,
    /// Where the row stands that held before.
    pub before: Option<EvidencePlace>,
}

/// What was found besides the rows.
pub struct StateFound {
    /// Rows that hold.
    pub rows: u64,
    /// Batches that were known.
    pub batches: usize,
    /// What did not fit together.
    pub worklist: Vec<WorklistPlace>,
    /// The sets, by unit and in their order; none when they were not asked for.
    pub sets: Vec<SetLine>,
}

/// A state opened: its view stands in the session.
pub struct OpenState {
    /// The session.
    pub session: Session,
    /// Name of the view.
    pub view: String,
    visible: VisibleBatches,
    place: SessionPlace,
    batches: Vec<Batch>,
}

impl OpenState {
    /// Shows each row of a question; how many there were.
    ///
    /// # Errors
    /// It can't be asked, or a part can't be read.
    pub fn each_row(&self, waiter: &Waiter, sql: &str, show: impl FnMut(Map<String, Value>)) -> Result<u64, ActError> {
        Ok(waiter.wait(self.session.each_row(sql, show))?)
    }

    /// Sets of the kind that were known.
    pub fn batch_count(&self) -> usize {
        self.batches.len()
    }

    /// The unit and the period, where all of the state's sets are of one.
    pub fn only_unit_and_period(&self) -> (Option<String>, Option<Period>) {
        let units: BTreeSet<&str> = self.batches.iter().map(|batch| batch.unit.as_str()).collect();
        let periods: BTreeSet<String> = self.batches.iter().map(|batch| batch.period.to_string()).collect();
        let unit = units.first().filter(|_| units.len() == 1).map(|unit| (*unit).to_owned());
        let period = self.batches.first().filter(|_| periods.len() == 1).map(|batch| batch.period);
        (unit, period)
    }
}

/// Opens the state of a kind, as an actor may see it.
///
/// # Errors
/// The kind is not in the catalogue, or what is kept can't be read.
pub async fn open_state(app: &App, actor: &Actor, order: &StateOrder) -> Result<OpenState, ActError> {
    let moment = Moment { as_of: order.as_of.map_or_else(|| app.clock.now(), end_of), period: order.period };
    let visible = app.store.visible_batches(&actor.scope, moment).await?;
    let catalog = app.catalog()?;
    let (item, kind) = get_kind(catalog, &order.kind)?;
    let batches = visible.of_kind(item, kind).values().flatten().map(|one| one.batch.clone()).collect();
    let (view, place, options) = (item.view_of(kind), app.place(), SessionOptions::default());
    let session = Session::open(app.analysis()?, catalog, &place, (&visible, [view.as_str()]), &options).await?;
    Ok(OpenState { session, view, visible, place, batches })
}

/// The kind a word means.
///
/// # Errors
/// It is none of the catalogue's: those there are, are told.
pub fn get_kind<'c>(catalog: &'c Catalog, word: &str) -> Result<(&'c Item, &'c Kind), ActError> {
    spoken_kind(catalog, word).ok_or_else(|| ActError::not_understood(catalog.unknown_kind(word)))
}

/// The kind a person means; an item of one kind need not name it.
fn spoken_kind<'c>(catalog: &'c Catalog, word: &str) -> Option<(&'c Item, &'c Kind)> {
    let (item, kind) = catalog.find_spoken(word)?;
    let only = || item.kinds.first().filter(|_| item.kinds.len() == 1);
    Some((item, kind.or_else(only)?))
}

/// Shows each row that holds, ordered by its evidence, and gives back the rest.
///
/// # Errors
/// The kind is not in the catalogue, or what is kept can't be read.
pub async fn show_state(
    app: &App,
    actor: &Actor,
    order: &StateOrder,
    (show, tells_sets): (impl FnMut(Map<String, Value>) + Send + 'static, bool),
) -> Result<StateFound, ActError> {
    let state = open_state(app, actor, order).await?;
    let kind = order.kind.clone();
    app.block(move |app, waiter| {
        let rows = state.each_row(waiter, &format!("select * from {} order by _ref", state.view), show)?;
        let data = DataPlace { folder: &state.place.folder, keys: &state.place.keys };
        let worklist = place_worklist(data, &state.visible, state.session.worklist())?;
        let sets = match spoken_kind(app.catalog()?, &kind).filter(|_| tells_sets) {
            Some(kind) => list_sets(data, &state.visible, kind)?,
            None => Vec::new(),
        };
        Ok(StateFound { rows, batches: state.batch_count(), worklist, sets })
    })
    .await
}

/// The sets that count at the moment, each with what it does.
fn list_sets(
    data: DataPlace<'_>,
    visible: &VisibleBatches,
    (item, kind): (&Item, &Kind),
) -> Result<Vec<SetLine>, BatchError> {
    let mut effects = list_effects(data, (visible.batches(), visible.moment()), (item, kind), |_| true)?;
    let sets = visible.of_kind(item, kind).into_values().flat_map(|sets| {
        let ordered = order_batches(sets.iter().map(|one| &one.batch), visible.moment());
        let find = |counted: &Counted<'_>| sets.iter().find(|one| one.batch.id == counted.batch.id).copied().cloned();
        ordered.iter().filter_map(find).collect::<Vec<_>>()
    });
    Ok(sets.filter_map(|set| Some(SetLine { effect: effects.remove(&set.batch.id)?, set })).collect())
}

fn place_worklist(
    data: DataPlace<'_>,
    visible: &VisibleBatches,
    worklist: &[WorklistLine],
) -> Result<Vec<WorklistPlace>, gongzhi_engine::batch::BatchError> {
    let handles = worklist.iter().flat_map(|line| [&line.after, &line.before]).flatten();
    let places = list_evidence(data, visible, handles.map(String::as_str))?;
    let by_handle: std::collections::HashMap<&str, &EvidencePlace> =
        places.iter().map(|place| (place.handle.as_str(), place)).collect();
    let find = |handle: &Option<String>| {
        handle.as_deref().and_then(|handle| by_handle.get(handle)).map(|place| (*place).clone())
    };
    let placed = worklist.iter().map(|line| WorklistPlace {
        after: find(&line.after),
        before: find(&line.before),
        line: line.clone(),
    });
    Ok(placed.collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, Utc};
    use gongzhi_core::access::Purpose;

    use super::*;
    use crate::acts::catalog::{CatalogPlace, get_catalog};
    use crate::acts::collect::intake::{IntakeOrder, take_nil};
    use crate::acts::home::{self, Access};
    use crate::acts::operator::operator;
    use crate::app::Clock;

    #[tokio::test]
    async fn what_came_on_the_last_evening_of_utc_came_on_new_years_day() {
        let catalog = Arc::new(get_catalog(&CatalogPlace::default()).unwrap());
        let home = tempfile::tempdir().unwrap();
        let now: DateTime<Utc> = "2025-12-31T16:30:00Z".parse().unwrap();
        let app = home::open(home.path(), Access::Make, Clock::still(now)).await.unwrap().with_catalog(catalog.clone());
        let item = &catalog.items["land_expropriation_grant"];
        let word = |word: &str| Some(word.to_owned());
        let order = IntakeOrder {
            item: word(&item.key),
            unit: word("natural_resources"),
            period: word("2025-11"),
            mode: word("nil"),
            ..IntakeOrder::default()
        };
        take_nil(&app, &operator(Purpose::Intake), order).await.unwrap();
        for (as_of, count) in [("2025-12-31", 0), ("2026-01-01", 1)] {
            let kind = format!("{}.{}", item.key, item.kinds[0].key);
            let order = StateOrder { kind, as_of: Some(as_of.parse().unwrap()), period: None };
            let state = open_state(&app, &operator(Purpose::Analysis), &order).await.unwrap();
            assert_eq!(state.batches.len(), count, "{as_of}");
        }
    }
}
