//! Building projects: one project is seen by several offices (items 1, 2, 3, 18, 19, 20, 21, 26, 27, 28, 29).
//!
//! A builder from elsewhere reports here and, from outside the prefecture, prepays VAT on what it received; some don't.
//! What was received in a quarter stands in one office's sheet only, so that nobody counts it twice.

use chrono::{Days, Months, NaiveDate};
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;
use gongzhi_core::values::RowAction;
use rust_decimal::Decimal;

use super::contracts::settle_contract;
use super::draft::{Draft, share};
use super::fill::spoken;
use super::random::Dice;
use super::settle::{self, Prepayment};
use super::sources::{Building, hold_building};
use super::taxpayers::{PREFECTURE, PROVINCES, REGION, Registration, Seat, TOWNSHIPS};
use super::world::{Part, PlantedLead, World};

/// What is built, and so who reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Municipal,
    Highway,
    Water,
    Industry,
    RealEstate,
    Agriculture,
}

impl Sort {
    /// The office whose sheet says what was received.
    fn paid_in(self) -> Option<&'static str> {
        match self {
            Self::Municipal => Some("municipal_project.project"),
            Self::Highway => Some("highway_project.project"),
            Self::Water => Some("water_project.project"),
            Self::Industry => Some("investment_progress.progress"),
            Self::RealEstate | Self::Agriculture => None,
        }
    }
}

/// Where a builder comes from and what it does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Builder {
    /// Seated here.
    Local,
    /// Seated in the prefecture: reports, does not prepay.
    Near,
    /// From farther away: reports and prepays.
    Far,
    /// From farther away: reports and prepays a part (hundredths).
    Prepaying(i64),
    /// From another province, unknown here.
    Unreported,
}

/// What the parties leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Omits {
    Nothing,
    /// The owner pays so many hundredths of its stamp tax.
    OwnerStamp(i64),
    /// The builder does.
    BuilderStamp(i64),
    /// The owner registers no source of the building.
    Source,
}

/// A project.
#[derive(Debug, Clone)]
struct Project {
    sort: Sort,
    name: String,
    code: String,
    owner: usize,
    builder: usize,
    township: &'static str,
    contract_fen: i64,
    contract_day: NaiveDate,
    start_day: NaiveDate,
    finish_day: NaiveDate,
    /// Month in which the builder is paid.
    paid_month: Period,
    paid_fen: i64,
    simplified: bool,
    exact: bool,
    omits: Omits,
}

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

/// What the tax side knows: the report, and the VAT prepaid.
fn report_to_tax(world: &mut World, project: &Project, builder: Builder, dice: &mut Dice) {
    match builder {
        Builder::Local => {}
        Builder::Unreported => {
            world.plant(PlantedLead {
                model: "construction/contractor_without_report",
                taxpayer: project.builder,
                day: project.start_day,
                due_fen: None,
                paid_fen: None,
            });
            // Whoever is unknown here does not prepay here either.
            prepay(world, project, 0);
        }
        Builder::Near => report(world, project, dice),
        Builder::Far => {
            report(world, project, dice);
            prepay(world, project, 100);
        }
        Builder::Prepaying(hundredths) => {
            report(world, project, dice);
            if project.sort.paid_in().is_some() {
                prepay(world, project, hundredths);
            }
        }
    }
}

fn report(world: &mut World, project: &Project, dice: &mut Dice) {
    let reported_on = project.start_day + Days::new(dice.below(12) as u64);
    let seat = world.taxpayer(project.builder).seat;
    let draft = Draft::of("taxpayer", project.builder)
        .party("owner", project.owner)
        .text("report_number", format!("跨报{}{}", project.start_day.format("%Y"), &project.code))
        .text("home_authority", format!("国家税务总局{}税务局", seat.name))
        .text("home_region", seat.name)
        .text("project_code", &project.code)
        .text("project_name", &project.name)
        .text("contract_number", format!("示例合同{}", project.code))
        .fen("contract_amount_yuan", project.contract_fen)
        .day("contract_from", project.contract_day)
        .day("contract_to", project.finish_day)
        .text("work_region", "呼图壁县")
        .text("work_address", project.township)
        .text("manner", "建筑安装")
        .day("reported_on", reported_on)
        .day("checked_in_on", reported_on + Days::new(2))
        .day("valid_to", project.finish_day)
        .text("authority", "652323");
    world.ledger.add_on("cross_region_report.report", Frequency::Month, reported_on + Days::new(2), draft);
}

/// VAT prepaid on receipts: 2 % by the general method, 3 % by the simplified one, of the price without tax.
fn prepayment_of(project: &Project, received_fen: i64) -> i64 {
    match project.simplified {
        false => share(received_fen, 2, 109),
        true => share(received_fen, 3, 103),
    }
}

/// Prepays on so many hundredths of what was received; what is left out becomes a lead.
fn prepay(world: &mut World, project: &Project, hundredths: i64) {
    if project.sort.paid_in().is_none() {
        return;
    }
    let declared_fen = share(project.paid_fen, hundredths, 100);
    // Without any prepayment return the subcontracts are unknown: half of the receipts is the low end of the range.
    let base_fen = if hundredths == 0 { share(project.paid_fen, 1, 2) } else { project.paid_fen };
    let (due_fen, prepaid_fen) = (prepayment_of(project, base_fen), prepayment_of(project, declared_fen));
    let month = project.paid_month;
    if prepaid_fen > 0 {
        let prepaid = Prepayment {
            taxpayer: project.builder,
            sort: "construction",
            item: "建筑服务",
            project: &project.name,
            address: project.township.to_owned(),
            code: Some(&project.code),
            month,
            general: !project.simplified,
            rate: if project.simplified { 3 } else { 2 },
            amounts: (declared_fen, prepaid_fen),
        };
        settle::prepay(world, &prepaid);
    }
    if due_fen - prepaid_fen > (due_fen / 100).max(10_000) {
        world.plant(PlantedLead {
            model: "construction/prepayment",
            taxpayer: project.builder,
            day: month.first_day(),
            due_fen: Some(due_fen),
            paid_fen: Some(prepaid_fen),
        });
    }
}

/// Rows of the offices that follow the project: it appears, and once it is paid it changes.
fn report_by_office(world: &mut World, project: &Project, dice: &mut Dice) {
    let kinds: &[&'static str] = match project.sort {
        Sort::Municipal => &["investment_approval.project", "municipal_project.project"],
        Sort::Highway => &["investment_approval.project", "highway_project.project"],
        Sort::Water => &["investment_approval.project", "water_project.project"],
        Sort::Industry => {
            &["investment_approval.project", "investment_progress.progress", "construction_filing.project"]
        }
        Sort::RealEstate => &["real_estate_approval.project"],
        Sort::Agriculture => &["agricultural_project.project"],
    };
    let begun = Period::quarter_of(project.start_day);
    let paid = Period::quarter_of(project.paid_month.first_day());
    for kind in kinds {
        let pays = project.sort.paid_in() == Some(*kind);
        if !pays || paid != begun {
            world.ledger.add(kind, begun, row(project, begun, (0, 0), dice));
        }
        if pays {
            let action = if paid == begun { RowAction::Add } else { RowAction::Change };
            let amounts = (project.paid_fen, project.paid_fen);
            world.ledger.add(kind, paid, row(project, paid, amounts, dice).action(action));
        }
        // The next quarter's row takes the place of the one that says what was paid.
        if let Period::Quarter(year, quarter @ 1..=3) = paid
            && pays
        {
            let next = Period::Quarter(year, quarter + 1);
            world.ledger.add(kind, next, row(project, next, (0, project.paid_fen), dice).action(RowAction::Change));
        }
    }
}

/// What an office says of a project in a quarter: paid in it, and in all.
fn row(project: &Project, quarter: Period, (paid_fen, total_fen): (i64, i64), dice: &mut Dice) -> Draft {
    let draft = Draft::of("owner", project.owner)
        .party("builder", project.builder)
        .text("admin_region", project.township)
        .text("project_code", &project.code)
        .text("project_name", &project.name)
        .fen("total_investment_yuan", share(project.contract_fen, 13, 10))
        .fen("project_cost_yuan", share(project.contract_fen, 11, 10))
        .fen("bid_amount_yuan", project.contract_fen)
        .fen("contract_amount_yuan", project.contract_fen)
        .flag("contract_tax_included", true)
        .text("vat_method", if project.simplified { "simplified" } else { "general" })
        .text("location", format!("{}示例工地{}", project.township, dice.between(1, 99)))
        .day("contract_day", project.contract_day)
        .day("award_day", project.contract_day)
        .day("approval_day", project.contract_day - Days::new(60))
        .day("permit_day", project.start_day - Days::new(5))
        .day("start_day", project.start_day)
        .day("finish_day", project.finish_day)
        .fen("paid_in_period_yuan", paid_fen)
        .fen("paid_total_yuan", total_fen)
        .fen("funds_in_place_yuan", share(project.contract_fen, 6, 10))
        .fen("annual_plan_yuan", share(project.contract_fen, 7, 10))
        .empty("accepted_day")
        .empty("final_account_yuan")
        .empty("settlement_yuan")
        .empty("settlement_day")
        .empty("final_account_day")
        .text("info_period", spoken(quarter));
    let draft = if dice.below(3) == 0 { draft.party("investor", project.owner) } else { draft };
    if project.exact { draft.exact() } else { draft }
}

/// What the housing office and the real-estate register hand out along the way.
fn permits(world: &mut World, project: &Project, dice: &mut Dice) {
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

/// Sheets that name the builder of a project.
const WITH_BUILDERS: [(&str, &str); 5] = [
    ("construction_permit", "construction_permit"),
    ("highway_project", "project"),
    ("municipal_project", "project"),
    ("water_project", "project"),
    ("agricultural_project", "project"),
];

/// The housing office's list of builders: all of them in January, new ones later. It says where each is seated.
pub fn list_builders(world: &mut World) {
    let mut listed: Vec<(usize, Period, bool)> = Vec::new();
    for ((item, period), kinds) in &world.ledger.sets {
        let Some((_, kind)) = WITH_BUILDERS.iter().find(|(named, _)| named == item) else { continue };
        for draft in kinds.get(kind).into_iter().flatten() {
            let builder = draft.parties.iter().find(|(party, _)| *party == "builder");
            if let Some((_, super::draft::Who::Taxpayer(builder))) = builder
                && !listed.iter().any(|(known, ..)| known == builder)
            {
                listed.push((*builder, *period, draft.exact_identity));
            }
        }
    }
    for (builder, period, exact) in listed {
        let taxpayer = world.taxpayer(builder);
        let here = taxpayer.seat.region == super::taxpayers::COUNTY;
        let draft = Draft::of("builder", builder)
            .text("admin_region", TOWNSHIPS[taxpayer.township].1)
            .flag("from_outside", !here)
            .day("filing_day", period.first_day() + Days::new(10))
            .text("seat_region", taxpayer.seat.name)
            .text("registered_address", format!("{}示例路", taxpayer.seat.name))
            .text("qualification", "建筑工程施工总承包三级");
        let draft = if exact { draft.exact() } else { draft };
        world.ledger.add("construction_permit.builder", period, draft);
    }
}
