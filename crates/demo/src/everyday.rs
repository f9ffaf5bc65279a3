//! What the tax side sees every day: returns, payments, invoices and payrolls of taxpayers who settle everything.
//!
//! Made taxpayer by taxpayer while the files are written. Every row follows from the taxpayer and the month, so that a
//! return, its payment and the invoices agree without being kept anywhere.

use anyhow::Result;
use chrono::{Datelike, Days, Months, NaiveDate};
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::draft::share;
use super::random::Dice;
use super::tax_table::TaxTable;
use super::taxpayers::{Registration, Subject, TOWNSHIPS, Taxpayer};
use super::world::World;

/// A tax a taxpayer owed for a period and paid when it was due.
struct Settled {
    kind: &'static str,
    item: &'static str,
    period: Period,
    base_fen: i64,
    /// Rate in ten thousandths.
    rate: i64,
    payable_fen: i64,
    relief_fen: i64,
}

/// Everything a taxpayer declares in the month after `month` (its first day).
fn settled_in(taxpayer: &Taxpayer, at: usize, month: NaiveDate, seed: u64) -> Vec<Settled> {
    let mut dice = Dice::numbered(seed, "turnover", at * 64 + month.month0() as usize);
    let quarter_ends = month.month0() % 3 == 2;
    let revenue_fen = |dice: &mut Dice| taxpayer.monthly_revenue_yuan * dice.between(70, 130);
    let mut settled = Vec::new();
    let company = taxpayer.subject == Subject::Enterprise;
    if company && taxpayer.general_vat {
        let base_fen = revenue_fen(&mut dice);
        push_vat(&mut settled, Period::month_of(month), (base_fen, 300), false);
    } else if quarter_ends && matches!(taxpayer.subject, Subject::Enterprise | Subject::SoleTrader) {
        let base_fen = revenue_fen(&mut dice) * 3;
        // Up to 300 000 yuan a quarter nothing is due.
        let rate = if base_fen <= 30_000_000 { 0 } else { 100 };
        push_vat(&mut settled, Period::quarter_of(month), (base_fen, rate), true);
    }
    if company && quarter_ends {
        let base_fen = taxpayer.monthly_revenue_yuan * 15;
        let relief_fen = if taxpayer.small_profit { share(base_fen, 20, 100) } else { 0 };
        settled.push(Settled {
            kind: "enterprise_income_tax",
            item: "应纳税所得额",
            period: Period::quarter_of(month),
            base_fen,
            rate: 2_500,
            payable_fen: share(base_fen, 25, 100),
            relief_fen,
        });
        let base_fen = revenue_fen(&mut dice) * 2;
        push_simple(
            &mut settled,
            ("stamp_tax", "买卖合同"),
            Period::quarter_of(month),
            (base_fen, 3, taxpayer.is_halved()),
        );
    }
    if has_payroll(taxpayer) {
        let wages_fen = taxpayer.staff * wage_fen(at);
        push_simple(
            &mut settled,
            ("individual_income_tax", "工资薪金所得"),
            Period::month_of(month),
            (wages_fen, 100, false),
        );
    }
    settled
}

fn push_vat(settled: &mut Vec<Settled>, period: Period, (base_fen, rate): (i64, i64), halved: bool) {
    push_simple(settled, ("vat", "商业"), period, (base_fen, rate, false));
    let vat_fen = share(base_fen, rate, 10_000);
    if vat_fen == 0 {
        return;
    }
    push_simple(settled, ("city_construction_tax", "县城、镇（增值税附征）"), period, (vat_fen, 500, halved));
    push_simple(settled, ("education_surcharge", "增值税教育费附加"), period, (vat_fen, 300, halved));
    push_simple(settled, ("local_education_surcharge", "增值税地方教育附加"), period, (vat_fen, 200, halved));
}

fn push_simple(
    settled: &mut Vec<Settled>,
    (kind, item): (&'static str, &'static str),
    period: Period,
    (base_fen, rate, halved): (i64, i64, bool),
) {
    let payable_fen = share(base_fen, rate, 10_000);
    let relief_fen = if halved { payable_fen - share(payable_fen, 1, 2) } else { 0 };
    settled.push(Settled { kind, item, period, base_fen, rate, payable_fen, relief_fen });
}

/// Whether a taxpayer withholds tax from wages.
pub fn has_payroll(taxpayer: &Taxpayer) -> bool {
    matches!(taxpayer.subject, Subject::Enterprise | Subject::PublicBody)
}

/// The wage of a month that everybody at this employer earns, in fen.
pub fn wage_fen(at: usize) -> i64 {
    350_000 + i64::try_from(at % 40).unwrap_or(0) * 10_000
}

/// Taxpayers whose everyday rows of a month are made: registered here, open the whole month and the one after it.
fn list_everyday(world: &World, month: NaiveDate) -> impl Iterator<Item = (usize, &Taxpayer)> {
    let trades = move |taxpayer: &Taxpayer| {
        taxpayer.registration == Registration::Registered
            && taxpayer.opened_on < month
            && taxpayer.closed_on.is_none_or(|day| day >= month + Months::new(2))
    };
    world.taxpayers.iter().enumerate().filter(move |(_, taxpayer)| trades(taxpayer))
}

fn yuan(fen: i64) -> String {
    Decimal::new(fen, 2).to_string()
}

fn begin_tax_row(table: &mut TaxTable, taxpayer: &Taxpayer, tax: &Settled) {
    table
        .set("taxpayer_name", &taxpayer.name)
        .set("taxpayer_uscc", &taxpayer.uscc)
        .set("tax_kind", name_of(tax.kind))
        .set("tax_item", tax.item)
        .set("period_from", &tax.period.first_day().to_string())
        .set("period_to", &tax.period.last_day().to_string())
        .set("base", &yuan(tax.base_fen))
        .set("rate", &Decimal::new(tax.rate, 4).normalize().to_string())
        .set("tax_payable_yuan", &yuan(tax.payable_fen))
        .set("relief_yuan", &yuan(tax.relief_fen))
        .set("authority", "国家税务总局呼图壁县税务局");
}

fn name_of(kind: &str) -> &'static str {
    match kind {
        "vat" => "增值税",
        "enterprise_income_tax" => "企业所得税",
        "individual_income_tax" => "个人所得税",
        "stamp_tax" => "印花税",
        "city_construction_tax" => "城市维护建设税",
        "education_surcharge" => "教育费附加",
        _ => "地方教育附加",
    }
}

/// Payments that reached the treasury in a month.
pub fn write_payments(world: &World, month: Period, table: &mut TaxTable) -> Result<()> {
    let declared = month.first_day() - Months::new(1);
    if declared.year() > world.year {
        return Ok(());
    }
    for (at, taxpayer) in list_everyday(world, declared) {
        for (line, tax) in settled_in(taxpayer, at, declared, world.seed).iter().enumerate() {
            let paid_fen = tax.payable_fen - tax.relief_fen;
            if paid_fen == 0 {
                continue;
            }
            let paid_on = month.first_day() + Days::new(4 + (at % 11) as u64);
            begin_tax_row(table, taxpayer, tax);
            table
                .set("amount_yuan", &yuan(paid_fen))
                .set("payment_sort", "正税")
                .set("payment_attribute", "一般申报")
                .set("paid_on", &paid_on.to_string())
                .set("due_on", &(month.first_day() + Days::new(14)).to_string())
                .set("receipt_number", &format!("365231{}{at:07}{line:02}", month.first_day().format("%y%m")))
                .set("tax_office", TOWNSHIPS[taxpayer.township].1);
            table.end_row()?;
        }
    }
    Ok(())
}

/// Returns filed in a month.
pub fn write_returns(world: &World, month: Period, table: &mut TaxTable) -> Result<()> {
    let declared = month.first_day() - Months::new(1);
    if declared.year() > world.year {
        return Ok(());
    }
    if month == Period::Month(world.year, 5) {
        let filing = list_everyday(world, Period::Month(world.year - 1, 12).first_day());
        for (at, taxpayer) in filing.filter(|(_, taxpayer)| taxpayer.subject == Subject::Enterprise) {
            write_annual_return(world, (at, taxpayer), table)?;
        }
    }
    for (at, taxpayer) in list_everyday(world, declared) {
        let filed_on = (month.first_day() + Days::new(4 + (at % 11) as u64)).to_string();
        for tax in settled_in(taxpayer, at, declared, world.seed) {
            begin_tax_row(table, taxpayer, &tax);
            table
                .set("due_yuan", &yuan(tax.payable_fen - tax.relief_fen))
                .set("filed_on", &filed_on)
                .set("due_on", &(month.first_day() + Days::new(14)).to_string())
                .set("corrected", "否");
            table.end_row()?;
        }
    }
    Ok(())
}

/// The income tax return of the year before, with what was declared as subsidies.
fn write_annual_return(world: &World, (at, taxpayer): (usize, &Taxpayer), table: &mut TaxTable) -> Result<()> {
    let base_fen = taxpayer.monthly_revenue_yuan * 60;
    let payable_fen = share(base_fen, 25, 100);
    let relief_fen = if taxpayer.small_profit { share(base_fen, 20, 100) } else { 0 };
    let tax = Settled {
        kind: "enterprise_income_tax",
        item: "应纳税所得额",
        period: Period::Year(world.year - 1),
        base_fen,
        rate: 2_500,
        payable_fen,
        relief_fen,
    };
    let (income_fen, untaxed_fen) = world.declared_subsidies.get(&at).copied().unwrap_or_default();
    begin_tax_row(table, taxpayer, &tax);
    table
        .set("paid_before_yuan", &yuan(payable_fen - relief_fen))
        .set("due_yuan", "0.00")
        .set("revenue_yuan", &yuan(taxpayer.monthly_revenue_yuan * 1_200))
        .set("subsidy_income_yuan", &yuan(income_fen))
        .set("subsidy_untaxed_yuan", &yuan(untaxed_fen))
        .set("filed_on", &format!("{}-05-{:02}", world.year, 1 + at % 28))
        .set("due_on", &format!("{}-05-31", world.year))
        .set("corrected", "否");
    table.end_row()
}

/// Payrolls reported for a month, by employers with one.
pub fn write_payrolls(world: &World, month: Period, table: &mut TaxTable) -> Result<()> {
    for (at, taxpayer) in list_everyday(world, month.first_day()).filter(|(_, taxpayer)| has_payroll(taxpayer)) {
        let wages_fen = taxpayer.staff * wage_fen(at);
        table
            .set("taxpayer_name", &taxpayer.name)
            .set("taxpayer_uscc", &taxpayer.uscc)
            .set("month", &month.to_string())
            .set("person_count", &taxpayer.staff.to_string())
            .set("wage_total_yuan", &yuan(wages_fen))
            .set("withheld_tax_yuan", &yuan(share(wages_fen, 100, 10_000)))
            .set("filed_on", &(month.last_day() + Days::new(8)).to_string());
        table.end_row()?;
    }
    Ok(())
}

/// What general VAT payers invoiced in a month, by goods.
pub fn write_invoices(world: &World, month: Period, table: &mut TaxTable) -> Result<()> {
    for (at, seller) in list_everyday(world, month.first_day()).filter(|(_, taxpayer)| taxpayer.general_vat) {
        let mut dice = Dice::numbered(world.seed, "invoices", at * 64 + month.first_day().month0() as usize);
        for goods in 0..2 {
            let buyer = world.taxpayer(world.any_open_local(&mut dice));
            let net_fen = seller.monthly_revenue_yuan * dice.between(30, 60);
            table
                .set("seller_name", &seller.name)
                .set("seller_uscc", &seller.uscc)
                .set("buyer_name", &buyer.name)
                .set("buyer_uscc", &buyer.uscc)
                .set("month", &month.to_string())
                .set("goods_code", ["1090101010000000000", "3040000000000000000"][goods])
                .set("goods_name", ["*材料*示例货物", "*服务*示例服务"][goods])
                .set("rate", ["0.13", "0.06"][goods])
                .set("invoice_count", &dice.between(1, 40).to_string())
                .set("net_amount_yuan", &yuan(net_fen))
                .set("vat_yuan", &yuan(share(net_fen, [13, 6][goods], 100)));
            table.end_row()?;
        }
    }
    Ok(())
}

/// The tax registration as it stands at the end.
pub fn write_registrations(world: &World, table: &mut TaxTable) -> Result<()> {
    let known =
        |taxpayer: &&Taxpayer| matches!(taxpayer.registration, Registration::Registered | Registration::CrossRegion);
    for taxpayer in world.taxpayers.iter().filter(known) {
        write_registration(world, taxpayer, table)?;
    }
    Ok(())
}

fn write_registration(world: &World, taxpayer: &Taxpayer, table: &mut TaxTable) -> Result<()> {
    let here = taxpayer.registration == Registration::Registered;
    let years = format!("{};{};{};{}", world.year - 2, world.year - 1, world.year, world.year + 1);
    let opened_on = taxpayer.opened_on.to_string();
    let small_profit = taxpayer.subject == Subject::Enterprise && taxpayer.small_profit;
    let not_small_profit = taxpayer.subject == Subject::Enterprise && !taxpayer.small_profit;
    let (township_name, place) = (TOWNSHIPS[taxpayer.township].1, taxpayer.seat.name);
    let address = if here { format!("{place}{township_name}示例路") } else { format!("{place}示例路") };
    let category = match taxpayer.subject {
        _ if !here => "跨区域报验登记",
        Subject::SoleTrader => "个体经营纳税人税务登记",
        _ => "单位纳税人税务登记",
    };
    let kind = match taxpayer.subject {
        Subject::PublicBody | Subject::Village => "非增值税纳税人",
        _ if taxpayer.general_vat => "一般纳税人",
        _ => "小规模纳税人",
    };
    table
        .set("taxpayer_name", &taxpayer.name)
        .set("taxpayer_uscc", &taxpayer.uscc)
        .set("former_names", taxpayer.former_name.as_deref().unwrap_or_default())
        .set("status", taxpayer.status.chinese())
        .set("registration_category", category)
        .set("registered_address", &address)
        .set("operating_address", &address)
        .set("township", if here { township_name } else { "" })
        .set("industry", taxpayer.industry)
        .set("registration_type", registration_type(taxpayer.subject))
        .set("vat_payer_kind", kind)
        .set("vat_general_from", if taxpayer.general_vat { &opened_on } else { "" })
        .set("small_profit_years", if small_profit { &years } else { "" })
        .set("not_small_profit_years", if not_small_profit { &years } else { "" })
        .set("registered_on", &(taxpayer.opened_on + Days::new(12)).to_string())
        .set("opened_on", &opened_on)
        .set("cancelled_on", &taxpayer.closed_on.map(|day| day.to_string()).unwrap_or_default())
        .set("tax_office", township_name)
        .set("authority", "国家税务总局呼图壁县税务局");
    table.end_row()
}

fn registration_type(subject: Subject) -> &'static str {
    match subject {
        Subject::Enterprise => "其他有限责任公司",
        Subject::SoleTrader => "个体工商户",
        Subject::Cooperative | Subject::VillageCooperative => "农民专业合作社",
        Subject::PublicBody => "事业单位",
        Subject::Village => "村民委员会",
    }
}
