//! The program from outside: every test runs the binary as a person or another program would.

#![expect(clippy::unwrap_used, reason = "everything here is a test: what is not there fails it")]

mod annotate;
mod codes;
mod confinement;
mod days;
mod demo;
mod fence;
mod field;
mod field_names;
mod field_persons;
mod home;
mod hostile;
mod identity;
mod intake;
mod intake_again;
mod intake_profiles;
mod intake_workbooks;
mod land_supply;
mod leads;
mod log;
mod measures;
mod office;
mod open_formats;
mod own_headers;
mod persons;
mod program;
mod read;
mod reading;
mod real_data;
mod receipts;
mod run;
mod run_counties;
mod run_reports;
mod sets;
mod shipped;
mod template;
mod together;
mod understood;
mod whole_files;
