//! Whether the tax side's loads cover what a row is compared with.
//!
//! A flow table is often loaded in parts, a month or half a year at a time: together they must cover the period, without
//! a gap. Of a stock table one load decides: that of the day.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::models::CoverageNeed;
use crate::models::facts::Coverage;
use crate::period::Period;

/// Whether every tax kind of a need is covered at a place for a period. `decisive` is the day up to which a load must
/// know what was paid; of a period still running the days up to `as_of` count.
pub(super) fn is_covered(
    need: &CoverageNeed,
    loads: &[Coverage],
    (region, period): (&str, Period),
    (decisive, as_of): (NaiveDate, NaiveDate),
) -> bool {
    let is_fresh = |load: &Coverage| {
        load.as_of.map_or(!need.stock, |moment| moment >= decisive) || (need.stock && load.to >= decisive)
    };
    let is_meant = |load: &&Coverage| load.table == need.table && region.starts_with(&load.authority) && is_fresh(load);
    let mut meant: Vec<&Coverage> = loads.iter().filter(is_meant).collect();
    meant.sort_by_key(|load| (load.from, load.to));
    let days = (period.first_day(), period.last_day().min(as_of));
    let is_kind_covered = |kind: &str| {
        let of_kind = meant.iter().filter(|load| load.tax_kind.is_empty() || load.tax_kind == kind);
        let mut of_kind = of_kind.map(|load| (load.from, load.to));
        if need.stock { of_kind.next().is_some() } else { spans(of_kind, days) }
    };
    if need.tax_kinds.is_empty() {
        // Not by kind: the loads of any one kind will do, those of two kinds do not complete one another.
        let kinds: BTreeSet<&str> = meant.iter().map(|load| load.tax_kind.as_str()).collect();
        return kinds.into_iter().any(is_kind_covered);
    }
    need.tax_kinds.iter().all(|kind| is_kind_covered(kind))
}

/// Whether ranges of days, ordered by their first, leave no day between two days out.
fn spans(ranges: impl Iterator<Item = (NaiveDate, NaiveDate)>, (first, last): (NaiveDate, NaiveDate)) -> bool {
    let mut reached: Option<NaiveDate> = None;
    for (from, to) in ranges {
        let next = reached.and_then(|day| day.succ_opt()).map_or(first, |day| day.max(first));
        if from > next {
            break;
        }
        reached = reached.max(Some(to));
    }
    reached.is_some_and(|day| day >= last)
}
