//! How ours grows: text files in, names and models at one, three and ten times the size, and the slope of the seconds.
//!
//! Seconds are those of the whole program, its start included, so the slope at small sizes is if anything too kind; that
//! is why the sizes begin where the work is most of it.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::kept::Kept;
use super::measure::{self, Measured};
use super::{peers, report, sheets};
use crate::steps::{cargo, program, root, step};

/// Rows of the text file.
const ROWS: [u64; 3] = [300_000, 900_000, 3_000_000];
/// Every so many-th entry of the registry, or so many out of ten, and the names looked up in them.
const REGISTRIES: [(u64, usize); 3] = [(1, 10_000), (3, 30_000), (10, 100_000)];
/// Scales of the county.
const SCALES: [&str; 3] = ["0.5", "1.5", "5"];
/// The slope to reach.
const STEEPEST: f64 = 1.1;

/// One size of one work.
struct Point {
    size: u64,
    what: String,
    measured: Measured,
}

/// Builds, measures the three, writes the table.
pub fn run() -> Result<()> {
    let data = std::env::var_os("GONGZHI_REAL_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        bail!("the real data is not at {}: set GONGZHI_REAL_DATA", data.display());
    }
    step("release build", &mut cargo(&["build", "--release", "--locked", "-p", "gongzhi"]))?;
    let folder = std::env::temp_dir().join(format!("gongzhi-bench-growth-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure_all(&folder, &data);
    std::fs::remove_dir_all(&folder)?;
    report::keep("growth", &body(&outcome?)?)
}

fn measure_all(folder: &Path, data: &Path) -> Result<Vec<(&'static str, Vec<Point>)>> {
    Ok(vec![("read-csv", read_csv(folder)?), ("match", match_names(folder, data)?), ("scan", scan(folder)?)])
}

fn read_csv(folder: &Path) -> Result<Vec<Point>> {
    let point = |rows: u64| -> Result<Point> {
        let folder = folder.join(format!("csv-{rows}"));
        std::fs::create_dir_all(&folder)?;
        let measured = sheets::measure_rows(&sheets::CSV, rows, &folder)?;
        std::fs::remove_dir_all(&folder)?;
        Ok(Point { size: rows, what: format!("{rows} rows"), measured })
    };
    ROWS.into_iter().map(point).collect()
}

/// Index and names grow together, so the size is that of either.
fn match_names(folder: &Path, data: &Path) -> Result<Vec<Point>> {
    let registry = data.join("registry/national_names.parquet");
    let known = read_names(data)?;
    let mut points = Vec::new();
    for (tenths, count) in REGISTRIES {
        println!("── {count} names, {tenths} tenths of the registry");
        let (taken, names) = (folder.join("registry.parquet"), folder.join("names.csv"));
        let parts = tenths.to_string();
        peers::run("take_rows.py", &[registry.as_os_str(), taken.as_os_str(), OsStr::new(&parts)])?;
        let mut writer = csv::Writer::from_path(&names)?;
        writer.write_record(["name"])?;
        for name in known.iter().cycle().take(count) {
            writer.write_record([name])?;
        }
        writer.flush()?;
        let mut command = Command::new(program("release"));
        command.args(["match", "--json", "--top", "3", "--column", "name", "--registry"]).arg(&taken);
        let measured = measure::run(command.arg("--names").arg(&names))?;
        if measured.code != Some(0) {
            bail!("the names failed: {}", measured.stderr);
        }
        let what = format!("{count} names, {tenths}/10 of the national registry");
        points.push(Point { size: tenths, what, measured });
    }
    Ok(points)
}

/// The names of the two lists with known answers.
fn read_names(data: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for list in ["gold/list_names_to_registry.csv", "gold/made_dirty_names.csv"] {
        let mut reader = csv::Reader::from_path(data.join(list))?;
        let column = reader.headers()?.iter().position(|header| header == "name_raw").unwrap_or_default();
        for row in reader.records() {
            names.push(row?.get(column).unwrap_or_default().to_owned());
        }
    }
    Ok(names)
}

fn scan(folder: &Path) -> Result<Vec<Point>> {
    let point = |scale: &str| -> Result<Point> {
        let folder = folder.join(format!("scan-{scale}"));
        let kept = Kept::make(&folder, scale)?;
        println!("── gongzhi models run");
        let measured = kept.run_models(&[])?;
        let size = kept.count("intake", "rows");
        std::fs::remove_dir_all(&folder)?;
        Ok(Point { size, what: format!("scale {scale}, {size} rows"), measured })
    };
    SCALES.into_iter().map(point).collect()
}

fn body(works: &[(&'static str, Vec<Point>)]) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "| work | size | seconds | most memory, MiB | slope |\n|---|---|---:|---:|---:|")?;
    for (work, points) in works {
        for (at, point) in points.iter().enumerate() {
            let slope = if at == 0 { format!("{:.2}", slope(points)) } else { String::new() };
            let Measured { seconds, peak_mib, .. } = point.measured;
            writeln!(text, "| {work} | {} | {seconds:.1} | {peak_mib:.0} | {slope} |", point.what)?;
        }
    }
    writeln!(
        text,
        "\nTo reach: a slope ≤ {STEEPEST} of the seconds in the log-log plot (least squares). Seconds are those of"
    )?;
    writeln!(text, "the whole program, its start included.")?;
    Ok(text)
}

/// The slope of the straight line nearest to the points in the log-log plot.
fn slope(points: &[Point]) -> f64 {
    let logs: Vec<(f64, f64)> =
        points.iter().map(|point| ((point.size as f64).ln(), point.measured.seconds.ln())).collect();
    let count = logs.len() as f64;
    let (x, y) = (logs.iter().map(|log| log.0).sum::<f64>() / count, logs.iter().map(|log| log.1).sum::<f64>() / count);
    let (products, squares) = logs.iter().fold((0.0, 0.0), |(products, squares), log| {
        (products + (log.0 - x) * (log.1 - y), squares + (log.0 - x).powi(2))
    });
    products / squares
}
