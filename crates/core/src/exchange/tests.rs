//! Messages in any order and any number of times.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::catalog::{Mark, Mode};
use crate::intake::{OwnColumn, OwnHeader};
use crate::period::Period;
use crate::state::{Batch, DigestedFile, VisibleBatch, covered_days};
use crate::values::SetMode;

fn noon(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_735_732_800, 0).unwrap() + TimeDelta::days(day)
}

fn batch(id: &str) -> VisibleBatch {
    let period = Period::Quarter(2025, 1);
    let (covers_from, covers_to) = covered_days(period, false);
    VisibleBatch {
        batch: Batch {
            id: id.to_owned(),
            sequence: 7,
            region: "652323".to_owned(),
            unit: "water".to_owned(),
            lineage: "water".to_owned(),
            item: "water_project".to_owned(),
            kind: "project".to_owned(),
            mark: Mark::Stock,
            item_mode: Mode::FullThenDifferential,
            period,
            covers_from,
            covers_to,
            mode: SetMode::NothingExists,
            template_version: 1,
            accepted_at: noon(1),
            supplement_of: Some("b0".to_owned()),
        },
        main: Some(DigestedFile { key: "b1.parquet".to_owned(), digest: "sm3:01".to_owned() }),
        personal: None,
        links_key: None,
        rows: 3,
        file: "水利.xlsx".to_owned(),
        file_digest: "sm3:02".to_owned(),
        upload: "u1".to_owned(),
    }
}

fn accepted(id: &str) -> Content {
    Content::BatchAccepted(Box::new(BatchAccepted::of(batch(id), Vec::new())))
}

/// A series of some length, in its order.
fn series(length: u64) -> Vec<Envelope> {
    (1..=length).map(|number| Envelope::new(&accepted(&format!("b{number}")), ("652323", number), noon(2))).collect()
}

/// A side that receives, kept in memory.
#[derive(Debug, Default, PartialEq)]
struct Inbox {
    /// Names of what was taken in, in its order.
    taken: Vec<String>,
    waiting: BTreeMap<u64, Envelope>,
    known: BTreeMap<u64, (String, String)>,
}

impl Inbox {
    fn receive(&mut self, envelope: &Envelope) -> Result<Verdict, ExchangeError> {
        let known = self.known.get(&envelope.number).map(|(id, digest)| Known { id, digest });
        let verdict = judge(envelope, known, self.next())?;
        if verdict != Verdict::Before {
            self.known.insert(envelope.number, (envelope.id.clone(), envelope.digest.clone()));
            self.waiting.insert(envelope.number, envelope.clone());
        }
        let mut next = self.next();
        while let Some(due) = self.waiting.remove(&next) {
            self.taken.push(due.id);
            next = self.next();
        }
        Ok(verdict)
    }

    fn next(&self) -> u64 {
        self.taken.len() as u64 + 1
    }
}

fn in_order(envelopes: &[Envelope]) -> Inbox {
    let mut inbox = Inbox::default();
    envelopes.iter().for_each(|envelope| assert_eq!(inbox.receive(envelope), Ok(Verdict::Take)));
    inbox
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_of_deliveries_ends_in_the_same(
        order in Just((0..9_usize).collect::<Vec<_>>()).prop_shuffle(),
        repeated in proptest::collection::vec((0..9_usize, 0..9_usize), 0..20),
    ) {
        let sent = series(9);
        let mut deliveries = order;
        for (which, behind) in repeated {
            deliveries.insert(behind, which);
        }
        let mut inbox = Inbox::default();
        for which in deliveries {
            inbox.receive(&sent[which]).unwrap();
            let without_gap = (1..).take_while(|number| inbox.known.contains_key(number)).count();
            prop_assert_eq!(inbox.taken.len(), without_gap, "what is there without a gap is taken in, and nothing else");
        }
        prop_assert_eq!(inbox, in_order(&sent));
    }

    #[test]
    fn another_message_of_a_number_that_was_received_is_refused_and_changes_nothing(
        received in 1_usize..9,
        other in 0_usize..9,
    ) {
        let sent = series(9);
        let mut inbox = in_order(&sent[..received]);
        // One that waits is known as well as one that was taken in.
        inbox.receive(&sent[8]).unwrap();
        let number = sent[other].number;
        let forged = Envelope::new(&accepted("forged"), ("652323", number), noon(3));
        if inbox.known.contains_key(&number) {
            let before = inbox.taken.clone();
            prop_assert_eq!(inbox.receive(&forged), Err(ExchangeError::Otherwise { id: forged.id.clone() }));
            prop_assert_eq!(inbox.taken, before);
        }
    }
}

#[test]
fn a_later_message_waits_and_one_that_is_there_changes_nothing() {
    let sent = series(3);
    let mut inbox = Inbox::default();
    assert_eq!(inbox.receive(&sent[2]), Ok(Verdict::Wait));
    assert_eq!(inbox.receive(&sent[2]), Ok(Verdict::Before));
    assert_eq!(inbox.receive(&sent[0]), Ok(Verdict::Take));
    assert_eq!(inbox.taken, [sent[0].id.as_str()]);
    assert_eq!(inbox.receive(&sent[1]), Ok(Verdict::Take));
    assert_eq!(inbox.receive(&sent[0]), Ok(Verdict::Before));
    assert_eq!(inbox.taken.len(), 3);
}

#[test]
fn an_envelope_that_is_not_as_it_was_sent_is_refused() {
    let sent = Envelope::new(&accepted("b1"), ("652323", 1), noon(2));
    assert_eq!(sent.id, "batch_accepted:652323:1");
    let refused = |envelope: Envelope| judge(&envelope, None, 1).unwrap_err();
    let mut changed = sent.clone();
    changed.body["rows"] = json!(4);
    assert_eq!(refused(changed), ExchangeError::Spoilt { id: sent.id.clone() });
    let misnamed = |id: &str| ExchangeError::Misnamed { id: id.to_owned() };
    assert_eq!(refused(Envelope { region: "652324".to_owned(), ..sent.clone() }), misnamed(&sent.id));
    assert_eq!(refused(Envelope { kind: MessageKind::BatchReturned, ..sent.clone() }), misnamed(&sent.id));
    let without = Envelope::new(&accepted("b1"), ("652323", 0), noon(2));
    assert_eq!(refused(without), misnamed("batch_accepted:652323:0"));
    // Taken in long ago and not known any more: it can't be told whether it is the same.
    assert_eq!(judge(&sent, None, 2), Err(ExchangeError::Otherwise { id: sent.id.clone() }));
}

#[test]
fn an_envelope_set_out_in_another_way_is_the_same_and_one_with_more_in_it_is_none() {
    let name = OwnColumn {
        letters: "B".to_owned(),
        texts: vec!["项目".to_owned(), "名称".to_owned()],
        column: Some("name".to_owned()),
    };
    let sheets = vec![OwnHeader { sheet: "项目".to_owned(), row: 2, columns: vec![name] }];
    let said = Content::BatchAccepted(Box::new(BatchAccepted::of(batch("b1"), sheets)));
    let sent = Envelope::new(&said, ("652323", 1), noon(2));
    let text = serde_json::to_string_pretty(&sent).unwrap();
    let read: Envelope = serde_json::from_str(&text).unwrap();
    assert_eq!((judge(&read, None, 1), read.open().unwrap()), (Ok(Verdict::Take), said));
    for (from, to) in [("\"batch_accepted\"", "\"batch_burnt\""), ("\"number\"", "\"amount\"")] {
        assert!(serde_json::from_str::<Envelope>(&text.replacen(from, to, 1)).is_err(), "{to}");
    }
    let mut more = sent;
    more.body["original"] = json!("bytes");
    assert!(matches!(more.open(), Err(ExchangeError::Unread { .. })));
}

#[test]
fn a_batch_is_received_as_it_was_accepted() {
    let told = BatchAccepted::of(batch("b1"), Vec::new());
    let received = told.clone().into_visible("652323".to_owned(), 7);
    assert_eq!(received, Ok(batch("b1")));
    let strange = BatchAccepted { period: "2025Q7".to_owned(), ..told };
    let wrong = strange.into_visible("652323".to_owned(), 7).unwrap_err();
    assert_eq!(wrong.to_string(), "period: 2025Q7");
}

#[test]
fn every_word_is_read_back_and_is_the_word_of_the_json() {
    for kind in MessageKind::ALL {
        assert_eq!((MessageKind::find(kind.key()), json!(kind)), (Some(kind), json!(kind.key())));
    }
    for direction in [Direction::ToAnalyse, Direction::ToCollect] {
        assert_eq!((Direction::find(direction.key()), json!(direction)), (Some(direction), json!(direction.key())));
    }
}
