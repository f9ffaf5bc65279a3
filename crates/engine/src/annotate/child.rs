//! A clerk's package patched in a process of its own: `gongzhi mark-worker`.
//!
//! Patching reads a foreign package as much as reading its cells does, so it runs under the same limits of memory,
//! processor time and patience, and shut in as well. It is handed the original and the file to write, both open; what is
//! to be marked follows on its standard input, and one line of its output says what became of it. A process that dies
//! patched nothing.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::net::Shutdown;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::Duration;

use chrono::NaiveDate;
use gongzhi_core::messages::{Language, Translator};
use serde::{Deserialize, Serialize};

use super::{AnnotateError, Marking, SaidIssue, failed, patch};
use crate::read::handing::{hand, standard_input, start, take};
use crate::read::limits::limit_marking;
use crate::read::{Lacking, OpenFile, WorkerPool, confine, note};

/// How often the parent looks whether the process has ended.
const LOOK: Duration = Duration::from_millis(5);

/// What the process is told.
#[derive(Serialize, Deserialize)]
struct Order {
    issues: Vec<SaidIssue>,
    language: String,
    made: NaiveDate,
}

/// What it answers.
#[derive(Serialize, Deserialize)]
struct Answer {
    /// What of its confinement lacks.
    lacking: u8,
    /// The result is written; else it is no package that can be patched, and what is written is nothing.
    is_patched: bool,
}

/// Serves one order: the process's side.
///
/// # Errors
/// The order can't be read, or nobody hears the answer.
pub fn serve(answer: &mut dyn Write) -> io::Result<()> {
    std::panic::set_hook(Box::new(|_| {}));
    let orders = standard_input()?;
    let Some(([original, out], _)) = take(&orders)? else { return Ok(()) };
    limit_marking(original.metadata()?.len());
    let lacking = confine().to_byte();
    let order: Order = serde_json::from_reader(BufReader::new(orders))?;
    let translator = Translator::new(Language::find(&order.language).unwrap_or_default());
    let marking = Marking { issues: &order.issues, translator: &translator, made: order.made };
    let is_patched = patch::patch(original, &marking, out).unwrap_or(false);
    serde_json::to_writer(answer, &Answer { lacking, is_patched })?;
    Ok(())
}

/// Has the package patched: the parent's side. `false` when it can't be, for whatever reason of its own.
pub(super) fn patch(
    (original, out): (&OpenFile, &Path),
    pool: &WorkerPool,
    marking: &Marking<'_>,
) -> Result<bool, AnnotateError> {
    let failed_out = |source: io::Error| failed(out, source);
    let order = Order {
        issues: marking.issues.to_vec(),
        language: marking.translator.language().tag().to_owned(),
        made: marking.made,
    };
    let order = serde_json::to_vec(&order).map_err(|error| failed_out(error.into()))?;
    let reader = original.reader().map_err(|source| failed(Path::new(original.name()), source))?;
    let files = [reader, File::create(out).map_err(failed_out)?];
    let _turn = pool.turn()?;
    let (child, mut orders) = start(pool.program(), &["mark-worker".into()]).map_err(failed_out)?;
    // One that died already says so by its answer, which is none.
    let told = hand(&orders, &[&files[0], &files[1]], "").and_then(|()| orders.write_all(&order));
    let _ = told.and_then(|()| orders.shutdown(Shutdown::Write));
    let answer = wait(child, pool.patience_for(original)).map_err(failed_out)?;
    let Ok(answer) = serde_json::from_slice::<Answer>(&answer) else { return Ok(false) };
    note(Lacking::from_byte(answer.lacking));
    Ok(answer.is_patched)
}

/// What the process said by its end; nothing when the parent's patience ended first.
fn wait(mut child: Child, mut patience: Duration) -> io::Result<Vec<u8>> {
    while child.try_wait()?.is_none() {
        if patience.is_zero() {
            child.kill()?;
            child.wait()?;
            return Ok(Vec::new());
        }
        thread::sleep(LOOK);
        patience = patience.saturating_sub(LOOK);
    }
    let mut answer = Vec::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_end(&mut answer)?;
    }
    Ok(answer)
}
