//! `gongzhi verify`: a receipt and the file it is of, checked without a home folder and without a network.

use std::path::PathBuf;
use std::process::ExitCode;

use gongzhi_core::intake::mask::shown;
use gongzhi_core::messages::{Message, Translator};
use gongzhi_core::receipts::{Receipt, ReceiptSet, Verdict};
use serde_json::json;

use super::Context;
use crate::acts::collect::receipts::{Checked, check};

#[derive(clap::Args)]
pub struct Args {
    receipt: PathBuf,
    file: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

/// Exit 0 when the receipt holds and is of this file, 1 when not, 2 when it could not be checked.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let say = &context.translator;
    let checked = check(&args.receipt, args.file.as_deref(), args.key.as_deref())?;
    let Checked { receipt, verdict, is_signer_known } = &checked;
    if args.json {
        let receipt = verdict.holds().then_some(receipt);
        println!("{}", json!({"verdict": verdict.key(), "signer_known": is_signer_known, "receipt": receipt}));
    } else {
        print_text(&checked, say);
    }
    Ok(ExitCode::from(u8::from(*verdict != Verdict::Valid)))
}

fn print_text(checked: &Checked, say: &Translator) {
    let receipt = &checked.receipt;
    let name = receipt.file.as_ref().map(|file| shown(&file.name).into_owned()).unwrap_or_default();
    let is_nil = receipt.file.is_none();
    let verdict = match checked.verdict {
        Verdict::Valid if is_nil => "receipt-valid-nil",
        Verdict::Valid => "receipt-valid",
        Verdict::FileDiffers => "receipt-file-differs",
        Verdict::SignatureWrong => "receipt-signature-wrong",
        Verdict::OtherKey => "receipt-other-key",
    };
    put(&say.say(&Message::new(verdict).with("file", name)));
    if !checked.verdict.holds() {
        return;
    }
    put(&say.say(&receipt_line(receipt)));
    receipt.sets.iter().for_each(|set| put(&say.say(&set_line(set, say))));
    let key = if checked.is_signer_known { "receipt-signer-known" } else { "receipt-signer-unknown" };
    put(&say.say(&Message::new(key).with("key", &receipt.key)));
}

/// A line; of what anybody may have written into a receipt no sign steers the terminal.
fn put(line: &str) {
    println!("{}", line.replace(char::is_control, " "));
}

fn receipt_line(receipt: &Receipt) -> Message {
    Message::new("receipt-line")
        .with("unit", &receipt.unit.name)
        .with("day", receipt.accepted_on)
        .with("at", &receipt.accepted_at)
        .with("upload", &receipt.upload)
        .with("warnings", receipt.warnings)
}

fn set_line(set: &ReceiptSet, say: &Translator) -> Message {
    let effect = set.effect.map(|effect| {
        let line = Message::new("receipt-effect").with("new", effect.new).with("changed", effect.changed);
        say.say(&line.with("unchanged", effect.unchanged).with("revoked", effect.revoked).with("ended", effect.ended))
    });
    Message::new("receipt-set-line")
        .with("item", &set.item.name)
        .with("kind", &set.kind.name)
        .with("period", &set.period)
        .with("mode", say.say(&Message::new(format!("intake-mode-{}", set.mode))))
        .with("rows", set.rows)
        .with("effect", effect.unwrap_or_default())
}
