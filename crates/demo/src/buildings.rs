//! Houses: sold, registered, pulled down, compensated (items 23 and 24), and state assets that change hands (31, 32).

use chrono::{Days, NaiveDate};
use gongzhi_core::catalog::Frequency;
use rust_decimal::Decimal;

use super::draft::{Draft, share};
use super::fill::parcel;
use super::land::settle_stamp;
use super::prices;
use super::random::Dice;
use super::settle::{Duty, settle};
use super::sources::{Building, hold_building};
use super::taxpayers::TOWNSHIPS;
use super::world::{Part, World};

/// Everything about houses and state assets.
pub fn make(world: &mut World) {
    company_transfers(world);
    home_transfers(world);
    condemned(world);
    state_assets(world);
}

fn any_day(world: &World, dice: &mut Dice) -> NaiveDate {
    let month = u32::try_from(dice.between(1, 11)).unwrap_or(1);
    world.day(month, u32::try_from(dice.between(1, 20)).unwrap_or(1))
}

fn place(dice: &mut Dice) -> (&'static str, String) {
    let township = TOWNSHIPS[dice.below(TOWNSHIPS.len())].1;
    (township, format!("{township}示例路{}号示例楼{}室", dice.between(1, 900), dice.between(101, 2_309)))
}

/// A house that is sold.
struct Sale {
    number: usize,
    day: NaiveDate,
    township: &'static str,
    place: String,
    area: i64,
    price_fen: i64,
    parcel: String,
}

impl Sale {
    /// A house of so many square metres at about this price a square metre: a fifth more or less is no sign of anything.
    fn drawn(world: &World, number: usize, (area, yuan): ((i64, i64), i64), dice: &mut Dice) -> Self {
        let (township, place) = place(dice);
        let area = dice.between(area.0, area.1);
        Self {
            number,
            day: any_day(world, dice),
            township,
            place,
            area,
            price_fen: area * yuan * dice.between(85, 115),
            parcel: parcel(dice),
        }
    }

    fn certificate(&self) -> String {
        format!("新（示例）呼图壁县不动产权第{:07}号", self.number)
    }

    fn certificate_day(&self) -> NaiveDate {
        self.day + Days::new(6)
    }

    fn draft(&self) -> Draft {
        Draft::default()
            .text("admin_region", self.township)
            .text("house_certificate_number", self.certificate())
            .text("house_place", &self.place)
            .figure("floor_area_square_metres", Decimal::from(self.area))
            .day("deal_day", self.day)
            .day("certificate_day", self.certificate_day())
            .fen("price_yuan", self.price_fen)
            .flag("price_includes_tax", false)
            .text("parcel_number", &self.parcel)
            .empty("buyer_household_houses")
    }
}

/// What the buyer of a house leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Omits {
    Nothing,
    Stamp,
    /// Pays so many hundredths of the deed tax.
    Deed(i64),
    Source,
}

/// Shops and offices sold between companies: both owe stamp tax, the buyer deed tax and property tax from then on.
fn company_transfers(world: &mut World) {
    let mut dice = world.dice("company houses");
    let (settled, leads) = (world.scaled(90), world.scaled(20));
    for at in 0..settled {
        sell(world, at, if at % 9 == 0 { Omits::Stamp } else { Omits::Nothing }, &mut dice);
    }
    for at in settled..settled + leads {
        sell(world, at, Omits::Deed(if at % 4 == 0 { 50 } else { 0 }), &mut dice);
    }
    for at in settled + leads..settled + 2 * leads {
        sell(world, at, Omits::Source, &mut dice);
    }
}

fn sell(world: &mut World, at: usize, omits: Omits, dice: &mut Dice) {
    let (seller, buyer) = (world.draw(Part::SmallEmployer), world.draw(Part::SmallEmployer));
    let house_use = ["commercial", "office"][at % 2];
    let mut sale = Sale::drawn(world, at, ((150, 900), prices::get("house", house_use)), dice);
    if omits == Omits::Source {
        sale.township = TOWNSHIPS[at % 6].1;
    }
    settle_stamp(world, seller, (sale.price_fen, 100), sale.day);
    settle_stamp(world, buyer, (sale.price_fen, if omits == Omits::Stamp { 0 } else { 100 }), sale.day);
    let mut deed = Duty::on_amount(buyer, "deed_tax", (sale.price_fen, 300), sale.day).item("房屋买卖");
    // Deed tax comes before the certificate.
    deed.paid_on = sale.day + Days::new(4);
    let hundredths = if let Omits::Deed(hundredths) = omits { hundredths } else { 100 };
    let paid_fen = settle(world, &deed, hundredths);
    world.dues.add("deed/transfer", buyer, sale.day, (deed.due_fen(), paid_fen));
    let building = Building {
        owner: buyer,
        township: sale.township,
        address: sale.place.clone(),
        title: Some((sale.parcel.clone(), sale.certificate())),
        area: Decimal::from(sale.area),
        held_on: sale.certificate_day(),
        value_fen: sale.price_fen,
        with_tax: false,
    };
    hold_building(world, &building, omits != Omits::Source);
    let draft = sale.draft().party("seller", seller).party("buyer", buyer).text("house_use", house_use);
    world.ledger.add_on("property_registration.transfer", Frequency::Month, sale.certificate_day(), draft);
}

/// Homes sold between persons: no stamp tax (财税〔2008〕137号), no property tax, and deed tax at the lowest rate, paid before
/// the registration.
fn home_transfers(world: &mut World) {
    let mut dice = world.dice("homes");
    for at in 0..world.scaled(1_800) {
        let (seller, buyer) = (world.add_person(&mut dice), world.add_person(&mut dice));
        let sale = Sale::drawn(world, 1_000_000 + at, ((60, 180), prices::get("house", "residential")), &mut dice);
        pay_deed_tax(world, buyer, &sale);
        let draft = sale.draft().person("seller", seller).person("buyer", buyer).text("house_use", "residential");
        world.ledger.add_on("property_registration.transfer", Frequency::Month, sale.certificate_day(), draft);
    }
}

/// A person's only house: 1 % up to 140 square metres, 1.5 % above (公告2024年第16号).
fn pay_deed_tax(world: &mut World, buyer: usize, sale: &Sale) {
    let hundredths = if sale.area <= 140 { 100 } else { 150 };
    let (paid_on, receipt) = (sale.day + Days::new(4), world.next_receipt());
    let payment = Draft::default()
        .person("taxpayer", buyer)
        .exact()
        .text("tax_kind", "deed_tax")
        .text("tax_item", "存量房")
        .day("period_from", sale.day)
        .day("period_to", sale.day)
        .fen("tax_payable_yuan", share(sale.price_fen, 300, 10_000))
        .fen("relief_yuan", share(sale.price_fen, 300 - hundredths, 10_000))
        .fen("amount_yuan", share(sale.price_fen, hundredths, 10_000))
        .text("payment_sort", "tax")
        .text("payment_attribute", "一般申报")
        .day("handed_in_on", paid_on)
        .day("paid_on", paid_on)
        .day("due_on", sale.certificate_day())
        .text("receipt_number", receipt)
        .text("authority", "652323");
    world.ledger.add_on("tax_payment.payment", Frequency::Month, paid_on, payment);
}

/// Dangerous houses, houses pulled down, and what was paid for them.
fn condemned(world: &mut World) {
    let mut dice = world.dice("condemned");
    for at in 0..world.scaled(120) {
        let owner = world.draw_or_absent(Part::SoleTrader, &mut dice);
        let day = any_day(world, &mut dice);
        let (township, house) = place(&mut dice);
        let certificate = format!("新（示例）呼图壁县不动产权第{:07}号", 3_000_000 + at);
        let common = Draft::of("owner", owner)
            .text("admin_region", township)
            .text("house_certificate_number", &certificate)
            .text("house_place", format!("{house}第{at}处"))
            .day("appraised_day", day)
            .day("demolished_day", day);
        let kind =
            if at % 2 == 0 { "property_registration.dangerous_house" } else { "property_registration.demolition" };
        world.ledger.add_on(kind, Frequency::Month, day, common);
        let compensation = Draft::of("beneficiary", owner)
            .text("admin_region", township)
            .text("house_certificate_number", certificate)
            .text("land_certificate_number", format!("呼国用示例{at}"))
            .fen("compensation_yuan", dice.between(80_000, 900_000) * 100)
            .day("received_day", day);
        world.ledger.add_on("house_demolition.compensation", Frequency::Quarter, day, compensation);
    }
}

/// State assets sold and state enterprises rebuilt.
fn state_assets(world: &mut World) {
    let mut dice = world.dice("state assets");
    for at in 0..world.scaled(24) {
        let (seller, buyer) = (world.draw(Part::SmallEmployer), world.draw(Part::SmallEmployer));
        let day = any_day(world, &mut dice);
        let price_fen = dice.between(1_500_000, 9_000_000) * 100;
        settle_stamp(world, seller, (price_fen, 100), day);
        settle_stamp(world, buyer, (price_fen, if at % 6 == 5 { 0 } else { 100 }), day);
        let draft = Draft::of("transferor", seller)
            .party("transferee", buyer)
            .text("transfer_summary", format!("示例：第{at}宗土地使用权公开转让"))
            .day("transfer_day", day)
            .fen("listing_price_yuan", price_fen - 10_000_000)
            .fen("deal_price_yuan", price_fen)
            .text("object_sort", "land")
            .text("object_place", TOWNSHIPS[at % TOWNSHIPS.len()].1)
            .day("contract_day", day)
            .text("parcel_number", parcel(&mut dice));
        world.ledger.add_on("state_asset_transfer.transfer", Frequency::Month, day, draft);
    }
    for _ in 0..world.scaled(10) {
        let (former, successor) = (world.draw(Part::SmallEmployer), world.draw(Part::SmallEmployer));
        let day = any_day(world, &mut dice);
        let draft = Draft::of("former", former)
            .party("successor", successor)
            .text("restructuring_manner", "conversion")
            .day("restructured_day", day)
            .empty("representative_certificate_kind");
        world.ledger.add_on("state_enterprise_restructuring.restructuring", Frequency::Month, day, draft);
    }
}
