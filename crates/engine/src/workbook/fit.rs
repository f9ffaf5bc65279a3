//! How much room a text takes in a cell. The writer of a file doesn't know the fonts of those who open it, so a sign is
//! counted as one unit of width or, when it is Chinese or any other that such fonts draw wide, as two.

/// Height of a line of wrapped text in points, with the air fonts need.
const LINE_POINTS: f64 = 14.0;
/// Air above and below the text of a cell.
const AIR_POINTS: f64 = 4.0;
/// Greatest height a row may have.
const GREATEST_POINTS: f64 = 409.0;
/// Part of a column's width that a cell's edges take.
const EDGE_UNITS: f64 = 1.5;
/// Signs of the tables' small font in the width of one sign of the font that columns are measured in.
const UNITS_OF_WIDTH: f64 = 1.08;

/// The height of a row whose longest text has so many lines.
pub(super) fn height_of(lines: usize) -> f64 {
    let lines = u32::try_from(lines.max(1)).unwrap_or(u32::MAX);
    (f64::from(lines) * LINE_POINTS + AIR_POINTS).min(GREATEST_POINTS)
}

/// Lines that a text takes in a column so many units wide: Chinese breaks between any two signs, a word or a figure
/// goes to the next line whole when it fits there.
pub(super) fn lines_of(text: &str, width: f64) -> usize {
    let room = whole_units(width);
    text.split('\n').map(|line| lines_of_paragraph(line, room)).sum()
}

fn lines_of_paragraph(text: &str, room: usize) -> usize {
    let (mut lines, mut used, mut word) = (1, 0, 0);
    let mut place = |units: usize| {
        if used > 0 && used + units > room {
            lines += 1;
            used = 0;
        }
        // A word longer than a line is broken.
        lines += units.saturating_sub(1) / room;
        used += if units > room { units % room } else { units };
    };
    for sign in text.chars() {
        match units_of(sign) {
            1 if sign != ' ' => word += 1,
            units => {
                place(std::mem::take(&mut word));
                place(units);
            }
        }
    }
    place(word);
    lines
}

fn units_of(sign: char) -> usize {
    if sign.is_ascii() { 1 } else { 2 }
}

fn whole_units(width: f64) -> usize {
    let room = (width - EDGE_UNITS) * UNITS_OF_WIDTH;
    let mut units = 1;
    while f64::from(units + 1) <= room {
        units += 1;
    }
    usize::try_from(units).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_units_and_breaks_anywhere() {
        assert_eq!(lines_of("契税税率", 9.0), 1);
        assert_eq!(lines_of("契税税率一", 9.0), 2);
        assert_eq!(lines_of("", 9.0), 1);
        assert_eq!(lines_of("契税\n税率", 9.0), 2);
    }

    #[test]
    fn a_figure_is_not_broken_while_it_fits_on_a_line() {
        assert_eq!(lines_of("契税 12345", 9.0), 2, "4 + 1 + 5 are more than 8");
        assert_eq!(lines_of("1234567890", 9.0), 2, "one longer than the line is");
        assert_eq!(lines_of("12345678", 9.0), 1);
    }

    #[test]
    fn no_row_is_higher_than_the_format_allows() {
        assert!(height_of(1) < height_of(2));
        assert!(height_of(10_000) <= 409.0);
    }
}
