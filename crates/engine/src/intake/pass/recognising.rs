//! Which kind a sheet is, and what else is known of it before its rows.

use gongzhi_core::catalog::{Item, Kind};
use gongzhi_core::intake::place::Stretch;
use gongzhi_core::intake::recognise::{Expected, Recognised, recognise};
use gongzhi_core::intake::{Clues, Judge, LayoutProfile, Refusal, SheetFacts};
use gongzhi_core::messages::Message;

use super::Pass;

impl<'c> Pass<'c> {
    /// The kind of a sheet: by the hidden identity, by a confirmed layout profile for exactly these headers, by the headers.
    pub(super) fn recognise(&self, facts: &SheetFacts) -> Result<(&'c Item, &'c Kind), Refusal> {
        let catalog = self.context.catalog;
        let by_identity = self.identity.as_ref().and_then(|identity| {
            let kind = identity.kinds.get(&facts.name)?;
            catalog.find_kind(&format!("{}.{kind}", identity.item))
        });
        let by_profile = || self.profile(facts, None).and_then(|profile| catalog.find_kind(&profile.kind));
        if let Some(found) = by_identity.or_else(by_profile) {
            return self.open_kind(found);
        }
        let clues = self.clues(facts, None);
        let units: Vec<&str> = self.context.books.units.named_in(&format!("{} {}", clues.path, facts.titles.join(" ")));
        let stated = self.request.flags.unit.as_deref().and_then(|unit| self.context.books.units.find(unit));
        let is_reporter = |item: &&Item| {
            let reports = |unit: &str| catalog.reporter_of(item, unit).is_some();
            stated.map_or_else(|| units.iter().any(|unit| reports(unit)), reports)
        };
        let identity = self.identity.as_ref();
        let expected = Expected {
            item: self.request.item.clone().or_else(|| identity.map(|identity| identity.item.clone())),
            kind: self.request.kind.clone(),
            unit_items: catalog.items.values().filter(is_reporter).map(|item| item.key.clone()).collect(),
            file: self.path.clone(),
        };
        match recognise(&self.context.books.headers, facts, &expected) {
            Recognised::One(item, kind) => match catalog.find_kind(&format!("{item}.{kind}")) {
                Some(found) => self.open_kind(found),
                None => Err(Refusal::new("unknown-sheet", Message::new("intake-sheet-unknown"))),
            },
            Recognised::Several(kinds) => {
                let message = Message::new("intake-sheet-several").with("sheet", &facts.name);
                Err(Refusal::new("unknown-sheet", message.with("kinds", self.named(&kinds))))
            }
            Recognised::None(nearest) if nearest.is_empty() && self.lacks_kind().is_some() => {
                let item = self.lacks_kind().unwrap_or_default();
                let mend = Message::new("intake-kind-needed-mend");
                Err(Refusal { mend, ..Refusal::new("unknown-sheet", catalog.unknown_kind(item)) })
            }
            Recognised::None(nearest) => {
                let key = if nearest.is_empty() { "intake-sheet-unknown" } else { "intake-sheet-unknown-nearest" };
                let message = Message::new(key).with("sheet", &facts.name).with("kinds", self.named(&nearest));
                Err(Refusal::new("unknown-sheet", message))
            }
        }
    }

    /// The item, where it was named but not which of its kinds.
    fn lacks_kind(&self) -> Option<&str> {
        let named = self.request.item.as_deref().filter(|_| self.request.kind.is_none())?;
        (self.context.catalog.items.get(named)?.kinds.len() > 1).then_some(named)
    }

    /// The kind that was named, of an item of one kind with the item.
    pub(super) fn named_kind(&self) -> Option<(&'c Item, &'c Kind)> {
        let item = self.context.catalog.items.get(self.request.item.as_deref()?)?;
        let only = || item.kinds.first().filter(|_| item.kinds.len() == 1);
        let kind = self.request.kind.as_deref().map_or_else(only, |key| item.find_kind(key))?;
        Some((item, kind))
    }

    fn open_kind(&self, (item, kind): (&'c Item, &'c Kind)) -> Result<(&'c Item, &'c Kind), Refusal> {
        if kind.columns.iter().all(|column| column.closed) {
            let message = Message::new("intake-kind-closed").with("item", &item.name.zh).with("kind", &kind.name.zh);
            return Err(Refusal::new("closed-kind", message));
        }
        Ok((item, kind))
    }

    fn named(&self, kinds: &[String]) -> String {
        let name = |key: &String| match self.context.catalog.find_kind(key) {
            Some((item, kind)) => format!("{key}（{}·{}）", item.name.zh, kind.name.zh),
            None => key.clone(),
        };
        kinds.iter().map(name).collect::<Vec<_>>().join("、")
    }

    /// The confirmed layout profile made for exactly these headers.
    pub(super) fn profile(&self, facts: &SheetFacts, unit: Option<&str>) -> Option<&'c LayoutProfile> {
        let names = || facts.columns.iter().map(|column| column.name.as_str());
        let wanted = |profile: &&LayoutProfile| {
            let item = self.request.item.as_ref().is_none_or(|item| profile.kind.split('.').next() == Some(item));
            let unit = unit.is_none_or(|unit| profile.unit.is_empty() || profile.unit == unit);
            item && unit && profile.is_for(names())
        };
        self.context.profiles.iter().find(wanted)
    }

    pub(super) fn clues<'a>(&'a self, facts: &'a SheetFacts, column: Option<Stretch>) -> Clues<'a> {
        Clues {
            identity: self.identity.as_ref(),
            flags: &self.request.flags,
            titles: &facts.titles,
            column,
            path: &self.path,
        }
    }

    pub(super) fn judge(&self, item: &'c Item) -> Judge<'c> {
        let (catalog, units) = (self.context.catalog, &self.context.books.units);
        Judge { catalog, units, item, today: self.request.today }
    }
}
