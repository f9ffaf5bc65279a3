//! Land and buildings that are held from some month of the year on, and the tax sources they are registered as.
//!
//! Whoever receives land or a building registers it and pays land use or property tax on what was registered; what was
//! left out becomes a lead. The rates are the figures of the demonstration layer.

use chrono::{Datelike, Days, NaiveDate};
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::draft::{Draft, share};
use super::settle::{Duty, settle};
use super::taxpayers::Subject;
use super::world::World;

/// Land use tax in fen a square metre a year, by grade from the first on.
pub const LAND_FEN: [i64; 6] = [600, 500, 400, 300, 200, 100];
const GRADE_ITEMS: [&str; 6] = ["一等土地", "二等土地", "三等土地", "四等土地", "五等土地", "六等土地"];
/// The township that lies outside the area of land use and property tax.
const OUTSIDE: &str = "石梯子哈萨克民族乡";

/// How much of what is held is registered as a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// All of it.
    Whole,
    /// So many hundredths of the area.
    Part(i64),
    /// All of it, two grades below its own.
    LowerGrade,
    /// Nothing.
    Nothing,
}

/// A parcel in the hands of somebody.
#[derive(Debug, Clone)]
pub struct Land {
    /// Who holds it.
    pub holder: usize,
    /// Parcel number.
    pub parcel: String,
    /// Township it lies in.
    pub township: &'static str,
    /// Square metres.
    pub area: i64,
    /// Grade, from 1.
    pub grade: usize,
    /// Day of delivery or change.
    pub held_on: NaiveDate,
}

/// A building in the hands of somebody.
#[derive(Debug, Clone)]
pub struct Building {
    /// Who holds it.
    pub owner: usize,
    /// Township it lies in.
    pub township: &'static str,
    /// Address.
    pub address: String,
    /// Unit and certificate, where there is one.
    pub title: Option<(String, String)>,
    /// Floor area.
    pub area: Decimal,
    /// Day of completion or of the certificate.
    pub held_on: NaiveDate,
    /// Price or final account, in fen.
    pub value_fen: i64,
    /// The value holds 9 % of VAT.
    pub with_tax: bool,
}

/// Whether land use and property tax are due in a township.
pub fn is_inside(township: &str) -> bool {
    township != OUTSIDE
}

/// Months of the year that remain after the month of a day.
fn months_left(world: &World, day: NaiveDate) -> i64 {
    if day.year() == world.year { 12 - i64::from(day.month()) } else { 0 }
}

/// The first day of the month after a day.
fn next_month(day: NaiveDate) -> NaiveDate {
    Period::month_of(day).last_day() + Days::new(1)
}

fn is_exempt(world: &World, at: usize) -> bool {
    world.taxpayer(at).subject == Subject::PublicBody
}

/// Registers a parcel, pays the tax of the source, and notes what the register comes to beyond it.
pub fn hold_land(world: &mut World, land: &Land, registered: Registered) {
    if is_exempt(world, land.holder) {
        return;
    }
    let (area, grade) = match registered {
        Registered::Whole => (land.area, land.grade),
        Registered::Part(hundredths) => (land.area * hundredths / 100, land.grade),
        Registered::LowerGrade => (land.area, land.grade + 2),
        Registered::Nothing => (0, land.grade),
    };
    let rate = |grade: usize| LAND_FEN.get(grade - 1).copied().unwrap_or(LAND_FEN[5]);
    let months = months_left(world, land.held_on);
    let parts = if world.taxpayer(land.holder).is_halved() { 24 } else { 12 };
    let missing_fen = if is_inside(land.township) {
        share((land.area * rate(land.grade) - area * rate(grade)) * months, 1, parts)
    } else {
        0
    };
    world.dues.add("land_use/area_gap", land.holder, world.year_start(), (missing_fen, 0));
    if area == 0 {
        return;
    }
    let source = begin_source(world, (land.holder, "land"), land.held_on)
        .text("parcel_number", &land.parcel)
        .text("address", format!("{}示例路", land.township))
        .text("township", land.township)
        .figure("area_square_metres", Decimal::from(area))
        .text("land_grade", grade.to_string())
        .fen("yuan_per_square_metre", rate(grade));
    let number = add_source(world, source);
    if is_inside(land.township) {
        let mut duty = duty_of(world, (land.holder, "land_use_tax"), land.held_on);
        duty.item = GRADE_ITEMS[(grade - 1).min(5)];
        duty.base = Decimal::from(area);
        duty.rate = Decimal::new(rate(grade), 2);
        duty.payable_fen = share(area * rate(grade) * months, 1, 12);
        pay_on(world, duty, number);
    }
}

/// Registers a building, pays the tax of the source, or notes what is due on a building without one.
pub fn hold_building(world: &mut World, building: &Building, registered: bool) {
    if is_exempt(world, building.owner) {
        return;
    }
    let months = months_left(world, building.held_on);
    let halved = world.taxpayer(building.owner).is_halved();
    // 1.2 % a year of seven tenths of the value: seven in ten thousand a month.
    // Whoever deducts no VAT has it in the value.
    let deducts = building.with_tax && world.taxpayer(building.owner).general_vat;
    let under = if deducts { 10_900 } else { 10_000 };
    let due = |halves: i64| share(building.value_fen * months, 7, under * halves);
    let inside = is_inside(building.township);
    if !registered {
        let due_fen = if inside { due(if halved { 2 } else { 1 }) } else { 0 };
        world.dues.add("property/building_source", building.owner, world.year_start(), (due_fen, 0));
        return;
    }
    let mut source = begin_source(world, (building.owner, "building"), building.held_on)
        .text("address", &building.address)
        .text("township", building.township)
        .figure("area_square_metres", building.area)
        .fen("original_value_yuan", building.value_fen)
        .figure("deduction_rate", Decimal::new(7, 1));
    if let Some((parcel, certificate)) = &building.title {
        source = source.text("parcel_number", parcel).text("certificate_number", certificate);
    }
    let number = add_source(world, source);
    if inside {
        let mut duty = duty_of(world, (building.owner, "property_tax"), building.held_on);
        duty.item = "从价计征";
        duty.base = Decimal::new(building.value_fen, 2);
        duty.rate = Decimal::new(12, 3);
        duty.payable_fen = due(1);
        pay_on(world, duty, number);
    }
}

fn begin_source(world: &World, (holder, sort): (usize, &str), held_on: NaiveDate) -> Draft {
    Draft::of("taxpayer", holder)
        .text("source_sort", sort)
        .day("acquired_on", held_on)
        .day("valid_from", next_month(held_on).max(world.year_start()))
        .text("authority", "652323")
}

/// The tax bureau exports its sources as they stand on the day of the export.
fn add_source(world: &mut World, draft: Draft) -> String {
    let number = world.next_source();
    let export = Period::month_of(world.as_of());
    world.ledger.add("tax_source.source", export, draft.text("source_number", &number));
    number
}

fn duty_of(world: &World, (taxpayer, tax): (usize, &'static str), held_on: NaiveDate) -> Duty {
    let last = Period::Year(world.year).last_day();
    let mut duty = Duty::on_amount(taxpayer, tax, (0, 0), last);
    duty.period = (next_month(held_on).min(last), last);
    duty.paid_on = last + Days::new(9);
    duty
}

fn pay_on(world: &mut World, mut duty: Duty, source: String) {
    duty.source = Some(source);
    let duty = duty.clone().halved(world.taxpayer(duty.taxpayer).is_halved());
    settle(world, &duty, 100);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxpayers::Registration;

    fn general(world: &mut World) -> usize {
        let seat = world.taxpayer(0).seat;
        let at = world.add(Subject::Enterprise, seat, Registration::Registered);
        (world.taxpayers[at].general_vat, world.taxpayers[at].small_profit) = (true, false);
        at
    }

    fn due(world: &mut World) -> Vec<Option<i64>> {
        super::super::dues::plant(world);
        world.leads.iter().map(|lead| lead.due_fen).collect()
    }

    #[test]
    fn land_without_a_source_owes_for_the_months_after_its_delivery() {
        let mut world = World::new(1, 2025, 0.01);
        let land = Land {
            holder: general(&mut world),
            parcel: "652323100001GB00001".to_owned(),
            township: "呼图壁镇",
            area: 12_000,
            grade: 3,
            held_on: world.day(4, 10),
        };
        hold_land(&mut world, &land, Registered::Whole);
        assert_eq!(due(&mut world), []);
        hold_land(&mut world, &land, Registered::Nothing);
        assert_eq!(due(&mut world), [Some(3_200_000)]);
    }

    #[test]
    fn a_building_without_a_source_owes_on_its_value_without_vat() {
        let mut world = World::new(1, 2025, 0.01);
        let building = Building {
            owner: general(&mut world),
            township: "呼图壁镇",
            address: "示例路8号".to_owned(),
            title: None,
            area: Decimal::from(12_000),
            held_on: world.day(2, 20),
            value_fen: 3_270_000_000,
            with_tax: true,
        };
        hold_building(&mut world, &building, true);
        assert_eq!(due(&mut world), []);
        hold_building(&mut world, &building, false);
        assert_eq!(due(&mut world), [Some(21_000_000)]);
    }
}
