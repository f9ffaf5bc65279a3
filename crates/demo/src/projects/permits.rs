//! What is permitted, accepted and sold along the way of a project.

use chrono::{Days, NaiveDate};
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::plan::{Omits, Project, Sort};
use crate::draft::Draft;
use crate::random::Dice;
use crate::sources::{Building, hold_building};
use crate::world::World;

/// What the housing office and the real-estate register hand out along the way.
pub fn permits(world: &mut World, project: &Project, dice: &mut Dice) {
    if matches!(project.sort, Sort::Water | Sort::Agriculture | Sort::Highway) {
        return;
    }
    let add = |world: &mut World, kind: &'static str, day: NaiveDate, draft: Draft| {
        let draft = if project.exact { draft.exact() } else { draft };
        world.ledger.add_on(kind, Frequency::Quarter, day, draft);
    };
    let common = || {
        Draft::of("owner", project.owner)
            .text("admin_region", project.township)
            .text("project_code", &project.code)
            .text("project_name", &project.name)
            .text("location", format!("{}示例工地", project.township))
    };
    let area = Decimal::from(dice.between(800, 40_000));
    let permit_day = project.start_day;
    let planning = common()
        .text("permit_number", format!("建字第示例{}号", project.code))
        .figure("floor_area_square_metres", area)
        .day("permit_day", permit_day);
    add(world, "construction_permit.planning_permit", permit_day, planning);
    let land = common()
        .text("permit_number", format!("地字第示例{}号", project.code))
        .figure("area_square_metres", area)
        .day("permit_day", permit_day);
    add(world, "construction_permit.land_permit", permit_day, land);
    let construction = common()
        .party("builder", project.builder)
        .text("permit_number", format!("示例{}", project.code))
        .figure("floor_area_square_metres", area)
        .fen("contract_amount_yuan", project.contract_fen)
        .flag("contract_tax_included", true)
        .day("start_day", project.start_day)
        .day("finish_day", project.finish_day)
        .day("permit_day", permit_day);
    add(world, "construction_permit.construction_permit", permit_day, construction);
    let tender = common()
        .party("winner", project.builder)
        .text("tender_number", format!("示例标{}", project.code))
        .text("lot", "一标段")
        .fen("contract_amount_yuan", project.contract_fen)
        .flag("contract_tax_included", true)
        .day("award_day", project.contract_day.max(world.year_start()));
    add(world, "construction_permit.tender", project.contract_day.max(world.year_start()), tender);
    finish(world, project, (area, dice));
    if project.sort == Sort::RealEstate {
        presell(world, project);
        let start = Draft::of("developer", project.owner)
            .party("builder", project.builder)
            .text("admin_region", project.township)
            .text("project_code", &project.code)
            .text("project_name", &project.name)
            .figure("floor_area_square_metres", area)
            .fen("contract_amount_yuan", project.contract_fen)
            .flag("contract_tax_included", true)
            .day("contract_day", project.contract_day)
            .day("start_day", project.start_day);
        let start = if project.exact { start.exact() } else { start };
        world.ledger.add_on("building_start.start", Frequency::Month, project.start_day, start);
    }
}

/// Projects that end within the year are accepted.
fn finish(world: &mut World, project: &Project, (area, dice): (Decimal, &mut Dice)) {
    if chrono::Datelike::year(&project.finish_day) > world.year {
        return;
    }
    let day = project.finish_day;
    let accepted = Draft::of("owner", project.owner)
        .party("builder", project.builder)
        .text("admin_region", project.township)
        .text("project_code", &project.code)
        .text("project_name", &project.name)
        .text("location", format!("{}示例工地", project.township))
        .figure("floor_area_square_metres", area)
        .text("filing_number", format!("示例备{}", project.code))
        .day("accepted_day", day)
        .day("start_day", project.start_day)
        .day("finish_day", day)
        .day("final_account_day", day + Days::new(dice.below(40) as u64))
        .fen("final_account_yuan", project.contract_fen);
    let accepted = if project.exact { accepted.exact() } else { accepted };
    // A developer's houses are for sale; others hold what they had built.
    if project.sort == Sort::Industry {
        let building = Building {
            owner: project.owner,
            township: project.township,
            address: format!("{}示例工地", project.township),
            title: None,
            area,
            held_on: day,
            value_fen: project.contract_fen,
            with_tax: true,
        };
        hold_building(world, &building, project.omits != Omits::Source);
    }
    world.ledger.add_on("construction_permit.acceptance", Frequency::Quarter, day, accepted.clone());
    world.ledger.add_on("construction_acceptance.acceptance", Frequency::Quarter, day, accepted);
}

/// A developer's houses are sold before they are finished: it has a presale permit.
fn presell(world: &mut World, project: &Project) {
    let draft = Draft::of("developer", project.owner)
        .text("admin_region", project.township)
        .text("project_name", &project.name)
        .text("permit_number", format!("呼房预示例{}号", project.code))
        .text("location", format!("{}示例工地", project.township))
        .day("permit_day", project.start_day);
    world.ledger.add("real_estate_industry.presale_permit", Period::Year(world.year), draft);
}
