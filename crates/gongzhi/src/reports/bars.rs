//! Bars drawn beside the figures they show. They are SVG, so that they print where a browser leaves grounds out, and hidden
//! from those who listen: the figure stands in the same row.

use maud::{Markup, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Length of a bar that is full.
const FULL: u32 = 1000;

/// A piece of a bar: its look in the style sheet, and how much it stands for.
pub type Piece = (&'static str, Decimal);

/// Pieces one after the other, as long together as their share of `most`.
pub fn bar(pieces: &[Piece], most: Decimal) -> Markup {
    let mut start = 0;
    let mut drawn = Vec::new();
    for (look, amount) in pieces {
        let length = length_of(*amount, most).min(FULL - start);
        drawn.push((*look, start, length));
        start += length;
    }
    html! {
        svg class="bar" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect class="ground" x="0" y="0" width="1000" height="100" {}
            @for (look, start, length) in drawn {
                rect class=(look) x=(start) y="0" width=(length) height="100" {}
            }
        }
    }
}

/// What is something stays visible beside what is much.
fn length_of(amount: Decimal, most: Decimal) -> u32 {
    if amount <= Decimal::ZERO || most <= Decimal::ZERO {
        return 0;
    }
    let share = (amount * Decimal::from(FULL) / most).round().to_u32().unwrap_or(FULL);
    share.clamp(4, FULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_never_reach_over_the_end_and_little_is_still_seen() {
        let text = bar(&[("low", Decimal::from(900)), ("more", Decimal::from(300))], Decimal::from(1000)).into_string();
        assert!(text.contains(r#"class="low" x="0" y="0" width="900""#), "{text}");
        assert!(text.contains(r#"class="more" x="900" y="0" width="100""#), "{text}");
        assert_eq!(length_of(Decimal::ONE, Decimal::from(1_000_000)), 4);
        assert_eq!(length_of(Decimal::from(-5), Decimal::from(10)), 0);
        assert_eq!(length_of(Decimal::ONE, Decimal::ZERO), 0);
    }
}
