//! Sheets in: a workbook of 100 000 × 30 and a text file of 5 000 000 × 20, each read, typed, checked by every rule of
//! its template and written as Parquet, beside peers that do the same by the same table schema.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::measure::{self, Measured};
use super::{peers, report};
use crate::steps::{cargo, program, step};

/// One of the two benchmarks.
pub struct Task {
    name: &'static str,
    /// Item and kind whose template is checked.
    kind: &'static str,
    /// Words that intake is told.
    words: &'static [&'static str],
    rows: u64,
    columns: u64,
    extension: &'static str,
    /// Script, what it is, and its part of the rows.
    peers: &'static [(&'static str, &'static str, u64)],
    goals: &'static str,
}

/// The workbook.
pub const XLSX: Task = Task {
    name: "read-xlsx",
    kind: "construction_filing.project",
    words: &["--unit", "住建局", "--period", "2025Q1"],
    rows: 100_000,
    columns: 30,
    extension: "xlsx",
    peers: &[
        ("read_polars.py", "python-calamine + polars", 1),
        ("read_pandera.py", "openpyxl + pandera", 1),
        ("read_frictionless.py", "frictionless (no Parquet; a tenth of the rows)", 10),
    ],
    goals: "≥ 2 M cells a second and core, ≥ 20 × frictionless, ≥ 1.2 × calamine + polars, < 200 MB with the reading child",
};

/// The text file.
pub const CSV: Task = Task {
    name: "read-csv",
    kind: "tax_payment.payment",
    words: &["--unit", "税务局", "--period", "2025-03"],
    rows: 5_000_000,
    columns: 20,
    extension: "csv",
    peers: &[
        ("read_duckdb.py", "DuckDB", 1),
        ("read_polars.py", "polars", 1),
        ("read_frictionless.py", "frictionless (no Parquet; a hundredth of the rows)", 100),
    ],
    goals: "≥ 1 × DuckDB, < 400 MB whatever the size",
};

/// What one program took for how many cells.
struct Line {
    who: String,
    cells: u64,
    /// Bytes of the sheet.
    bytes: u64,
    measured: Measured,
    told: String,
}

/// Makes the sheet, runs ours and the peers, writes the table. `scale` divides the rows, for a quick look.
pub fn run(task: &Task, scale: u64) -> Result<()> {
    step("release build", &mut cargo(&["build", "--release", "--locked", "-p", "gongzhi"]))?;
    let folder = std::env::temp_dir().join(format!("gongzhi-bench-{}-{}", task.name, std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure_all(task, scale, &folder);
    std::fs::remove_dir_all(&folder)?;
    report::keep(task.name, &body(task, &outcome?)?)
}

fn measure_all(task: &Task, scale: u64, folder: &Path) -> Result<Vec<Line>> {
    let schema = write_schema(task, folder)?;
    let (sheet, cells) = make(task, (&schema, folder), task.rows / scale)?;
    let mut lines = vec![measure_ours(task, &sheet, cells, folder)?];
    for (script, who, part) in task.peers {
        println!("── {who}");
        let (sheet, cells) =
            if *part == 1 { (sheet.clone(), cells) } else { make(task, (&schema, folder), task.rows / scale / part)? };
        let out = folder.join("peer.parquet");
        let (measured, answer) = peers::run(script, &[sheet.as_os_str(), out.as_os_str()])?;
        let bytes = std::fs::metadata(&sheet)?.len();
        lines.push(Line {
            who: (*who).to_owned(),
            cells,
            bytes,
            measured,
            told: format!("{} issues", answer["issues"]),
        });
    }
    Ok(lines)
}

/// Makes a sheet of so many rows in a folder and has ours read it, without any peer.
pub(super) fn measure_rows(task: &Task, rows: u64, folder: &Path) -> Result<Measured> {
    let schema = write_schema(task, folder)?;
    let (sheet, cells) = make(task, (&schema, folder), rows)?;
    Ok(measure_ours(task, &sheet, cells, folder)?.measured)
}

fn write_schema(task: &Task, folder: &Path) -> Result<PathBuf> {
    let item = task.kind.split('.').next().unwrap_or_default();
    let mut schema = Command::new(program("release"));
    step("table schema", schema.args(["template", item, "--schema", "--out"]).arg(folder))?;
    Ok(folder.join(format!("{item}.datapackage.json")))
}

fn make(task: &Task, (schema, folder): (&Path, &Path), rows: u64) -> Result<(PathBuf, u64)> {
    let sheet = folder.join(format!("{rows}.{}", task.extension));
    let (rows, columns) = (rows.to_string(), task.columns.to_string());
    let words = [schema.as_os_str(), OsStr::new(task.kind), OsStr::new(&rows), OsStr::new(&columns), sheet.as_os_str()];
    println!("── sheet of {rows} rows");
    let (_, answer) = peers::run("make_sheet.py", &words)?;
    Ok((sheet, answer["cells"].as_u64().unwrap_or_default()))
}

fn measure_ours(task: &Task, sheet: &Path, cells: u64, folder: &Path) -> Result<Line> {
    println!("── gongzhi intake");
    let mut command = Command::new(program("release"));
    command.args(["--lang", "en", "intake", "--json", "--item", task.kind]).args(task.words);
    let measured = measure::run(command.arg(sheet).arg("--home").arg(folder.join("home")))?;
    let answer: serde_json::Value = serde_json::from_str(&measured.stdout)?;
    if measured.code != Some(0) {
        bail!("the sheet was not accepted: {}", answer["issues"][0]);
    }
    let issues = answer["issues"].as_array().map_or(0, Vec::len);
    let bytes = std::fs::metadata(sheet)?.len();
    Ok(Line { who: "gongzhi intake".to_owned(), cells, bytes, measured, told: format!("{issues} issues") })
}

fn body(task: &Task, lines: &[Line]) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "| program | cells | seconds | cores busy | million cells a second | ours is faster by | most memory, MiB | said |"
    )?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|---:|---|")?;
    let rate = |line: &Line| line.cells as f64 / line.measured.seconds / 1e6;
    for line in lines {
        writeln!(
            text,
            "| {} | {} | {:.1} | {:.2} | {:.2} | {:.2} × | {:.0} | {} |",
            line.who,
            line.cells,
            line.measured.seconds,
            line.measured.cores_busy,
            rate(line),
            rate(&lines[0]) / rate(line),
            line.measured.peak_mib,
            line.told,
        )?;
    }
    writeln!(
        text,
        "\nTo reach: {}. Ours also checks digits, keys and rules over several cells, and keeps the batch sealed",
        task.goals
    )?;
    writeln!(text, "with its digests; the peers check types, required cells, ranges, closed lists and patterns.")?;
    let ours = &lines[0].measured;
    let megabytes = lines[0].bytes as f64 / 1e6;
    writeln!(
        text,
        "\nThe sheet has {megabytes:.0} MB, which ours reads at {:.0} MB/s: {}.",
        megabytes / ours.seconds,
        measure::binding(ours),
    )?;
    Ok(text)
}
