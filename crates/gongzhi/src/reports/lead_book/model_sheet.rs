//! The sheet of a model: its leads, ranked, a row each.

use gongzhi_core::leads::{Confidence, Filing, Lead, OtherPayment};
use gongzhi_core::messages::Message;
use gongzhi_core::models::Model;
use gongzhi_engine::workbook::{Cell, TableHead};

use super::book::{LeadBook, amount, text, whole};
use super::columns::LeadColumn;

impl LeadBook<'_> {
    /// The head of a model's sheet: its question, its laws, its formula.
    pub fn model_head(&self, (model, columns): (&Model, &[LeadColumn]), leads: &[(u64, &Lead)]) -> TableHead {
        let laws: Vec<String> = model
            .laws
            .iter()
            .map(|law| format!("{} {}", self.text(&law.name), law.articles).trim_end().to_owned())
            .collect();
        let law = Message::new("run-book-law").with("law", laws.join("；"));
        let mut notes = vec![self.text(&model.question), self.say.say(&law)];
        // One formula serves every lead of a model; the rows below show it with their numbers.
        let formula = leads.first().map(|(_, lead)| self.text(&lead.formula)).filter(|formula| !formula.is_empty());
        notes.extend(formula.map(|formula| {
            self.say.say(&Message::new("run-book-rule").with("formula", formula.replace(['；', ';'], "\n")))
        }));
        let columns: Vec<_> = columns.iter().map(|column| column.shape()).collect();
        TableHead {
            sheet: self.text(&model.name),
            title: self.text(&model.name),
            notes,
            columns: self.columns(&columns),
            frozen: 2,
        }
    }

    /// What stands in a column of a lead's row.
    pub fn lead_cell(&self, column: LeadColumn, rank: u64, (model, lead): (&Model, &Lead)) -> Cell {
        match column {
            LeadColumn::Rank => whole(rank),
            LeadColumn::Name => text(&lead.taxpayer.name),
            LeadColumn::Code => text(&self.code(lead)),
            LeadColumn::Number => text(self.numbers.find(lead).unwrap_or_default()),
            LeadColumn::Finding => text(&self.finding(model, lead)),
            LeadColumn::DueLow => amount(lead.due_low),
            LeadColumn::DueHigh => amount(lead.due_high),
            LeadColumn::Paid => amount(lead.paid),
            LeadColumn::Gap => amount(lead.gap),
            LeadColumn::Confidence => Cell::Text(self.word(match lead.confidence {
                Confidence::Certain => "run-book-certain",
                Confidence::Probable => "run-book-probable",
            })),
            LeadColumn::Period => text(&lead.period),
            LeadColumn::DueDay => lead.due_day.map_or(Cell::Empty, Cell::Date),
            LeadColumn::Declared => amount(lead.declared),
            LeadColumn::Filing => lead.filing.map_or(Cell::Empty, |filing| Cell::Text(self.word(word_of(filing)))),
            LeadColumn::RecoverableUntil => lead.recoverable_until.map_or(Cell::Empty, Cell::Date),
            LeadColumn::LateFee => amount(lead.late_fee),
            LeadColumn::TaxOffice => text(&lead.tax_office),
            LeadColumn::LookFirst => text(&self.look_first(lead)),
            LeadColumn::Formula => text(&lead.formula_numbers.join("\n").replace('；', "\n")),
            LeadColumn::Figures => text(&self.parameters(lead)),
            LeadColumn::Narrow => {
                text(&lead.narrowed_by.iter().map(|fact| self.text(fact)).collect::<Vec<_>>().join("；"))
            }
            LeadColumn::Evidence => text(&self.evidence_text(lead)),
        }
    }

    /// What was found, then the facts, a line each.
    fn finding(&self, model: &Model, lead: &Lead) -> String {
        let facts = lead.facts.iter().map(|fact| {
            // A code that the model itself made is told by the model's labels.
            let label = model.labels.iter().find(|(code, _)| *code == fact.value).map(|(_, label)| self.text(label));
            format!("{}：{}", self.text(&fact.label), label.unwrap_or_else(|| fact.value.clone()))
        });
        std::iter::once(self.text(&lead.finding_label)).chain(facts).collect::<Vec<_>>().join("\n")
    }

    /// What an officer looks at before anything else: payments that did not count, reliefs, the document to ask for, a
    /// calendar that is not out yet.
    fn look_first(&self, lead: &Lead) -> String {
        let mut lines: Vec<String> = lead.other_payments.iter().map(|payment| self.other_payment(payment)).collect();
        for (key, words) in [("run-book-check-first", &lead.check_first), ("run-book-ask-for", &lead.ask_for)] {
            let words = self.text(words);
            if !words.is_empty() {
                lines.push(self.say.say(&Message::new(key).with("text", words)));
            }
        }
        if lead.due_day_provisional {
            lines.push(self.word("run-book-provisional"));
        }
        lines.join("\n")
    }

    fn other_payment(&self, payment: &OtherPayment) -> String {
        let kinds = self.catalog.lists.get("tax_kind").into_iter().flat_map(|list| &list.entries);
        let kind = kinds.into_iter().find(|entry| entry.code == payment.tax_kind).map(|entry| self.text(&entry.name));
        let item = payment.tax_item.as_deref().unwrap_or_default();
        let name = format!("{} {item}", kind.unwrap_or_else(|| payment.tax_kind.clone()));
        let paid_on = payment.paid_on.map(|day| day.to_string()).unwrap_or_default();
        let message = Message::new("run-book-other-payment").with("name", name.trim_end()).with("paid_on", paid_on);
        let message = message.with("from", payment.period_from).with("to", payment.period_to);
        self.say.say(&message.with("amount", payment.amount_yuan))
    }

    fn parameters(&self, lead: &Lead) -> String {
        let lines = lead.parameters.iter().map(|used| {
            let name = self.catalog.parameters.get(&used.key).map(|parameter| self.text(&parameter.name));
            let unconfirmed = lead.unconfirmed.contains(&used.key);
            let mark = if unconfirmed { self.word("run-book-unconfirmed") } else { String::new() };
            let name = name.unwrap_or_else(|| used.key.clone());
            format!("{name} {}{mark}", used.value.normalize())
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn word_of(filing: Filing) -> &'static str {
    match filing {
        Filing::NotFiled => "run-book-not-filed",
        Filing::FiledLess => "run-book-filed-less",
        Filing::Unknown => "run-book-filing-unknown",
    }
}
