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
mod home;
mod hostile;
mod identity;
mod intake;
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
mod sets;
mod shipped;
mod template;
mod together;
mod understood;
mod whole_files;
