//! The tax side of what happens: a tax declared and paid in time, in part, or not at all.

use chrono::{Days, NaiveDate};
use gongzhi_core::catalog::Frequency;
use gongzhi_core::period::Period;
use rust_decimal::Decimal;

use super::draft::{Draft, share};
use super::world::World;

/// A tax that arose from one event.
#[derive(Debug, Clone)]
pub struct Duty {
    /// Who owes it.
    pub taxpayer: usize,
    /// Code of the tax.
    pub tax: &'static str,
    /// Item within the tax.
    pub item: &'static str,
    /// First and last day of the tax period.
    pub period: (NaiveDate, NaiveDate),
    /// Base in yuan or in the tax's own measure.
    pub base: Decimal,
    /// Rate as it is printed.
    pub rate: Decimal,
    /// Before relief, in fen.
    pub payable_fen: i64,
    /// Relief, in fen.
    pub relief_fen: i64,
    /// Day of payment.
    pub paid_on: NaiveDate,
    /// Number of the tax source it is paid for.
    pub source: Option<String>,
}

impl Duty {
    /// A duty on an amount at a rate in ten thousandths; half of it is relieved where the six taxes are halved.
    pub fn on_amount(taxpayer: usize, tax: &'static str, (base_fen, rate): (i64, i64), day: NaiveDate) -> Self {
        Self {
            taxpayer,
            tax,
            item: "",
            period: (day, day),
            base: Decimal::new(base_fen, 2),
            rate: Decimal::new(rate, 4),
            payable_fen: share(base_fen, rate, 10_000),
            relief_fen: 0,
            paid_on: day + Days::new(12),
            source: None,
        }
    }

    /// Names the item.
    #[must_use]
    pub fn item(mut self, item: &'static str) -> Self {
        self.item = item;
        self
    }

    /// Halves it.
    #[must_use]
    pub fn halved(mut self, halved: bool) -> Self {
        self.relief_fen = if halved { self.payable_fen - share(self.payable_fen, 1, 2) } else { 0 };
        self
    }

    /// What has to be paid, in fen.
    pub fn due_fen(&self) -> i64 {
        self.payable_fen - self.relief_fen
    }
}

/// Declares a tax and pays so many hundredths of it; nothing leaves no trace at all.
pub fn settle(world: &mut World, duty: &Duty, hundredths: i64) -> i64 {
    if hundredths == 0 || duty.due_fen() == 0 {
        return 0;
    }
    let paid_fen = share(duty.due_fen(), hundredths, 100);
    let filed_on = duty.paid_on - Days::new(1);
    world.ledger.add_on("tax_return.return", Frequency::Month, filed_on, returned(duty, filed_on, hundredths));
    let number = world.next_receipt();
    let payment = taxed(duty, hundredths)
        .fen("amount_yuan", paid_fen)
        .text("payment_sort", "tax")
        .text("payment_attribute", "一般申报")
        .day("handed_in_on", duty.paid_on)
        .day("paid_on", duty.paid_on)
        .day("due_on", duty.paid_on + Days::new(5))
        .text("receipt_number", number);
    world.ledger.add_on("tax_payment.payment", Frequency::Month, duty.paid_on, payment);
    paid_fen
}

fn returned(duty: &Duty, filed_on: NaiveDate, hundredths: i64) -> Draft {
    taxed(duty, hundredths)
        .fen("due_yuan", share(duty.due_fen(), hundredths, 100))
        .day("filed_on", filed_on)
        .day("due_on", duty.paid_on + Days::new(5))
        .flag("corrected", false)
}

fn taxed(duty: &Duty, hundredths: i64) -> Draft {
    let draft = Draft::of("taxpayer", duty.taxpayer)
        .text("tax_kind", duty.tax)
        .text("tax_item", duty.item)
        .day("period_from", duty.period.0)
        .day("period_to", duty.period.1)
        .figure("base", (duty.base * Decimal::new(hundredths, 2)).round_dp(2))
        .figure("rate", duty.rate)
        .fen("tax_payable_yuan", share(duty.payable_fen, hundredths, 100))
        .fen("relief_yuan", share(duty.payable_fen, hundredths, 100) - share(duty.due_fen(), hundredths, 100))
        .text("authority", "652323");
    match &duty.source {
        Some(source) => draft.text("tax_source_number", source),
        None => draft,
    }
}

/// VAT prepaid on what was received for a project in a month.
pub struct Prepayment<'a> {
    /// Who prepays.
    pub taxpayer: usize,
    /// `construction` or `property_sale`.
    pub sort: &'static str,
    /// Item of the tax.
    pub item: &'static str,
    /// Name of the project.
    pub project: &'a str,
    /// Where it is.
    pub address: String,
    /// Code of the project, where it has one.
    pub code: Option<&'a str>,
    /// Month.
    pub month: Period,
    /// By the general method.
    pub general: bool,
    /// Rate in hundredths.
    pub rate: i64,
    /// Declared as received, and prepaid, in fen.
    pub amounts: (i64, i64),
}

/// Declares a prepayment and pays it.
pub fn prepay(world: &mut World, prepaid: &Prepayment<'_>) {
    let (declared_fen, prepaid_fen) = prepaid.amounts;
    let paid_on = prepaid.month.last_day() + Days::new(9);
    let number = world.next_receipt();
    let common = Draft::of("taxpayer", prepaid.taxpayer)
        .text("project_name", prepaid.project)
        .day("period_from", prepaid.month.first_day())
        .day("period_to", prepaid.month.last_day())
        .figure("rate", Decimal::new(prepaid.rate, 2))
        .day("paid_on", paid_on)
        .text("receipt_number", &number)
        .text("authority", "652323");
    let declared = common
        .clone()
        .text("prepayment_sort", prepaid.sort)
        .text("project_address", &prepaid.address)
        .flag("general_method", prepaid.general)
        .fen("received_yuan", declared_fen)
        .fen("subcontract_deducted_yuan", 0)
        .fen("prepaid_yuan", prepaid_fen)
        .day("filed_on", paid_on);
    let declared = match prepaid.code {
        Some(code) => declared.text("project_code", code),
        None => declared,
    };
    world.ledger.add_on("vat_prepayment.prepayment", Frequency::Month, paid_on, declared);
    let payment = common
        .text("tax_kind", "vat")
        .text("tax_item", prepaid.item)
        .fen("tax_payable_yuan", prepaid_fen)
        .fen("relief_yuan", 0)
        .fen("amount_yuan", prepaid_fen)
        .text("payment_sort", "tax")
        .text("payment_attribute", "预缴税款");
    world.ledger.add_on("tax_payment.payment", Frequency::Month, paid_on, payment);
}

/// A tax that stands unpaid on the tax bureau's list.
pub fn owe(world: &mut World, duty: &Duty, due_on: NaiveDate) -> i64 {
    let as_of = world.as_of();
    let draft = Draft::of("taxpayer", duty.taxpayer)
        .text("tax_kind", duty.tax)
        .text("tax_item", duty.item)
        .day("period_from", duty.period.0)
        .day("period_to", duty.period.1)
        .day("due_on", due_on)
        .fen("amount_yuan", duty.due_fen())
        .fen("late_fee_yuan", share(duty.due_fen(), 5 * (as_of - due_on).num_days(), 10_000))
        .text("arrears_sort", "本年新欠")
        .day("as_of", as_of)
        .text("authority", "652323");
    world.ledger.add_on("tax_arrears.arrears", Frequency::Month, as_of, draft);
    duty.due_fen()
}
