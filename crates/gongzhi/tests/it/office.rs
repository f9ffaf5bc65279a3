//! Another office program: what we write must open there too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every sheet as csv, hidden ones too.
const FILTER: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";

/// The office program, when there is one. Where everything must be tested its absence is a failure.
fn find_office() -> Option<PathBuf> {
    let places = ["/usr/bin/libreoffice", "/usr/bin/soffice", "/usr/bin/localc"];
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    let must = std::env::var("CI").as_deref() == Ok("true");
    assert!(found.is_some() || !must, "LibreOffice is missing: apt-get install libreoffice-calc-nogui");
    if found.is_none() {
        println!("left out: LibreOffice is not installed, the workbooks were not opened");
    }
    found
}

/// Opens the workbooks and gives their sheets as csv by the names `<file>-<sheet>.csv`.
pub fn open_all(files: &[PathBuf], out: &Path) -> Option<BTreeMap<String, String>> {
    let office = find_office()?;
    // A profile of its own: another instance may be open.
    let profile = format!("-env:UserInstallation=file://{}", out.with_extension("profile").display());
    let mut command = Command::new(office);
    command.args([profile.as_str(), "--headless", "--convert-to", FILTER, "--outdir"]).arg(out).args(files);
    let output = command.output().expect("the office program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sheets = std::fs::read_dir(out).expect("something was opened").flatten().map(|entry| {
        let text = std::fs::read_to_string(entry.path()).expect("a sheet");
        (entry.file_name().to_string_lossy().into_owned(), text)
    });
    Some(sheets.collect())
}
