//! Who is supported and certified: subsidies (10), credit grades, high technology (5), renovation (6), reuse (7).

use chrono::Days;
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;

use super::draft::Draft;
use super::random::Dice;
use super::settle::{Duty, owe};
use super::taxpayers::{Registration, Subject};
use super::world::{Part, PlantedLead, World};

/// Everything about support.
pub fn make(world: &mut World) {
    let mut dice = world.dice("subsidies");
    declared(world, &mut dice);
    undeclared(world, &mut dice);
    in_arrears(world, &mut dice);
    certificates(world);
}

/// Pays a subsidy in this year or, with 1, in the one before, whose annual returns are in.
fn subsidise(
    world: &mut World,
    (recipient, years_ago): (usize, i32),
    amount_fen: i64,
    dice: &mut Dice,
) -> chrono::NaiveDate {
    let month = u32::try_from(dice.between(1, 12)).unwrap_or(1);
    let year = world.year - years_ago;
    let day = Period::Month(year, month).first_day() + Days::new(dice.below(28) as u64);
    let serial = dice.below(100_000_000);
    let draft = Draft::of("recipient", recipient)
        .text("subsidy_document", format!("呼财建〔示例〕{}号", serial % 500))
        .text("project_name", format!("示例扶持项目{serial:08}"))
        .fen("subsidy_amount_yuan", amount_fen)
        .text("subsidy_type", ["technical_renovation", "investment_reward", "research", "employment"][serial % 4])
        .text("subsidy_reason", "示例：符合扶持条件")
        .day("paid_day", day)
        .flag("untaxed_income", false)
        .flag("tied_to_sales", false);
    world.ledger.add("fiscal_subsidy.payment", Period::Year(year), draft);
    day
}

fn amount(dice: &mut Dice) -> i64 {
    dice.between(20, 900) * 100_000
}

/// Recipients that declare what they received, as income or as untaxed, and recipients that need not.
fn declared(world: &mut World, dice: &mut Dice) {
    for at in 0..world.scaled(260) {
        let recipient = world.draw(Part::SmallEmployer);
        let payments = 1 + at % 3;
        let mut sum_fen = 0;
        for _ in 0..payments {
            let amount_fen = amount(dice);
            subsidise(world, (recipient, 1), amount_fen, dice);
            sum_fen += amount_fen;
        }
        let untaxed_fen = if at % 5 == 0 { sum_fen / 2 } else { 0 };
        world.declared_subsidies.insert(recipient, (sum_fen - untaxed_fen, untaxed_fen));
    }
    for at in 0..world.scaled(300) {
        // Sole traders and villages have no enterprise income tax to declare it in.
        let recipient = if at % 4 == 0 { world.draw(Part::Village) } else { world.draw(Part::SoleTrader) };
        let amount_fen = amount(dice) / 20;
        subsidise(world, (recipient, 1), amount_fen, dice);
    }
    for _ in 0..world.scaled(40) {
        let recipient = world.any_public_body(dice);
        let amount_fen = amount(dice);
        subsidise(world, (recipient, 1), amount_fen, dice);
    }
}

fn undeclared(world: &mut World, dice: &mut Dice) {
    for at in 0..world.scaled(40) {
        let recipient = world.draw(Part::SmallEmployer);
        let amount_fen = amount(dice);
        subsidise(world, (recipient, 1), amount_fen, dice);
        let declared_fen = if at % 3 == 0 { amount_fen / 4 } else { 0 };
        world.declared_subsidies.insert(recipient, (declared_fen, 0));
        world.plant(PlantedLead {
            model: "income/subsidy_undeclared",
            taxpayer: recipient,
            day: Period::Year(world.year - 1).first_day(),
            due_fen: None,
            paid_fen: None,
        });
    }
}

/// Recipients that owe tax or have the worst credit grade, and near misses with the grade above it.
fn in_arrears(world: &mut World, dice: &mut Dice) {
    for at in 0..world.scaled(60) {
        let recipient = world.draw(Part::SmallEmployer);
        let amount_fen = amount(dice);
        let day = subsidise(world, (recipient, 0), amount_fen, dice);
        let grade = match at % 3 {
            0 => {
                let from = world.year_start() - Days::new(184);
                let mut duty =
                    Duty::on_amount(recipient, "property_tax", (dice.between(3_000, 60_000) * 100, 10_000), from);
                duty.item = "从价计征";
                duty.period = (from, world.year_start() - Days::new(1));
                owe(world, &duty, world.year_start() - Days::new(170));
                "B"
            }
            1 => "D",
            _ => "C",
        };
        grade_of(world, recipient, grade);
        if grade != "C" {
            world.plant(PlantedLead {
                model: "subsidy/recipient_in_arrears",
                taxpayer: recipient,
                day,
                due_fen: None,
                paid_fen: None,
            });
        }
    }
    let graded: Vec<usize> = (0..world.local_count).step_by(3).collect();
    for at in graded {
        let taxpayer = world.taxpayer(at);
        let known = taxpayer.subject == Subject::Enterprise && taxpayer.registration == Registration::Registered;
        if known && !world.graded.contains(&at) {
            grade_of(world, at, ["A", "B", "M"][at % 3]);
        }
    }
}

fn grade_of(world: &mut World, taxpayer: usize, grade: &'static str) {
    world.graded.insert(taxpayer);
    let from = world.day(4, 30);
    for (year, from) in [(world.year - 1, from), (world.year - 2, from - Days::new(365))] {
        let draft = Draft::of("taxpayer", taxpayer)
            .whole("year", i64::from(year))
            .text("grade", grade)
            .day("valid_from", from)
            .day("valid_to", from + Days::new(364));
        world.ledger.add("tax_credit.grade", Period::Year(world.year), draft);
    }
}

fn certificates(world: &mut World) {
    let mut dice = world.dice("certificates");
    let year = Period::Year(world.year);
    for at in 0..world.scaled(30) {
        let holder = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        let day = world.day(10, 15);
        let draft = Draft::of("enterprise", holder)
            .text("certificate_number", format!("GR{}65{at:06}", world.year))
            .day("approval_day", day)
            .day("expiry_day", day + Days::new(1_095))
            .text("recognition_kind", "enterprise");
        world.ledger.add("high_tech_certification.certificate", year, draft);
    }
    for at in 0..world.scaled(90) {
        let enterprise = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        let month = u32::try_from(dice.between(1, 12)).unwrap_or(1);
        let draft = Draft::of("enterprise", enterprise)
            .text("project_name", format!("示例技术改造项目{at}"))
            .text("project_code", format!("25{month:02}-652323-07-02-{at:06}"))
            .fen("total_investment_yuan", 900_000_000)
            .fen("equipment_investment_yuan", 400_000_000);
        world.ledger.add("technical_renovation.project", Period::Month(world.year, month), draft);
    }
    for at in 0..world.scaled(16) {
        let enterprise = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        let month = u32::try_from(dice.between(1, 12)).unwrap_or(1);
        let day = world.day(month, 12);
        let certificate = Draft::of("enterprise", enterprise)
            .text("certificate_number", format!("综证示例{at:05}"))
            .day("certificate_day", day)
            .day("expiry_day", day + Days::new(730));
        let inspection = Draft::of("enterprise", enterprise)
            .text("certificate_number", format!("综证示例{at:05}"))
            .text("inspection_kind", "annual")
            .day("inspection_day", day);
        world.ledger.add_on("resource_reuse_certification.certificate", Frequency::Month, day, certificate);
        world.ledger.add_on("resource_reuse_certification.inspection", Frequency::Month, day, inspection);
    }
}
