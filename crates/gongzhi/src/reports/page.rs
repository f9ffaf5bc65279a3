//! The page: one file that needs no other and no script. It holds the report twice, in Chinese and in English; two buttons
//! that style alone understands choose which is seen and printed, the language of the run at first.

use gongzhi_core::catalog::Catalog;
use gongzhi_core::messages::{Language, Message};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::deliveries::Deliveries;
use super::sections;
use super::story::{Stage, Story};
use super::words::{Words, whole};

/// How it looks on a screen and on A4.
const STYLE: &str = include_str!("style.css");

/// The page as text.
pub fn page_of(story: &Story, deliveries: &Deliveries, catalog: &Catalog, language: Language) -> String {
    let languages = [(Language::Chinese, "zh", "中文"), (Language::English, "en", "English")];
    let spoken = Words::new(language, catalog);
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title_of(story, &spoken)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                @for (each, mark, name) in languages {
                    input type="radio" name="language" class="switch" id={ "show-" (mark) }
                        aria-label=(name) checked[each == language];
                }
                div class="switch" {
                    @for (each, mark, name) in languages {
                        label for={ "show-" (mark) } lang=(each.tag()) { (name) }
                    }
                }
                @for (each, mark, _) in languages {
                    article class=(mark) lang=(each.tag()) {
                        (report(story, deliveries, &Words::new(each, catalog), mark))
                    }
                }
            }
        }
    };
    page.into_string()
}

fn title_of(story: &Story, words: &Words<'_>) -> String {
    words.say(&Message::new("report-title").with("county", words.text(&story.county)))
}

/// The report in one language; `mark` keeps ids of the two apart.
fn report(story: &Story, deliveries: &Deliveries, words: &Words<'_>, mark: &str) -> Markup {
    html! {
        header {
            h1 { (title_of(story, words)) }
            p class="day" { (words.say(&Message::new("report-as-of").with("as_of", story.as_of))) }
            p class="estimate" { (words.word("report-estimate")) }
            @if !story.has_coverage {
                p class="warning" { (words.word("report-no-coverage")) }
            }
        }
        (headline(story, words))
        (sections::funnel(story, words, mark))
        (sections::models(story, words, mark))
        (sections::townships(story, words, mark))
        (sections::units(deliveries, words, mark))
        (sections::locked(story, words, mark))
        (footer(story, words))
    }
}

fn headline(story: &Story, words: &Words<'_>) -> Markup {
    let [accepted, blocked, refused] = story.files;
    let files = Message::new("report-files").with("blocked", whole(blocked)).with("refused", whole(refused));
    let sure = Message::new("report-sure")
        .with("certain", whole(story.total.certain))
        .with("probable", whole(story.total.probable()));
    let (low, high) = (words.money(story.total.gap_low), words.money(story.total.gap_high));
    let with_amount = Message::new("report-with-amount").with("count", whole(story.total.with_amount));
    let parties = Message::new("report-parties").with("count", whole(story.count(Stage::Parties)));
    let cards = [
        ("report-card-files", whole(accepted), words.say(&files)),
        ("report-card-rows", whole(story.count(Stage::Rows)), words.say(&parties)),
        ("report-card-leads", whole(story.total.leads), words.say(&sure)),
    ];
    html! {
        dl class="cards" {
            @for (key, figure, more) in cards {
                div { dt { (words.word(key)) } dd { strong { (figure) } span { (more) } } }
            }
            div class="wide" {
                dt { (words.word("report-card-gap")) }
                dd { strong { (low) @if low != high { " – " (high) } } span { (words.say(&with_amount)) } }
            }
        }
    }
}

fn footer(story: &Story, words: &Words<'_>) -> Markup {
    let files = [
        ("leads.xlsx", Message::new("report-link-leads")),
        ("identity.xlsx", Message::new("report-link-identity").with("count", whole(story.queue))),
        ("units.xlsx", Message::new("report-link-units")),
    ];
    let made = Message::new("report-made")
        .with("version", env!("CARGO_PKG_VERSION"))
        .with("as_of", story.as_of)
        .with("digest", &story.catalog);
    html! {
        footer {
            ul {
                @for (file, told) in files { li { a href=(file) { (file) } " " (words.say(&told)) } }
            }
            p class="made" { (words.say(&made)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use gongzhi_core::messages::Bilingual;

    use super::super::story::{Sums, TownshipLine};
    use super::*;

    /// A story of nothing but a county and a township with these names.
    fn story(name: &str) -> Story {
        let name = Bilingual { zh: name.to_owned(), en: String::new() };
        let township = TownshipLine { name: Some(name.clone()), taxpayers: 1, sums: Sums::default() };
        Story {
            county: name,
            as_of: "2026-06-30".parse().unwrap(),
            catalog: "sm3:0".to_owned(),
            files: [1, 0, 0],
            has_coverage: true,
            funnel: vec![(Stage::Rows, 7)],
            total: Sums::default(),
            models: Vec::new(),
            townships: vec![township],
            locked: Vec::new(),
            queue: 0,
        }
    }

    #[test]
    fn names_are_escaped_and_nothing_is_fetched() {
        let catalog = Catalog::default();
        let story = story("<script>alert(\"1\")</script>&");
        let page = page_of(&story, &Deliveries::default(), &catalog, Language::English);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
        assert!(!page.contains("http") && !page.contains("url(") && !page.contains("@import"), "{page}");
    }

    #[test]
    fn the_language_of_the_run_is_chosen_and_no_word_is_a_raw_key() {
        let catalog = Catalog::default();
        for (language, chosen) in [(Language::Chinese, "show-zh"), (Language::English, "show-en")] {
            let page = page_of(&story("x"), &Deliveries::default(), &catalog, language);
            let input = page.split("<input").find(|input| input.contains(" checked")).unwrap_or_default();
            assert!(input.contains(chosen), "{input}");
            assert!(!page.contains("report-"), "{page}");
        }
    }
}
