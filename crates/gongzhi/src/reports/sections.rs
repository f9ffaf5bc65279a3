//! The sections of the report: each a table whose rows carry their own bars.

use gongzhi_core::messages::Message;
use maud::{Markup, html};
use rust_decimal::Decimal;

use super::bars::bar;
use super::deliveries::{Deliveries, UnitLine};
use super::story::{ModelLine, Stage, Story, Sums, TownshipLine};
use super::words::{Words, whole};

/// How a column is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    Text,
    Figure,
    Picture,
}

/// A section: a heading, what it says in a sentence, then the table or, without rows, that there is none.
fn section(words: &Words<'_>, (key, mark): (&'static str, &str), table: Option<Markup>) -> Markup {
    let id = format!("{key}-{mark}");
    let note = Message::new(format!("report-{key}-note"));
    let none = Message::new(format!("report-{key}-none"));
    html! {
        section aria-labelledby=(id) {
            div class="head" {
                h2 id=(id) { (words.say(&Message::new(format!("report-{key}")))) }
                @if table.is_some() { p class="note" { (words.say(&note)) } }
            }
            @match table {
                Some(table) => {
                    div class="table" tabindex="0" role="region" aria-labelledby=(id) { (table) }
                }
                None => { p class="none" { (words.say(&none)) } }
            }
        }
    }
}

fn head(words: &Words<'_>, columns: &[(&'static str, Set)]) -> Markup {
    html! {
        thead { tr {
            @for (key, set) in columns {
                th scope="col" class=(class_of(*set)) { (words.word(key)) }
            }
        } }
    }
}

fn class_of(set: Set) -> &'static str {
    match set {
        Set::Text => "text",
        Set::Figure => "figure",
        Set::Picture => "picture",
    }
}

fn figure(text: &str) -> Markup {
    html! { td class="figure" { (text) } }
}

fn count(number: u64) -> Markup {
    html! { td class={ "figure" @if number == 0 { " zero" } } { (whole(number)) } }
}

/// A range on two lines at most; one figure where both ends agree, a dash where there is no amount.
fn range(words: &Words<'_>, sums: &Sums, low: Decimal, high: Decimal) -> Markup {
    if sums.with_amount == 0 {
        return figure("—");
    }
    let (low, high) = (words.money(low), words.money(high));
    html! { td class="figure" { span { (low) } @if low != high { " – " span { (high) } } } }
}

/// The way from rows to leads.
pub fn funnel(story: &Story, words: &Words<'_>, mark: &str) -> Markup {
    let most = story.funnel.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let line = |stage: Stage, number: u64| {
        let (key, look, is_part) = match stage {
            Stage::Rows => ("report-stage-rows", "low", false),
            Stage::Parties => ("report-stage-parties", "low", false),
            Stage::Certain => ("report-stage-certain", "certain", true),
            Stage::Probable => ("report-stage-probable", "probable", true),
            Stage::Unmatched => ("report-stage-unmatched", "open", true),
            Stage::Compared => ("report-stage-compared", "low", false),
            Stage::NotComparable => ("report-stage-not-comparable", "open", false),
            Stage::Arrears => ("report-stage-arrears", "low", false),
            Stage::OutOfTime => ("report-stage-out-of-time", "low", false),
            Stage::PaidOtherwise => ("report-stage-paid-otherwise", "low", false),
            Stage::Leads => ("report-stage-leads", "lead", false),
        };
        html! {
            tr {
                th scope="row" class=[is_part.then_some("part")] { (words.word(key)) }
                (count(number))
                td class="picture" { (bar(&[(look, Decimal::from(number))], Decimal::from(most))) }
            }
        }
    };
    let columns = [
        ("report-column-stage", Set::Text),
        ("report-column-count", Set::Figure),
        ("report-column-picture", Set::Picture),
    ];
    let table = html! {
        table class="funnel" {
            (head(words, &columns))
            tbody { @for (stage, number) in &story.funnel { (line(*stage, *number)) } }
        }
    };
    section(words, ("funnel", mark), Some(table))
}

/// Figures of leads, as every table of leads has them; then two bars: how many, how much.
fn sums_cells(words: &Words<'_>, sums: &Sums, (most_leads, most_gap): (u64, Decimal)) -> Markup {
    let leads = [("certain", Decimal::from(sums.certain)), ("probable", Decimal::from(sums.probable()))];
    let low = sums.gap_low.max(Decimal::ZERO);
    let gap = [("low", low), ("more", (sums.gap_high - low).max(Decimal::ZERO))];
    html! {
        td class="figure both" {
            (whole(sums.leads))
            (bar(&leads, Decimal::from(most_leads)))
        }
        (count(sums.certain))
        (count(sums.probable()))
        (range(words, sums, sums.due_low, sums.due_high))
        @if sums.with_amount == 0 { (figure("—")) } @else { (figure(&words.money(sums.paid))) }
        (range(words, sums, sums.gap_low, sums.gap_high))
        td class="picture" { @if sums.with_amount > 0 { (bar(&gap, most_gap)) } }
    }
}

const SUMS_COLUMNS: [(&str, Set); 7] = [
    ("report-column-leads", Set::Figure),
    ("report-column-certain", Set::Figure),
    ("report-column-probable", Set::Figure),
    ("report-column-due", Set::Figure),
    ("report-column-paid", Set::Figure),
    ("report-column-gap", Set::Figure),
    ("report-column-gap-picture", Set::Picture),
];

/// The greatest of lines: what a full bar stands for.
fn most_of<'s>(sums: impl Iterator<Item = &'s Sums> + Clone) -> (u64, Decimal) {
    let leads = sums.clone().map(|sums| sums.leads).max().unwrap_or_default();
    (leads, sums.map(|sums| sums.gap_high).max().unwrap_or_default())
}

fn legend(words: &Words<'_>) -> Markup {
    let looks = [
        ("certain", "report-legend-certain"),
        ("probable", "report-legend-probable"),
        ("low", "report-legend-low"),
        ("more", "report-legend-more"),
    ];
    html! {
        p class="legend" aria-hidden="true" {
            @for (look, key) in looks {
                span {
                    svg viewBox="0 0 10 10" focusable="false" { rect class=(look) width="10" height="10" {} }
                    (words.word(key))
                }
            }
        }
    }
}

/// A table of what leads come to: two columns of its own before the sums, a row each, and what they come to in all.
fn sums_table(words: &Words<'_>, own: [&'static str; 2], rows: &[Markup], total: Option<Markup>) -> Markup {
    let columns: Vec<(&'static str, Set)> =
        [(own[0], Set::Text), (own[1], Set::Figure)].into_iter().chain(SUMS_COLUMNS).collect();
    html! {
        table class="sums" {
            (head(words, &columns))
            tbody { @for row in rows { tr { (row) } } }
            @if let Some(total) = total { tfoot { tr { (total) } } }
        }
        (legend(words))
    }
}

/// Leads by model.
pub fn models(story: &Story, words: &Words<'_>, mark: &str) -> Markup {
    let most = most_of(story.models.iter().map(|line| &line.sums));
    let row = |line: &ModelLine| {
        html! {
            th scope="row" {
                (words.text(&line.name))
                @if line.is_stopped { " " em { (words.word("report-stopped")) } }
            }
            (count(line.compared))
            (sums_cells(words, &line.sums, most))
        }
    };
    let total = html! {
        th scope="row" { (words.word("report-total")) }
        (count(story.count(Stage::Compared)))
        (sums_cells(words, &story.total, (0, Decimal::ZERO)))
    };
    let rows: Vec<Markup> = story.models.iter().map(row).collect();
    let table = sums_table(words, ["report-column-model", "report-column-compared"], &rows, Some(total));
    section(words, ("models", mark), (!rows.is_empty()).then_some(table))
}

/// Leads by township.
pub fn townships(story: &Story, words: &Words<'_>, mark: &str) -> Markup {
    let most = most_of(story.townships.iter().map(|line| &line.sums));
    let row = |line: &TownshipLine| {
        let name = line.name.as_ref().map(|name| words.text(name));
        html! {
            th scope="row" { (name.unwrap_or_else(|| words.word("report-no-township"))) }
            (count(line.taxpayers))
            (sums_cells(words, &line.sums, most))
        }
    };
    let rows: Vec<Markup> = story.townships.iter().map(row).collect();
    let table = sums_table(words, ["report-column-township", "report-column-taxpayers"], &rows, None);
    section(words, ("townships", mark), (!rows.is_empty()).then_some(table))
}

/// What the units delivered.
pub fn units(deliveries: &Deliveries, words: &Words<'_>, mark: &str) -> Markup {
    let columns = [
        ("report-column-unit", Set::Text),
        ("report-column-delivered", Set::Figure),
        ("report-column-accepted", Set::Figure),
        ("report-column-blocked", Set::Figure),
        ("report-column-refused", Set::Figure),
        ("report-column-rows", Set::Figure),
        ("report-column-errors", Set::Figure),
        ("report-column-warnings", Set::Figure),
        ("report-book-ended", Set::Figure),
        ("report-column-right", Set::Figure),
        ("report-column-late", Set::Figure),
        ("report-column-most-late", Set::Figure),
        ("report-column-undelivered", Set::Figure),
    ];
    let table = html! {
        table class="units" {
            (head(words, &columns))
            tbody { @for unit in &deliveries.units { (unit_row(unit, words)) } }
        }
    };
    section(words, ("units", mark), (!deliveries.units.is_empty()).then_some(table))
}

fn unit_row(unit: &UnitLine, words: &Words<'_>) -> Markup {
    let share = unit.right_thousandths();
    let days = u64::try_from(unit.most_days_late).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (words.unit(unit.unit.as_deref())) }
            (count(unit.delivered()))
            @for files in unit.files { (count(files)) }
            (count(unit.rows))
            (count(unit.errors))
            (count(unit.warnings))
            (count(unit.ended))
            td class="figure both" {
                @match share {
                    Some(share) => {
                        (percent(share))
                        (bar(&[("certain", Decimal::from(share))], Decimal::from(1000)))
                    }
                    None => { "—" }
                }
            }
            (count(unit.late_files))
            (count(days))
            (count(unit.undelivered))
        }
    }
}

/// Thousandths as per cent; only all is 100 %.
fn percent(thousandths: u64) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// What could not be compared, and what would unlock it.
pub fn locked(story: &Story, words: &Words<'_>, mark: &str) -> Markup {
    let most = story.locked.iter().filter_map(|line| line.rows).max().unwrap_or_default();
    let columns = [
        ("report-column-model", Set::Text),
        ("report-column-not-compared", Set::Figure),
        ("report-column-unlock", Set::Text),
    ];
    let table = html! {
        table class="locked" {
            (head(words, &columns))
            tbody {
                @for line in &story.locked {
                    tr {
                        th scope="row" { (words.text(&line.model)) }
                        @match line.rows {
                            Some(rows) => {
                                td class="figure both" {
                                    (whole(rows))
                                    (bar(&[("open", Decimal::from(rows))], Decimal::from(most)))
                                }
                            }
                            None => { td class="figure" { em { (words.word("report-stopped")) } } }
                        }
                        td { (words.unlock(&line.unlock)) }
                    }
                }
            }
        }
    };
    section(words, ("locked", mark), (!story.locked.is_empty()).then_some(table))
}
