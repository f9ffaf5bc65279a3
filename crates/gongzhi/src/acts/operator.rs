//! Whoever works at the machine itself: the one actor of the command line.

use gongzhi_core::access::{Actor, Purpose};

/// The operator, for a purpose.
pub fn operator(purpose: Purpose) -> Actor {
    Actor::operator(&user(), purpose)
}

/// The name of the machine's user this program runs as; where the system does not tell it, the number.
fn user() -> String {
    use std::os::unix::fs::MetadataExt as _;
    let number = std::fs::metadata("/proc/self").map(|facts| facts.uid());
    let Ok(number) = number else { return "unknown".to_owned() };
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(number)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_is_the_user_the_program_runs_as() {
        let said = std::process::Command::new("id").arg("-un").output().unwrap();
        let name = String::from_utf8(said.stdout).unwrap();
        assert_eq!(operator(Purpose::Upkeep).who, format!("operator:{}", name.trim()));
    }
}
