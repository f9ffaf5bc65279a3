//! Developers (items 22 and 25): presale permits, stocks, contracts, with VAT prepaid on receipts and land VAT liquidated.

use chrono::{Days, Months, NaiveDate};
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;
use gongzhi_core::values::RowAction;
use rust_decimal::Decimal;

use super::contracts::settle_contract;
use super::draft::{Draft, share};
use super::fill::spoken;
use super::random::Dice;
use super::settle::{self, Duty, Prepayment, settle};
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, PlantedLead, World};

/// How far a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Presold: VAT is prepaid on so many hundredths of the receipts.
    Presold(i64),
    /// Accepted and sold but for a few houses.
    MostlySold,
    /// Accepted and sold out.
    SoldOut,
    /// Not accepted, and the presale permit is more than three years old.
    OldPermit,
}

/// A project.
#[derive(Debug, Clone)]
struct Project {
    developer: usize,
    at: usize,
    township: &'static str,
    stage: Stage,
    permit_day: NaiveDate,
    accepted_day: Option<NaiveDate>,
    received_fen: i64,
    quarter: Period,
}

impl Project {
    fn name(&self) -> String {
        format!("示例花园{}期", self.at)
    }

    fn location(&self) -> String {
        format!("{}示例路{}号", self.township, 100 + self.at)
    }

    /// The day from which the liquidation must or may be asked for: sold out by the last contract or the first report that says
    /// so, else as first reported; an old permit from three years after it.
    fn condition_day(&self, last_sale: NaiveDate) -> NaiveDate {
        let reported = self.quarter.last_day();
        match (self.stage, self.accepted_day) {
            (Stage::SoldOut, Some(accepted)) => accepted.max(last_sale.min(reported)),
            (Stage::OldPermit, _) => reported.max(self.permit_day + Months::new(36)),
            _ => reported,
        }
    }

    fn common(&self) -> Draft {
        Draft::of("developer", self.developer)
            .text("admin_region", self.township)
            .text("project_name", self.name())
            .text("permit_number", format!("呼房预示例{:04}号", self.at))
            .text("location", self.location())
            .day("permit_day", self.permit_day)
    }
}

/// Developers that settle everything, and developers that leave out a prepayment or a liquidation.
pub fn make(world: &mut World) {
    let mut dice = world.dice("developers");
    let builders: Vec<usize> = (0..3).map(|_| world.draw(Part::SmallEmployer)).collect();
    let stages = [Stage::MostlySold, Stage::SoldOut, Stage::OldPermit];
    let settled = world.scaled(30);
    let leads = world.scaled(40);
    for at in 0..settled {
        let developer = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        develop(world, (developer, at), (Stage::Presold(100), true), &builders, &mut dice);
    }
    for at in settled..settled + world.scaled(20) {
        let developer = world.draw(Part::SmallEmployer);
        develop(world, (developer, at), (stages[at % 3], true), &builders, &mut dice);
    }
    for at in 1_000..1_000 + leads {
        let developer = world.draw(Part::SmallEmployer);
        let hundredths = if at % 3 == 0 { 40 } else { 0 };
        develop(world, (developer, at), (Stage::Presold(hundredths), true), &builders, &mut dice);
    }
    for at in 2_000..2_000 + leads {
        let developer = world.draw(Part::SmallEmployer);
        develop(world, (developer, at), (stages[at % 3], false), &builders, &mut dice);
    }
}

fn develop(
    world: &mut World,
    (developer, at): (usize, usize),
    (stage, liquidates): (Stage, bool),
    builders: &[usize],
    dice: &mut Dice,
) {
    let accepted = matches!(stage, Stage::MostlySold | Stage::SoldOut);
    // What was accepted was so before the quarter that is reported: its receipts are no presales any more.
    let number = u32::try_from(if accepted { 2 + at % 3 } else { 1 + at % 4 }).unwrap_or(2);
    let permit_day = if stage == Stage::OldPermit {
        world.year_start() - Months::new(24 + 6)
    } else {
        world.year_start() - Months::new(10) + Days::new(dice.below(200) as u64)
    };
    let project = Project {
        developer,
        at,
        township: TOWNSHIPS[dice.below(TOWNSHIPS.len())].1,
        stage,
        permit_day,
        accepted_day: accepted.then(|| world.day(3, 1) + Days::new(dice.below(28) as u64)),
        received_fen: dice.between(3_000_000, 30_000_000) * 100,
        quarter: Period::Quarter(world.year, number),
    };
    report(world, &project, dice);
    begin(world, &project, builders, dice);
    let last_sale = sell(world, &project, dice);
    match stage {
        Stage::Presold(hundredths) => prepay(world, &project, hundredths),
        Stage::OldPermit => prepay(world, &project, 100),
        _ => {}
    }
    match stage {
        Stage::Presold(_) => {}
        _ if liquidates => liquidate(world, &project),
        _ => world.plant(PlantedLead {
            model: "land_vat/liquidation_due",
            taxpayer: developer,
            day: project.condition_day(last_sale),
            due_fen: None,
            paid_fen: None,
        }),
    }
}

/// Permit, building and stock.
fn report(world: &mut World, project: &Project, dice: &mut Dice) {
    let year = Period::Year(world.year);
    let suites = dice.between(80, 300);
    let sold = match project.stage {
        Stage::SoldOut => suites,
        Stage::MostlySold => suites - dice.between(2, suites / 10),
        _ => dice.between(10, 70),
    };
    let unsold = suites - sold;
    let presale = project.common().whole("presale_suites", suites);
    let building = project.common().whole("sold_suites", sold).whole("unsold_suites", unsold);
    let stock = |received_fen: i64, quarter: Period| {
        let stock = project
            .common()
            .text("planned_use", "residential")
            .whole("suites", suites)
            .whole("sold_suites", sold)
            .whole("saleable_suites", unsold)
            .whole("unsaleable_suites", 0)
            .figure("sold_area_square_metres", Decimal::from(sold * 100))
            .figure("saleable_area_square_metres", Decimal::from(unsold * 100))
            .figure("unsaleable_area_square_metres", Decimal::ZERO)
            .fen("received_in_period_yuan", received_fen)
            .text("info_period", spoken(quarter));
        match project.accepted_day {
            Some(day) => stock.day("accepted_day", day),
            None => stock.empty("accepted_day"),
        }
    };
    world.ledger.add("real_estate_industry.presale_permit", year, presale);
    world.ledger.add("real_estate_industry.building", year, building);
    world.ledger.add("real_estate_sales.project_stock", project.quarter, stock(project.received_fen, project.quarter));
    // The next quarter's row takes the place of the one that says what was received.
    if let Period::Quarter(of_year, quarter @ 1..=3) = project.quarter {
        let next = Period::Quarter(of_year, quarter + 1);
        world.ledger.add("real_estate_sales.project_stock", next, stock(0, next).action(RowAction::Change));
    }
}

/// The building began before the year: its contract is one of an earlier year.
fn begin(world: &mut World, project: &Project, builders: &[usize], dice: &mut Dice) {
    let start_day = project.permit_day - Days::new(60);
    let builder = dice.pick(builders).copied().unwrap_or_default();
    for party in [project.developer, builder] {
        settle_contract(world, party, (6_000_000_000, start_day - Days::new(30)), 100);
    }
    let start = Draft::of("developer", project.developer)
        .party("builder", builder)
        .text("admin_region", project.township)
        .text("project_code", format!("{}-652323-04-01-9{:05}", start_day.format("%y%m"), project.at))
        .text("project_name", project.name())
        .figure("floor_area_square_metres", Decimal::from(30_000))
        .fen("contract_amount_yuan", 6_000_000_000)
        .flag("contract_tax_included", true)
        .day("contract_day", start_day - Days::new(30))
        .day("start_day", start_day);
    world.ledger.add("building_start.start", Period::Month(world.year, 1), start);
}

/// Contracts with persons; gives the day of the last.
fn sell(world: &mut World, project: &Project, dice: &mut Dice) -> NaiveDate {
    let mut last_day = world.year_start();
    let contracts = if project.at < 1_000 { 30 } else { 6 };
    for suite in 0..contracts {
        let buyer = world.add_person(dice);
        let month = u32::try_from(dice.between(1, 11)).unwrap_or(1);
        let day = world.day(month, u32::try_from(dice.between(1, 20)).unwrap_or(1));
        last_day = last_day.max(day);
        let contract = Draft::of("developer", project.developer)
            .person("buyer", buyer)
            .text("admin_region", project.township)
            .text("location", project.location())
            .text("house_number", format!("{}-{suite}", project.at + 1))
            .text("planned_use", "residential")
            .day("contract_day", day)
            .fen("price_yuan", dice.between(200_000, 900_000) * 100);
        world.ledger.add_on("real_estate_sales.contract", Frequency::Quarter, day, contract);
    }
    last_day
}

/// VAT prepaid on presale receipts: 3 % of the price without tax, at 9 % for general payers and 5 % for small ones.
fn prepay(world: &mut World, project: &Project, hundredths: i64) {
    let general = world.taxpayer(project.developer).general_vat;
    let due = |received_fen: i64| share(received_fen, 3, if general { 109 } else { 105 });
    let declared_fen = share(project.received_fen, hundredths, 100);
    let prepaid_fen = due(declared_fen);
    if world.is_in_registry(project.developer) {
        let amounts = (due(project.received_fen), prepaid_fen);
        world.dues.add("vat/real_estate_prepayment", project.developer, project.quarter.first_day(), amounts);
    }
    if prepaid_fen == 0 {
        return;
    }
    let prepaid = Prepayment {
        taxpayer: project.developer,
        sort: "property_sale",
        item: "销售不动产",
        project: &project.name(),
        address: project.location(),
        code: None,
        month: Period::month_of(project.quarter.last_day()),
        general,
        rate: 3,
        amounts: (declared_fen, prepaid_fen),
    };
    settle::prepay(world, &prepaid);
}

/// The liquidation is filed in the spring of the next year, after every condition was met.
fn liquidate(world: &mut World, project: &Project) {
    let filed_on = Period::Year(world.year).last_day() + Days::new(80);
    let mut duty = Duty::on_amount(project.developer, "land_vat", (project.received_fen * 4, 300), filed_on);
    duty.item = "土地增值税清算";
    settle(world, &duty, 100);
}
