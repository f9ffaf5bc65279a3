//! Building projects: one project is seen by several offices (items 1, 2, 3, 18, 19, 20, 21, 26, 27, 28, 29).
//!
//! A builder from elsewhere reports here and, from outside the prefecture, prepays VAT on what it received; some don't.
//! What was received in a quarter stands in one office's sheet only, so that nobody counts it twice.

mod builders;
mod offices;
mod permits;
mod plan;
mod tax_side;

use chrono::{Days, Months};
use gongzhi_core::period::Period;

use super::contracts::settle_contract;
use super::draft::share;
use super::random::Dice;
use super::taxpayers::{PREFECTURE, PROVINCES, REGION, Registration, Seat, TOWNSHIPS};
use super::world::{Part, World};
pub use builders::list_builders;
use offices::report_by_office;
use permits::permits;
use plan::{Builder, Omits, Project, Sort};
use tax_side::report_to_tax;

/// Everything about projects.
pub fn make(world: &mut World) {
    let mut dice = world.dice("projects");
    let local: Vec<usize> = (0..world.scaled(60)).map(|_| world.draw(Part::SmallEmployer)).collect();
    for at in 0..world.scaled(320) {
        let builder = match at % 20 {
            0..11 => Builder::Local,
            11..15 => Builder::Near,
            _ => Builder::Far,
        };
        let sort = match dice.below(10) {
            0..2 => Sort::Municipal,
            2..4 => Sort::Highway,
            4..6 => Sort::Water,
            6..8 => Sort::Industry,
            8 => Sort::RealEstate,
            _ => Sort::Agriculture,
        };
        build(world, (sort, builder, Omits::Nothing), &local, &mut dice);
    }
    let paid_sorts = [Sort::Municipal, Sort::Highway, Sort::Water, Sort::Industry];
    for at in 0..world.scaled(40) {
        let hundredths = if at % 3 == 0 { 40 } else { 0 };
        build(world, (paid_sorts[at % 4], Builder::Prepaying(hundredths), Omits::Nothing), &local, &mut dice);
    }
    for at in 0..world.scaled(40) {
        build(world, (paid_sorts[at % 4], Builder::Unreported, Omits::Nothing), &local, &mut dice);
    }
    for at in 0..world.scaled(40) {
        let lone = [world.draw(Part::SmallEmployer)];
        let hundredths = if at % 4 == 3 { 40 } else { 0 };
        match at % 2 {
            0 => build(world, (Sort::Industry, Builder::Local, Omits::OwnerStamp(hundredths)), &lone, &mut dice),
            _ => build(
                world,
                (paid_sorts[at / 2 % 4], Builder::Local, Omits::BuilderStamp(hundredths)),
                &lone,
                &mut dice,
            ),
        }
    }
    for _ in 0..world.scaled(20) {
        build(world, (Sort::Industry, Builder::Local, Omits::Source), &local, &mut dice);
    }
}

fn build(world: &mut World, plan: (Sort, Builder, Omits), local: &[usize], dice: &mut Dice) {
    let builder = plan.1;
    let project = begin(world, plan, local, dice);
    stamp(world, &project);
    report_to_tax(world, &project, builder, dice);
    report_by_office(world, &project, dice);
    permits(world, &project, dice);
}

/// Stamp tax on the contract, of both parties.
fn stamp(world: &mut World, project: &Project) {
    let (mut owner, mut builder) = (100, 100);
    match project.omits {
        Omits::OwnerStamp(hundredths) => owner = hundredths,
        Omits::BuilderStamp(hundredths) => builder = hundredths,
        Omits::Nothing | Omits::Source => {}
    }
    let contract = (project.contract_fen, project.contract_day);
    settle_contract(world, project.owner, contract, owner);
    settle_contract(world, project.builder, contract, builder);
}

fn begin(
    world: &mut World,
    (sort, builder, omits): (Sort, Builder, Omits),
    local: &[usize],
    dice: &mut Dice,
) -> Project {
    let serial = dice.below(1_000_000);
    let builds = omits == Omits::Source;
    // Land use and property tax are not due in the last township.
    let (township_code, township) = TOWNSHIPS[dice.below(if builds { 6 } else { 7 })];
    let owner = match sort {
        Sort::Industry if omits != Omits::Nothing => world.draw(Part::SmallEmployer),
        Sort::Industry | Sort::RealEstate => world.draw_or_absent(Part::SmallEmployer, dice),
        _ => world.any_public_body(dice),
    };
    let start_month = u32::try_from(dice.between(1, if builds { 4 } else { 9 })).unwrap_or(1);
    let start_day = world.day_in(start_month, dice);
    let paid_month = Period::month_of(start_day + Months::new(u32::try_from(dice.between(1, 3)).unwrap_or(1)));
    let contract_fen = dice.between(if omits == Omits::Nothing { 800_000 } else { 3_000_000 }, 40_000_000) * 100;
    Project {
        sort,
        name: format!("{township}{}{serial:06}", world.names.project(dice)),
        code: format!("{}-{}-{:02}-{:02}-{serial:06}", start_day.format("%y%m"), &township_code[..6], 4, 1),
        owner,
        builder: builder_of(world, builder, local, dice),
        township,
        contract_fen,
        contract_day: (start_day - Days::new(20)).max(world.year_start()),
        start_day,
        finish_day: start_day + Months::new(u32::try_from(dice.between(4, if builds { 6 } else { 18 })).unwrap_or(6)),
        paid_month,
        paid_fen: share(contract_fen, dice.between(10, 40), 100),
        simplified: builder != Builder::Unreported && dice.below(5) == 0,
        exact: builder == Builder::Unreported,
        omits,
    }
}

fn builder_of(world: &mut World, builder: Builder, local: &[usize], dice: &mut Dice) -> usize {
    let far = |dice: &mut Dice| if dice.below(2) == 0 { REGION[dice.below(2)] } else { PROVINCES[dice.below(3)] };
    let (seat, registration): (Seat, _) = match builder {
        Builder::Local => return dice.pick(local).copied().unwrap_or_default(),
        Builder::Near => (PREFECTURE[dice.below(PREFECTURE.len())], Registration::CrossRegion),
        Builder::Far | Builder::Prepaying(_) => (far(dice), Registration::CrossRegion),
        Builder::Unreported => (PROVINCES[dice.below(PROVINCES.len())], Registration::Absent),
    };
    let at = world.outside(seat, "建筑工程有限公司", registration);
    // Whoever builds for millions is a general taxpayer; its own small-scale years would change the rate.
    world.taxpayers[at].general_vat = true;
    at
}
