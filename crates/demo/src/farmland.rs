//! Farmland that is built over (items 12 and 29), with the farmland occupation tax on it.

use chrono::{Days, NaiveDate};
use gongzhi_core::catalog::Frequency;
use rust_decimal::Decimal;

use super::draft::Draft;
use super::land::note;
use super::random::Dice;
use super::settle::{Duty, settle};
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, World};

/// The county's rate in fen a square metre: the demonstration layer's figure.
const RATE_FEN: i64 = 1_250;

/// An area that was built over.
#[derive(Debug, Clone, Copy)]
struct Area {
    farmland: i64,
    basic: i64,
}

impl Area {
    fn drawn(dice: &mut Dice) -> Self {
        let farmland = dice.between(1_000, 30_000);
        Self { farmland, basic: if dice.below(4) == 0 { farmland / 5 } else { 0 } }
    }

    /// Permanent basic farmland is taxed at one and a half times the rate (耕地占用税法 §6).
    fn due_fen(self) -> i64 {
        (self.farmland - self.basic) * RATE_FEN + self.basic * RATE_FEN * 3 / 2
    }
}

/// Everything about farmland.
pub fn make(world: &mut World) {
    let mut dice = world.dice("farmland");
    for _ in 0..world.scaled(100) {
        let user = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        approve(world, user, 100, &mut dice);
    }
    for at in 0..world.scaled(40) {
        let user = world.draw(Part::SmallEmployer);
        approve(world, user, if at % 4 == 0 { 40 } else { 0 }, &mut dice);
    }
    for _ in 0..world.scaled(20) {
        school(world, &mut dice);
    }
    farming_office(world);
}

fn begin(day: NaiveDate, dice: &mut Dice) -> (Draft, NaiveDate) {
    let township = TOWNSHIPS[dice.below(TOWNSHIPS.len())].1;
    let serial = dice.below(1_000_000);
    let notice = day + Days::new(5);
    let draft = Draft::default()
        .text("admin_region", township)
        .text("project_name", format!("示例用地项目{serial:06}"))
        .text("location", format!("{township}示例村{}号地", serial % 983))
        .text("approval_number", format!("新政土批〔示例〕{serial:06}号"))
        .day("approval_day", day)
        .day("notice_day", notice)
        .empty("occupation_day");
    (draft, notice)
}

fn any_day(world: &World, dice: &mut Dice) -> NaiveDate {
    // Notices come some days later, within the same year and month.
    let month = u32::try_from(dice.between(1, 11)).unwrap_or(1);
    world.day(month, u32::try_from(dice.between(1, 20)).unwrap_or(1))
}

fn duty_of(world: &World, user: usize, area: Area, notice: NaiveDate) -> Duty {
    let halved = world.taxpayer(user).is_halved();
    let mut duty = Duty::on_amount(user, "farmland_tax", (0, 0), notice).item("耕地");
    duty.base = Decimal::from(area.farmland);
    duty.rate = Decimal::new(RATE_FEN, 2);
    duty.payable_fen = area.due_fen();
    duty.halved(halved)
}

/// An approval for a company's project.
fn approve(world: &mut World, user: usize, hundredths: i64, dice: &mut Dice) {
    let day = any_day(world, dice);
    let area = Area::drawn(dice);
    let (draft, notice) = begin(day, dice);
    let duty = duty_of(world, user, area, notice);
    let paid_fen = settle(world, &duty, hundredths);
    note(world, "farmland/occupation", (&duty, paid_fen), notice);
    world.ledger.add_on("construction_land_approval.approval", Frequency::Month, day, {
        approval(draft, area).party("land_user", user).text("land_purpose", "general")
    });
}

fn approval(draft: Draft, area: Area) -> Draft {
    draft
        .text("approving_authority", "新疆维吾尔自治区人民政府")
        .text("land_ownership", "集体")
        .figure("converted_area_square_metres", Decimal::from(area.farmland))
        .figure("approved_area_square_metres", Decimal::from(area.farmland + 500))
        .flag("batch_land", false)
        .figure("farmland_area_square_metres", Decimal::from(area.farmland))
        .figure("basic_farmland_area_square_metres", Decimal::from(area.basic))
        .figure("other_agricultural_area_square_metres", Decimal::ZERO)
        .text("land_use", "0601")
}

/// A school's land: exempt by the law (§7), nothing is paid, and no lead may come of it.
fn school(world: &mut World, dice: &mut Dice) {
    let body = world.draw(Part::PublicBody);
    let day = any_day(world, dice);
    let (draft, _) = begin(day, dice);
    let draft = approval(draft, Area::drawn(dice)).party("land_user", body).text("land_purpose", "school");
    world.ledger.add_on("construction_land_approval.approval", Frequency::Month, day, draft);
}

/// What the agriculture office sees of it (item 29): everything here is settled.
fn farming_office(world: &mut World) {
    let mut dice = world.dice("farming office");
    let kinds = ["conversion", "temporary", "changed_use", "unapproved", "damaged", "reclaimed", "polluted"];
    for at in 0..world.scaled(140) {
        let user = world.draw_or_absent(Part::SmallEmployer, &mut dice);
        let kind = kinds[at % kinds.len()];
        let day = any_day(world, &mut dice);
        let area = Area::drawn(&mut dice);
        let (draft, notice) = begin(day, &mut dice);
        let draft = draft
            .party("land_user", user)
            .figure("area_square_metres", Decimal::from(area.farmland))
            .figure("basic_farmland_area_square_metres", Decimal::from(area.basic))
            .text("land_kind", "0102")
            .text("land_purpose", "general");
        if !matches!(kind, "reclaimed" | "polluted") {
            let duty = duty_of(world, user, area, if matches!(kind, "conversion") { notice } else { day });
            settle(world, &duty, 100);
        }
        let draft = by_kind(draft, kind, day);
        let kind = match kind {
            "conversion" => "agricultural_project.conversion",
            "temporary" => "agricultural_project.temporary",
            "changed_use" => "agricultural_project.changed_use",
            "unapproved" => "agricultural_project.unapproved",
            "damaged" => "agricultural_project.damaged",
            "reclaimed" => "agricultural_project.reclaimed",
            _ => "agricultural_project.polluted",
        };
        world.ledger.add_on(kind, Frequency::Quarter, day, draft);
    }
    for _ in 0..world.scaled(12) {
        let body = world.any_public_body(&mut dice);
        let day = any_day(world, &mut dice);
        let area = Area::drawn(&mut dice);
        let (draft, _) = begin(day, &mut dice);
        let duty = duty_of(world, body, area, day);
        settle(world, &duty, 100);
        let draft = draft
            .party("applicant", body)
            .figure("area_square_metres", Decimal::from(area.farmland))
            .text("land_kind", "0102")
            .text("land_purpose", "general");
        world.ledger.add_on("agricultural_project.batch_unsupplied", Frequency::Quarter, day, draft);
    }
}

fn by_kind(draft: Draft, kind: &str, day: NaiveDate) -> Draft {
    let document = format!("呼农〔示例〕{}号", day.format("%m%d"));
    match kind {
        "temporary" => {
            let mut draft = draft;
            draft.cells.retain(|(column, _)| *column != "occupation_day");
            draft.day("occupation_day", day).day("approval_end_day", day + Days::new(700))
        }
        "changed_use" => draft
            .text("use_before", "耕地")
            .text("use_after", "仓储用地")
            .day("changed_day", day)
            .text("document", document),
        "unapproved" => {
            let mut draft = draft;
            draft.cells.retain(|(column, _)| *column != "occupation_day");
            draft.text("document", document).day("found_day", day).day("occupation_day", day)
        }
        "damaged" => draft.text("damage", "压占").day("found_day", day).text("document", document),
        "polluted" => draft.text("pollution", "示例：轻度污染").day("found_day", day).text("document", document),
        "reclaimed" => draft.day("reclaimed_day", day).day("restoration_accepted_day", day + Days::new(10)),
        _ => draft,
    }
}
