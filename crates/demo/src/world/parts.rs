//! Who plays which part: taxpayers are drawn by their sort, none of them twice, and some are known to no registry.

use super::World;
use crate::random::Dice;
use crate::spelling::RATES;
use crate::taxpayers::{PREFECTURE, PROVINCES, REGION, Registration, Subject};

/// Which taxpayers a part is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Companies with up to 30 on the payroll.
    SmallEmployer,
    /// Companies with more.
    LargeEmployer,
    /// Sole traders.
    SoleTrader,
    /// Cooperatives.
    Cooperative,
    /// Offices, schools, stations.
    PublicBody,
    /// Villages.
    Village,
}

impl World {
    /// A taxpayer that plays no part yet; from now on it plays one. When nobody is left, somebody new moves in.
    pub fn draw(&mut self, part: Part) -> usize {
        if let Some(at) = self.free.get_mut(&part).and_then(Vec::pop) {
            return at;
        }
        let subject = match part {
            Part::SmallEmployer | Part::LargeEmployer => Subject::Enterprise,
            Part::SoleTrader => Subject::SoleTrader,
            Part::Cooperative => Subject::Cooperative,
            Part::PublicBody => Subject::PublicBody,
            Part::Village => Subject::Village,
        };
        let here = self.taxpayer(0).seat;
        let at = self.add(subject, here, Registration::Registered);
        let staff = if part == Part::LargeEmployer { 40 + i64::try_from(at % 90).unwrap_or(0) } else { 12 };
        self.taxpayers[at].staff = staff;
        at
    }

    /// Somebody for a part that settles everything: mostly local, at times somebody no registry knows.
    pub fn draw_or_absent(&mut self, part: Part, dice: &mut Dice) -> usize {
        if dice.happens(RATES.absent + RATES.same_brand) {
            return dice.pick(&self.absent).copied().unwrap_or_default();
        }
        self.draw(part)
    }

    /// A public body, drawn freely: bodies play many parts.
    pub fn any_public_body(&self, dice: &mut Dice) -> usize {
        dice.pick(&self.public_bodies).copied().unwrap_or_default()
    }

    /// A local taxpayer of any part, drawn freely.
    pub fn any_local(&self, dice: &mut Dice) -> usize {
        dice.below(self.local_count)
    }

    /// A local taxpayer that did not close, drawn freely.
    pub fn any_open_local(&self, dice: &mut Dice) -> usize {
        let drawn = self.any_local(dice);
        (drawn..self.local_count).find(|at| self.taxpayer(*at).closed_on.is_none()).unwrap_or(drawn)
    }

    /// Puts every taxpayer with those of its sort, in an order of chance.
    pub fn shuffle_parts(&mut self) {
        for (at, taxpayer) in self.taxpayers.iter().enumerate() {
            let part = match taxpayer.subject {
                Subject::Enterprise if taxpayer.staff > 30 => Part::LargeEmployer,
                Subject::Enterprise => Part::SmallEmployer,
                Subject::SoleTrader => Part::SoleTrader,
                Subject::Cooperative => Part::Cooperative,
                Subject::PublicBody => Part::PublicBody,
                Subject::Village | Subject::VillageCooperative => Part::Village,
            };
            self.free.entry(part).or_default().push(at);
            if part == Part::PublicBody {
                self.public_bodies.push(at);
            }
        }
        let mut dice = self.dice("parts");
        for list in self.free.values_mut() {
            dice.shuffle(list);
        }
    }

    /// Companies that no registry of the county knows: strangers, and namesakes from other counties.
    pub fn make_absent(&mut self) {
        let mut dice = self.dice("absent");
        for _ in 0..self.scaled(400) {
            let seat = *dice.pick(&[PREFECTURE[0], PREFECTURE[1], REGION[0], PROVINCES[0]]).unwrap_or(&PREFECTURE[0]);
            let at = self.add(Subject::Enterprise, seat, Registration::Absent);
            if dice.below(RATES.absent + RATES.same_brand) < RATES.same_brand {
                self.make_namesake(at, &mut dice);
            }
            self.absent.push(at);
        }
    }

    fn make_namesake(&mut self, at: usize, dice: &mut Dice) {
        let elsewhere = PREFECTURE[1 + dice.below(PREFECTURE.len() - 1)];
        for _ in 0..50 {
            let local = self.any_local(dice);
            let local = self.taxpayer(local);
            if local.subject != Subject::Enterprise || !local.name.starts_with(local.seat.name) {
                continue;
            }
            let name = local.name.replacen(local.seat.name, elsewhere.name, 1);
            if self.names.give(&name) {
                self.taxpayers[at].name = name;
                return;
            }
        }
    }
}
