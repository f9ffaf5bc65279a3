//! Businesses that open, close and fail (items 33, 34, 36), court cases (35), with arrears and second signs of business.

use chrono::{Days, Months, NaiveDate};
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;

use super::draft::Draft;
use super::random::Dice;
use super::settle::{Duty, owe};
use super::taxpayers::{Registration, Status, Subject, TOWNSHIPS, Taxpayer};
use super::world::{Part, PlantedLead, World};

/// Everything about beginnings and ends.
pub fn make(world: &mut World) {
    openings(world);
    closings(world);
    bankruptcies(world);
    cases(world);
}

fn any_day(world: &World, dice: &mut Dice) -> NaiveDate {
    let month = u32::try_from(dice.between(1, 12)).unwrap_or(1);
    world.day(month, u32::try_from(dice.between(1, 20)).unwrap_or(1))
}

fn address_of(taxpayer: &Taxpayer) -> String {
    format!("呼图壁县{}示例路", TOWNSHIPS[taxpayer.township].1)
}

fn open(world: &mut World, subject: Subject, registration: Registration, dice: &mut Dice) -> usize {
    let seat = world.taxpayer(0).seat;
    let at = world.add(subject, seat, registration);
    let day = any_day(world, dice);
    world.taxpayers[at].opened_on = day;
    world.taxpayers[at].staff = dice.between(1, 9);
    let taxpayer = world.taxpayer(at);
    let draft = Draft::of("enterprise", at)
        .text("address", address_of(taxpayer))
        .day("registered_day", day)
        .text("economic_type", if subject == Subject::Enterprise { "有限责任公司" } else { "个体工商户" })
        .fen("registered_capital_yuan", dice.between(1, 500) * 1_000_000)
        .text("business_scope", "示例：日用品销售；建筑材料销售")
        .text("industry", taxpayer.industry);
    // Whoever is unknown to tax is known by this row alone: it must say the code.
    let draft = if registration == Registration::Unregistered { draft.exact() } else { draft };
    world.ledger.add_on("business_opening.opening", Frequency::Month, day, draft);
    at
}

/// New businesses: most register with tax; some do nothing yet (a service list); some trade without registering.
fn openings(world: &mut World) {
    let mut dice = world.dice("openings");
    for at in 0..world.scaled(600) {
        let subject = if at % 3 == 0 { Subject::Enterprise } else { Subject::SoleTrader };
        open(world, subject, Registration::Registered, &mut dice);
    }
    for _ in 0..world.scaled(60) {
        open(world, Subject::SoleTrader, Registration::Unregistered, &mut dice);
    }
    for at in 0..world.scaled(40) {
        let opened = open(world, Subject::Enterprise, Registration::Unregistered, &mut dice);
        show_business(world, opened, at);
        world.plant(PlantedLead {
            model: "registration/unregistered_business",
            taxpayer: opened,
            day: world.taxpayer(opened).opened_on,
            due_fen: None,
            paid_fen: None,
        });
    }
}

/// A second sign of business: insured staff, a subsidy, or invoices received.
fn show_business(world: &mut World, taxpayer: usize, at: usize) {
    let opened_on = world.taxpayer(taxpayer).opened_on;
    let year = Period::Year(world.year);
    match at % 3 {
        0 => {
            let draft = insured(taxpayer, 5, opened_on + Days::new(8));
            world.ledger.add("insurance_enrolment.employer", year, draft);
        }
        1 => {
            let day = (opened_on + Days::new(9)).min(world.day(12, 31));
            let draft = Draft::of("recipient", taxpayer)
                .text("subsidy_document", "呼财建〔示例〕8号")
                .text("project_name", format!("创业补贴示例{taxpayer}"))
                .fen("subsidy_amount_yuan", 500_000)
                .text("subsidy_type", "employment")
                .day("paid_day", day)
                .flag("untaxed_income", false);
            world.ledger.add("fiscal_subsidy.payment", year, draft);
        }
        _ => {
            let seller = 0;
            let month = Period::month_of(opened_on + Months::new(1));
            let draft = Draft::of("seller", seller)
                .party("buyer", taxpayer)
                .text("month", month.to_string())
                .text("goods_name", "*材料*示例货物")
                .whole("invoice_count", 2)
                .fen("net_amount_yuan", 3_000_000)
                .fen("vat_yuan", 390_000);
            world.ledger.add("invoice_summary.month", month, draft);
        }
    }
}

/// An employer's row in the insurance register.
pub fn insured(employer: usize, persons: i64, enrolled_on: NaiveDate) -> Draft {
    Draft::of("employer", employer)
        .text("employer_number", format!("示例{employer:07}"))
        .text("insurance_kind", "medical")
        .whole("insured_persons", persons)
        .fen("base_total_yuan", persons * 450_000)
        .day("enrolled_day", enrolled_on)
        .empty("left_day")
        .text("enrolment_status", "normal")
}

fn close(world: &mut World, taxpayer: usize, sort: &str, dice: &mut Dice) -> NaiveDate {
    // Whoever closes has filed what was due before: there is some of it in the year.
    let day = any_day(world, dice).max(world.day(3, 1));
    let closed = &mut world.taxpayers[taxpayer];
    closed.closed_on = Some(day);
    closed.status = if sort == "revoked" { Status::Abnormal } else { Status::Cancelled };
    let opened_on = closed.opened_on;
    let draft = Draft::of("enterprise", taxpayer)
        .text("address", address_of(world.taxpayer(taxpayer)))
        .day("registered_day", opened_on)
        .text("economic_type", "有限责任公司")
        .fen("registered_capital_yuan", dice.between(1, 300) * 1_000_000)
        .text("closing_sort", sort)
        .text("closing_reason", "示例：决议解散")
        .day("closed_day", day);
    world.ledger.add_on("business_closing.closing", Frequency::Month, day, draft);
    day
}

/// Arrears of the land use tax of the half-year before a day.
fn owe_before(world: &mut World, taxpayer: usize, day: NaiveDate, dice: &mut Dice) -> i64 {
    let from = day - Months::new(8);
    let mut duty = Duty::on_amount(taxpayer, "land_use_tax", (dice.between(5_000, 90_000) * 100, 10_000), from);
    duty.item = "三等土地";
    duty.period = (from, from + Months::new(5));
    owe(world, &duty, from + Months::new(6))
}

/// Closings: most in order; some with arrears.
fn closings(world: &mut World) {
    let mut dice = world.dice("closings");
    for at in 0..world.scaled(300) {
        let part = if at % 3 == 0 { Part::SmallEmployer } else { Part::SoleTrader };
        let taxpayer = world.draw(part);
        close(world, taxpayer, if at % 8 == 7 { "revoked" } else { "deregistered" }, &mut dice);
    }
    for at in 0..world.scaled(40) {
        let taxpayer = world.draw(Part::SmallEmployer);
        let day = close(world, taxpayer, if at % 4 == 3 { "revoked" } else { "deregistered" }, &mut dice);
        owe_before(world, taxpayer, day, &mut dice);
        world.plant(PlantedLead {
            model: "registration/closing_with_arrears",
            taxpayer,
            day,
            due_fen: None,
            paid_fen: None,
        });
    }
    // Arrears of somebody who goes on: nothing to do with closing.
    for _ in 0..world.scaled(60) {
        let taxpayer = world.draw(Part::SmallEmployer);
        let day = world.day(10, 1);
        owe_before(world, taxpayer, day, &mut dice);
    }
}

/// Bankruptcies: a claim was filed, or nothing is owed, or it was forgotten.
fn bankruptcies(world: &mut World) {
    let mut dice = world.dice("bankruptcies");
    for at in 0..world.scaled(60) {
        let debtor = world.draw(Part::SmallEmployer);
        let month = u32::try_from(dice.between(1, 10)).unwrap_or(1);
        let day = world.day(month, u32::try_from(dice.between(2, 26)).unwrap_or(2));
        world.taxpayers[debtor].status = Status::Liquidation;
        let deadline = day + Days::new(60);
        let notice = Draft::of("debtor", debtor)
            .text("case_number", format!("（{}）新示例破{at}号", world.year))
            .text("court", "示例县人民法院")
            .text("notice_sort", "accepted")
            .text("notice_text", "示例公告：请债权人在期限内申报债权")
            .day("acceptance_day", day - Days::new(1))
            .day("notice_day", day)
            .day("claim_deadline_day", deadline)
            .text("administrator", "示例清算组");
        world.ledger.add_on("bankruptcy.notice", Frequency::Month, day, notice);
        match at % 3 {
            0 => {}
            1 => {
                let owed_fen = owe_before(world, debtor, day, &mut dice);
                claim(world, (debtor, at), (day + Days::new(20), owed_fen));
            }
            _ => {
                owe_before(world, debtor, day, &mut dice);
                world.plant(PlantedLead {
                    model: "case/bankruptcy_claim",
                    taxpayer: debtor,
                    day,
                    due_fen: None,
                    paid_fen: None,
                });
            }
        }
        if at % 4 == 0 {
            distribute(world, (debtor, at), day);
        }
    }
}

fn claim(world: &mut World, (debtor, at): (usize, usize), (claimed_on, owed_fen): (NaiveDate, i64)) {
    let answer = Draft::of("taxpayer", debtor)
        .text("request_number", format!("示例1b-{at:05}"))
        .text("act", "1b")
        .text("asker", "示例清算组")
        .text("answerer", "税务局")
        .day("asked_on", claimed_on - Days::new(10))
        .text("question", "示例：是否有欠税")
        .text("answer_sort", "full")
        .flag("has_arrears", true)
        .fen("amount_yuan", owed_fen)
        .day("claimed_on", claimed_on)
        .day("answered_on", claimed_on);
    world.ledger.add_on("request_answer.answer", Frequency::Month, claimed_on, answer);
}

fn distribute(world: &mut World, (debtor, at): (usize, usize), notice_day: NaiveDate) {
    let day = (notice_day + Days::new(50)).min(world.day(12, 30));
    let draft = Draft::of("debtor", debtor)
        .text("case_number", format!("（{}）新示例破{at}号", world.year))
        .text("distribution_document", format!("示例分配方案{at}号"))
        .fen("tax_claim_yuan", 5_000_000)
        .fen("tax_paid_yuan", 1_000_000)
        .day("distribution_day", day);
    world.ledger.add_on("bankruptcy.distribution", Frequency::Month, day, draft);
}

/// Cases with a tax side: sales of movables, so that no tax on land comes of them.
fn cases(world: &mut World) {
    let mut dice = world.dice("cases");
    for at in 0..world.scaled(80) {
        let debtor = world.draw_or_absent(Part::SoleTrader, &mut dice);
        let plaintiff = world.draw_or_absent(Part::SoleTrader, &mut dice);
        let buyer = world.add_person(&mut dice);
        let day = any_day(world, &mut dice);
        let number = format!("（{}）新示例民初{at}号", world.year);
        let common = || Draft::default().text("admin_region", "呼图壁镇").text("case_number", &number);
        let case = common()
            .party("plaintiff", plaintiff)
            .party("defendant", debtor)
            .text("case_name", format!("示例买卖合同纠纷{at}"))
            .text("case_type", "civil")
            .day("filed_day", day);
        world.ledger.add_on("tax_related_case.case", Frequency::Quarter, day, case);
        let sold = || {
            common()
                .party("debtor", debtor)
                .person("buyer", buyer)
                .text("object_sort", "movable")
                .text("object_name", format!("示例设备{at}"))
                .fen("price_yuan", 8_000_000)
                .empty("parcel_number")
        };
        let kind = if at % 2 == 0 { "tax_related_case.disposal" } else { "tax_related_case.auction" };
        let draft = sold()
            .text("document_sort", "ruling")
            .day("disposed_day", day)
            .text("auction_result", "成交")
            .fen("appraised_yuan", 9_000_000)
            .fen("starting_price_yuan", 7_000_000)
            .day("auction_day", day);
        world.ledger.add_on(kind, Frequency::Quarter, day, draft);
    }
}
