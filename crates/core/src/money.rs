//! How large a figure may be, and sums that say when they are larger.
//!
//! A county's amounts have thirteen digits before the point at the very most. A figure of 10^16 and more is no amount, area or
//! count of a county but a slip (a code in a column of money, yuan under ten thousands), and what is worked out from it says
//! nothing of anybody. It is never compared, and nothing wraps, saturates or ends the program on the way there: whatever is
//! added up or multiplied here says when it came to more.

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};

/// 10^16, in the unit of whatever is measured: the first figure that is too large.
pub const LARGEST: Decimal = Decimal::from_parts(1_874_919_424, 2_328_306, 0, false, 0);

/// A figure came to 10^16 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a figure of 10^16 or more")]
pub struct TooLarge;

/// Whether a figure is one of 10^16 or more, of either sign.
pub fn is_too_large(figure: Decimal) -> bool {
    figure.abs() >= LARGEST
}

/// The figure, where it is not too large.
///
/// # Errors
/// It is.
pub fn checked(figure: Decimal) -> Result<Decimal, TooLarge> {
    if is_too_large(figure) { Err(TooLarge) } else { Ok(figure) }
}

/// The sum of figures; 0 of none. Neither it nor any of them, nor what they come to on the way, may be too large.
///
/// # Errors
/// One of these is.
pub fn sum(figures: impl IntoIterator<Item = Decimal>) -> Result<Decimal, TooLarge> {
    figures.into_iter().try_fold(Decimal::ZERO, |sum, figure| checked(sum + checked(figure)?))
}

/// The product of figures; 1 of none.
///
/// # Errors
/// It is too large.
pub fn product(figures: impl IntoIterator<Item = Decimal>) -> Result<Decimal, TooLarge> {
    let mut product = Decimal::ONE;
    for figure in figures {
        product = product.checked_mul(figure).ok_or(TooLarge)?;
    }
    checked(product)
}

/// A whole number of the last of so many decimal places, as columns keep figures. Digits behind the point that a decimal
/// has no room for are rounded off half away from zero.
///
/// # Errors
/// The figure is too large.
pub fn of_places(whole: i128, places: u32) -> Result<Decimal, TooLarge> {
    let (mut whole, mut places, mut is_half_up) = (whole, places, false);
    while places > Decimal::MAX_SCALE || (places > 0 && Decimal::try_from_i128_with_scale(whole, 0).is_err()) {
        is_half_up = (whole % 10).abs() >= 5;
        whole /= 10;
        places -= 1;
    }
    // No digit is cut from the largest number that fits, so that one more still does.
    whole += if is_half_up { whole.signum() } else { 0 };
    checked(Decimal::try_from_i128_with_scale(whole, places).map_err(|_| TooLarge)?)
}

/// Rounded half up to the fen, written with two places.
pub fn two_places(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

/// An amount in yuan as fen, rounded half up: what the control store keeps.
///
/// # Errors
/// The amount is too large.
pub fn to_fen(amount_yuan: Decimal) -> Result<i64, TooLarge> {
    // 10^18 fen at the most, which an i64 holds.
    (two_places(checked(amount_yuan)?) * Decimal::ONE_HUNDRED).to_i64().ok_or(TooLarge)
}

/// Fen as an amount in yuan with two places.
pub fn of_fen(fen: i64) -> Decimal {
    Decimal::new(fen, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_figure_of_sixteen_noughts_is_too_large_and_one_below_it_is_not() {
        assert_eq!(LARGEST.to_string(), "10000000000000000");
        for (text, is_so) in [
            ("9999999999999999.99", false),
            ("10000000000000000", true),
            ("-10000000000000000", true),
            ("-9999999999999999.99", false),
        ] {
            assert_eq!(is_too_large(figure(text)), is_so, "{text}");
        }
        assert!(is_too_large(Decimal::MAX) && is_too_large(Decimal::MIN));
    }

    #[test]
    fn a_sum_or_product_that_is_too_large_says_so_and_never_wraps_or_ends_the_program() {
        let large = figure("9999999999999999");
        assert_eq!(sum([large, figure("0.99")]), Ok(figure("9999999999999999.99")));
        assert_eq!(sum([large, Decimal::ONE]), Err(TooLarge));
        assert_eq!(sum([Decimal::MAX, Decimal::MAX]), Err(TooLarge));
        assert_eq!(sum([large, Decimal::ONE, -large]), Err(TooLarge), "nor on the way");
        assert_eq!(sum([]), Ok(Decimal::ZERO));
        assert_eq!(product([large, figure("0.0005"), figure("365")]), Ok(figure("1824999999999999.8175")));
        assert_eq!(product([Decimal::MAX, Decimal::MAX]), Err(TooLarge));
        assert_eq!(product([large, figure("2")]), Err(TooLarge));
    }

    #[test]
    fn a_figure_of_more_digits_than_a_decimal_has_is_rounded_where_it_is_small_and_told_where_it_is_large() {
        assert_eq!(of_places(123_456, 2), Ok(figure("1234.56")));
        assert_eq!(of_places(-520, 2), Ok(figure("-5.20")));
        // 10^15 with sixteen places: no decimal holds as many digits, and yet it is no large figure.
        assert_eq!(of_places(10_i128.pow(31), 16).map(|figure| figure.normalize()), Ok(figure("1000000000000000")));
        assert_eq!(of_places(5 * 10_i128.pow(29), 30).map(|figure| figure.normalize()), Ok(figure("0.5")));
        assert_eq!(of_places(15, 30), Ok(Decimal::ZERO));
        assert_eq!(of_places(10_i128.pow(18), 2), Err(TooLarge));
        assert_eq!(of_places(i128::MAX, 0), Err(TooLarge));
        assert_eq!(of_places(i128::MIN, 10), Err(TooLarge));
    }

    #[test]
    fn an_amount_goes_to_fen_and_back_and_one_too_large_does_not() {
        for (amount, fen) in [
            ("0", 0),
            ("1234.5", 123_450),
            ("-5.20", -520),
            ("0.005", 1),
            ("9999999999999999.99", 999_999_999_999_999_999),
        ] {
            assert_eq!(to_fen(figure(amount)), Ok(fen), "{amount}");
            assert_eq!(of_fen(fen), two_places(figure(amount)), "{amount}");
        }
        assert_eq!(to_fen(figure("10000000000000000")), Err(TooLarge));
        assert_eq!(to_fen(Decimal::MIN), Err(TooLarge));
    }
}
