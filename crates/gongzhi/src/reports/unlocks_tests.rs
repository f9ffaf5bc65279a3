use std::collections::BTreeMap;

use gongzhi_core::messages::Language;

use super::super::words::Words;
use super::*;
use crate::acts::analyse::models::get_models;
use crate::acts::catalog::CatalogPlace;

/// What the report says would unlock rows of a model, in Chinese.
async fn told(model: &str, outcomes: &[(&str, u64)]) -> Vec<String> {
    let (catalog, models) = get_models(&CatalogPlace::default()).await.unwrap();
    let outcomes = outcomes.iter().map(|(outcome, rows)| ((*outcome).to_owned(), *rows));
    let report =
        ModelReport { model: model.to_owned(), outcomes: BTreeMap::from_iter(outcomes), ..ModelReport::default() };
    let words = Words::new(Language::Chinese, &catalog);
    let locked = Unlocks { catalog: &catalog, models: &models }.of(&report);
    locked.iter().map(|line| format!("{} {}", line.rows.unwrap_or_default(), words.unlock(&line.unlock))).collect()
}

#[tokio::test]
async fn each_reason_says_who_does_what_most_rows_first_and_leads_are_no_reason() {
    let outcomes = [
        ("lead", 9),
        ("not_comparable:missing:price_yuan", 3),
        ("not_comparable:coverage:tax_payment", 5),
        ("not_comparable:identity", 2),
        ("not_comparable:no_parameter:deed/rate", 1),
    ];
    let told = told("deed/land_grant", &outcomes).await;
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].starts_with("5 税务局导入") && told[0].contains("契税"), "{told:?}");
    assert!(told[1].starts_with("3 在自然资源局") && told[1].contains("列"), "{told:?}");
    assert!(told[2].contains("identity.xlsx"), "{told:?}");
    assert!(told[3].contains("params/deed/rate.yaml"), "{told:?}");
}

#[tokio::test]
async fn every_reason_of_the_shipped_cases_is_told_without_a_raw_key() {
    let (catalog, models) = get_models(&CatalogPlace::default()).await.unwrap();
    for (key, model) in &models.models {
        let needs = model.needs.iter().map(|need| format!("missing:{need}"));
        let tables = model.coverage.iter().map(|need| format!("coverage:{}", need.table));
        let items = model.absence.iter().map(|item| format!("not_delivered:{item}"));
        // What the model's SQL says by itself stands in it as 'missing:<column>'.
        let of_sql = model.sql.split('\'').filter(|text| text.starts_with("missing:")).map(str::to_owned);
        for reason in needs.chain(tables).chain(items).chain(of_sql) {
            let unlocks = Unlocks { catalog: &catalog, models: &models };
            let unlock = unlocks.unlock(Some(model), &reason);
            for language in [Language::Chinese, Language::English] {
                let text = Words::new(language, &catalog).unlock(&unlock);
                let detail = reason.split_once(':').map_or("", |(_, detail)| detail);
                assert!(!detail.contains('_') || !text.contains(detail), "{key}: {reason}: {text}");
                assert!(!text.contains("report-"), "{key}: {reason}: {text}");
            }
        }
    }
}
