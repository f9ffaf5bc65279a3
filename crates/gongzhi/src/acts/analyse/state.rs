//! The state of a record kind as of a day: its rows, and what did not fit together.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use gongzhi_core::access::Purpose;
use gongzhi_core::catalog::{Catalog, Item, Kind};
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::period::Period;
use gongzhi_core::state::{Batch, Counted, Moment, VisibleBatch, VisibleBatches, order_batches};
use gongzhi_core::time::{day_of, end_of};
use gongzhi_engine::batch::BatchError;
use gongzhi_engine::effects::{SetEffect, list_effects};
use gongzhi_engine::parts::DataPlace;
use gongzhi_engine::session::{Session, SessionOptions, SessionPlace};
use gongzhi_engine::tables::{EvidencePlace, WorklistLine, list_evidence};
use gongzhi_store::Store;
use serde_json::{Map, Value};

use crate::acts::home::{self, Access, Home};
use crate::acts::operator::operator;

/// What is asked for.
pub struct StateOrder {
    /// The home folder.
    pub home: PathBuf,
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
    /// What questions are asked on.
    pub runtime: tokio::runtime::Runtime,
    /// The session.
    pub session: Session,
    /// Name of the view.
    pub view: String,
    /// The day of the command.
    pub day: NaiveDate,
    visible: VisibleBatches,
    place: SessionPlace,
    batches: Vec<Batch>,
}

impl OpenState {
    /// The unit and the period, where all of the state's sets are of one.
    pub fn only_unit_and_period(&self) -> (Option<String>, Option<Period>) {
        let units: BTreeSet<&str> = self.batches.iter().map(|batch| batch.unit.as_str()).collect();
        let periods: BTreeSet<String> = self.batches.iter().map(|batch| batch.period.to_string()).collect();
        let unit = units.first().filter(|_| units.len() == 1).map(|unit| (*unit).to_owned());
        let period = self.batches.first().filter(|_| periods.len() == 1).map(|batch| batch.period);
        (unit, period)
    }
}

/// Opens the state of a kind.
///
/// # Errors
/// The kind is not in the catalogue, or the home folder can't be read.
pub fn open_state(
    catalog: &Catalog,
    (order, now): (&StateOrder, DateTime<Utc>),
    translator: &Translator,
) -> Result<OpenState> {
    let told = |message: Message| anyhow!("{}", translator.say(&message));
    let (item, kind) = spoken_kind(catalog, &order.kind).ok_or_else(|| told(catalog.unknown_kind(&order.kind)))?;
    let moment = Moment { as_of: order.as_of.map_or(now, end_of), period: order.period };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("tokio")?;
    let Home { keys, store } = runtime.block_on(home::open(&order.home, Access::Read, translator))?;
    let place = SessionPlace { folder: order.home.join("data"), keys: Arc::new(keys) };
    let visible = runtime.block_on(visible_batches(store, moment)).map_err(|error| told(error.message()))?;
    let of_kind = visible.of_kind(item, kind);
    let batches = of_kind.values().flatten().map(|one| one.batch.clone()).collect();
    let view = item.view_of(kind);
    let opened = Session::open(catalog, &place, (&visible, [view.as_str()]), &SessionOptions::default());
    let session = opened.map_err(|error| told(error.message()))?;
    let day = day_of(now);
    Ok(OpenState { runtime, session, view, day, visible, place, batches })
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
/// The kind is not in the catalogue, or the home folder can't be read.
pub fn show_state(
    catalog: &Catalog,
    (order, now): (&StateOrder, DateTime<Utc>),
    translator: &Translator,
    (show, tells_sets): (impl FnMut(Map<String, Value>), bool),
) -> Result<StateFound> {
    let told = |message: Message| anyhow!("{}", translator.say(&message));
    let state = open_state(catalog, (order, now), translator)?;
    let sql = format!("select * from {} order by _ref", state.view);
    let rows = state.runtime.block_on(state.session.each_row(&sql, show)).map_err(|error| told(error.message()))?;
    let data = DataPlace { folder: &state.place.folder, keys: &state.place.keys };
    let worklist = place_worklist(data, &state.visible, state.session.worklist());
    let worklist = worklist.map_err(|error| told(error.message()))?;
    let sets = match spoken_kind(catalog, &order.kind).filter(|_| tells_sets) {
        Some(kind) => list_sets(data, &state.visible, kind).map_err(|error| told(error.message()))?,
        None => Vec::new(),
    };
    Ok(StateFound { rows, batches: state.batches.len(), worklist, sets })
}

/// The sets that count at the moment, each with what it does.
fn list_sets(
    data: DataPlace<'_>,
    visible: &VisibleBatches,
    (item, kind): (&Item, &Kind),
) -> Result<Vec<SetLine>, BatchError> {
    let mut effects = list_effects(data, visible, (item, kind), |_| true)?;
    let sets = visible.of_kind(item, kind).into_values().flat_map(|sets| {
        let ordered = order_batches(sets.iter().map(|one| &one.batch), visible.moment);
        let find = |counted: &Counted<'_>| sets.iter().find(|one| one.batch.id == counted.batch.id).copied().cloned();
        ordered.iter().filter_map(find).collect::<Vec<_>>()
    });
    Ok(sets.filter_map(|set| Some(SetLine { effect: effects.remove(&set.batch.id)?, set })).collect())
}

async fn visible_batches(store: Store, moment: Moment) -> Result<VisibleBatches, gongzhi_store::StoreError> {
    let visible = store.visible_batches(&operator(Purpose::Analysis).scope, moment).await?;
    store.close().await?;
    Ok(visible)
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
    use gongzhi_core::messages::Language;

    use super::*;
    use crate::acts::catalog::{CatalogPlace, get_catalog};
    use crate::acts::collect::intake::{IntakeDesk, IntakeOrder};

    #[test]
    fn what_came_on_the_last_evening_of_utc_came_on_new_years_day() {
        let say = Translator::new(Language::English);
        let catalog = get_catalog(&CatalogPlace::default(), &say).unwrap();
        let home = tempfile::tempdir().unwrap();
        let now: DateTime<Utc> = "2025-12-31T16:30:00Z".parse().unwrap();
        let item = &catalog.items["land_expropriation_grant"];
        let word = |word: &str| Some(word.to_owned());
        let order = IntakeOrder {
            item: word(&item.key),
            unit: word("natural_resources"),
            period: word("2025-11"),
            mode: word("nil"),
            ..IntakeOrder::default()
        };
        let desk = IntakeDesk::open(catalog.clone(), home.path(), now, &say).unwrap();
        desk.take_nil(&order, &say).unwrap();
        desk.close(&say).unwrap();
        let known = |as_of: &str| {
            let kind = format!("{}.{}", item.key, item.kinds[0].key);
            let order =
                StateOrder { home: home.path().to_owned(), kind, as_of: Some(as_of.parse().unwrap()), period: None };
            let state = open_state(&catalog, (&order, now), &say).unwrap();
            (state.batches.len(), state.day.to_string())
        };
        assert_eq!(known("2025-12-31"), (0, "2026-01-01".to_owned()));
        assert_eq!(known("2026-01-01"), (1, "2026-01-01".to_owned()));
    }
}
