//! The made-up county before anything is written down: who is there, and who plays which part.
//!
//! Taxpayers are drawn into parts (a land grantee, a discharger, an employer) without being drawn twice, so that a lead
//! planted with one model never makes one of another by accident.

mod parts;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, NaiveDate};

use super::codes;
use super::draft::Ledger;
use super::dues::Dues;
use super::facts::{PlantedFact, TOLD_FROM};
use super::names::Names;
use super::random::Dice;
use super::taxpayers::{Maker, Registration, Seat, Subject, Taxpayer, is_ordinary};
pub use parts::Part;

/// A natural person, plainly made up.
#[derive(Debug, Clone)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Number of the purpose-made division.
    pub citizen_id: String,
}

/// A lead that a model must find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedLead {
    /// Model.
    pub model: &'static str,
    /// Taxpayer.
    pub taxpayer: usize,
    /// A day in the period the lead is about.
    pub day: NaiveDate,
    /// What is due, in fen; none for a model without amount.
    pub due_fen: Option<i64>,
    /// What was paid, in fen.
    pub paid_fen: Option<i64>,
}

/// The county.
pub struct World {
    /// Seed of all dice.
    pub seed: u64,
    /// The year made up.
    pub year: i32,
    /// How large it is; 1 is a county of 20 000 taxpayers.
    pub scale: f64,
    /// Words.
    pub names: Names,
    /// Taxpayers.
    pub taxpayers: Vec<Taxpayer>,
    /// How many of the first taxpayers are local and registered.
    pub local_count: usize,
    /// Natural persons.
    pub persons: Vec<Person>,
    /// Rows.
    pub ledger: Ledger,
    /// Leads.
    pub leads: Vec<PlantedLead>,
    /// What is owed and paid, from which leads with sums are planted at the end.
    pub dues: Dues,
    /// What a taxpayer declared as subsidies in the annual return (income, untaxed), in fen.
    pub declared_subsidies: BTreeMap<usize, (i64, i64)>,
    /// Employers in the insurance register.
    pub insured: BTreeSet<usize>,
    /// Taxpayers whose rows must be such that somebody can tell who they are: a lead or a relief hangs on them.
    pub legible: BTreeSet<usize>,
    /// Facts that stand among the rows.
    pub facts: Vec<PlantedFact>,
    /// Taxpayers whose code and name the tax bureau's own tables say together.
    pub named_by_tax_bureau: BTreeSet<usize>,
    /// Taxpayers that have a credit grade.
    pub graded: BTreeSet<usize>,
    /// Local taxpayers that play no part yet, by what sort they are.
    free: BTreeMap<Part, Vec<usize>>,
    absent: Vec<usize>,
    public_bodies: Vec<usize>,
    serial: usize,
    receipts: usize,
    sources: usize,
}

impl World {
    /// A county with its taxpayers and nothing that happens in it.
    pub fn new(seed: u64, year: i32, scale: f64) -> Self {
        let mut world = Self {
            seed,
            year,
            scale,
            names: Names::new(),
            taxpayers: Vec::new(),
            local_count: 0,
            persons: Vec::new(),
            ledger: Ledger::default(),
            leads: Vec::new(),
            dues: Dues::default(),
            declared_subsidies: BTreeMap::new(),
            insured: BTreeSet::new(),
            legible: BTreeSet::new(),
            facts: Vec::new(),
            named_by_tax_bureau: BTreeSet::new(),
            graded: BTreeSet::new(),
            free: BTreeMap::new(),
            absent: Vec::new(),
            public_bodies: Vec::new(),
            serial: 0,
            receipts: 0,
            sources: 0,
        };
        let count = world.scaled(20_000).max(400);
        world.with_maker("taxpayers", |maker, taxpayers| {
            taxpayers.extend((0..count).map(|_| maker.local()));
        });
        world.local_count = count;
        world.shuffle_parts();
        world.make_absent();
        world
    }

    /// A count of the full county, made smaller or larger; never less than three.
    pub fn scaled(&self, count: usize) -> usize {
        self.part_of(count).max(3)
    }

    /// A count of the full county, made smaller or larger; never nothing.
    pub fn part_of(&self, count: usize) -> usize {
        // Counts are far below what a float holds exactly.
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let part = (count as f64 * self.scale).round() as usize;
        part.max(1)
    }

    /// Dice of a part of the county.
    pub fn dice(&self, part: &str) -> Dice {
        Dice::new(self.seed, part)
    }

    /// A day of the year by month and day; the month's last day when it has no such day.
    pub fn day(&self, month: u32, day: u32) -> NaiveDate {
        let at = |day| NaiveDate::from_ymd_opt(self.year, month, day);
        (28..=day).rev().chain([day]).find_map(at).or_else(|| at(1)).unwrap_or_default()
    }

    /// A random day of a month.
    pub fn day_in(&self, month: u32, dice: &mut Dice) -> NaiveDate {
        self.day(month, 1) + Days::new(dice.below(28) as u64)
    }

    /// The day on which the tax side was exported, and from which the county is looked at: the year is filed for, the
    /// next quarter is not due, and the annual returns are those of the year before.
    pub fn as_of(&self) -> NaiveDate {
        TOLD_FROM.1.with_year(self.year + 1).unwrap_or_default()
    }

    /// The number of the next receipt of an event.
    pub fn next_receipt(&mut self) -> String {
        self.receipts += 1;
        format!("365239{:012}", self.receipts)
    }

    /// The number of the next tax source.
    pub fn next_source(&mut self) -> String {
        self.sources += 1;
        format!("T652323{:09}", self.sources)
    }

    /// First day of the year.
    pub fn year_start(&self) -> NaiveDate {
        self.day(1, 1)
    }

    /// The taxpayer with this place. Places come from this world only.
    pub fn taxpayer(&self, at: usize) -> &Taxpayer {
        &self.taxpayers[at]
    }

    /// The person with this place.
    pub fn person(&self, at: usize) -> &Person {
        &self.persons[at]
    }

    /// Whether the tax registration or the market regulator's lists hold the taxpayer.
    pub fn is_in_registry(&self, at: usize) -> bool {
        self.taxpayer(at).registration != Registration::Absent
    }

    /// A company with its seat elsewhere that works here.
    pub fn outside(&mut self, seat: Seat, industry: &'static str, registration: Registration) -> usize {
        self.with_maker("outside", |maker, taxpayers| {
            let mut taxpayer = maker.outside(seat, industry);
            taxpayer.registration = registration;
            taxpayers.push(taxpayer);
        });
        self.taxpayers.len() - 1
    }

    /// A new taxpayer.
    pub fn add(&mut self, subject: Subject, seat: Seat, registration: Registration) -> usize {
        self.with_maker("more", |maker, taxpayers| {
            let mut taxpayer = maker.make(subject, seat);
            taxpayer.registration = registration;
            taxpayers.push(taxpayer);
        });
        self.taxpayers.len() - 1
    }

    /// A new taxpayer of a trade that has no rules of tax of its own.
    pub fn add_ordinary(&mut self, subject: Subject, seat: Seat, registration: Registration) -> usize {
        let at = self.add(subject, seat, registration);
        while !is_ordinary(self.taxpayer(at).industry) {
            self.taxpayers.pop();
            self.add(subject, seat, registration);
        }
        at
    }

    /// A new person born in a year.
    pub fn add_person(&mut self, dice: &mut Dice) -> usize {
        let at = self.persons.len();
        loop {
            let born = NaiveDate::from_ymd_opt(1958, 1, 1).unwrap_or_default() + Days::new(dice.below(16_000) as u64);
            let citizen_id = codes::citizen_id(born, at);
            if self.names.give(&citizen_id) {
                self.persons.push(Person { name: self.names.person(dice), citizen_id });
                return at;
            }
        }
    }

    /// Notes a lead that a model must find.
    pub fn plant(&mut self, lead: PlantedLead) {
        self.legible.insert(lead.taxpayer);
        self.leads.push(lead);
    }

    fn with_maker(&mut self, part: &str, make: impl FnOnce(&mut Maker<'_>, &mut Vec<Taxpayer>)) {
        let dice = Dice::numbered(self.seed, part, self.serial);
        let year_start = self.year_start();
        let mut maker = Maker { names: &mut self.names, dice, year_start, serial: self.serial };
        make(&mut maker, &mut self.taxpayers);
        self.serial = maker.serial;
    }
}
