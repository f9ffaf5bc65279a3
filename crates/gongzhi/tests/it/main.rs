//! The program from outside: every test runs the binary as a person or another program would.

mod program;
mod read;
mod real_data;
