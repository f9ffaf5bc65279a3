//! The character set of a text, and the text itself as a stream of lines.
//!
//! Offices write GBK, GB18030, UTF-8 and UTF-16, with a mark at the beginning or without. UTF-8 is certain when the
//! whole file is valid; what isn't is taken for GB18030 unless that fails too often, then for what its bytes look
//! most like.

use std::io::BufRead;

use encoding_rs::{BIG5, CoderResult, Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::super::error::{Limit, ReadError};
use super::super::wire::MOST_BYTES;
use super::input::Input;

/// What is known from the first bytes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Two bytes a sign.
    Wide(&'static Encoding),
    /// UTF-8 by its mark.
    MarkedUtf8,
    /// One of the others.
    SingleByte,
}

/// The character set of a whole file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) charset: &'static Encoding,
    /// Bytes that are no sign in it.
    pub(super) broken_count: u64,
    /// Signs beyond the letters of Europe, the Near East and India: three bytes each in UTF-8.
    eastern_count: u64,
}

/// A mark at the beginning, or the zeros that wide texts have in every second place.
pub(super) fn guess_from_head(head: &[u8]) -> Option<Charset> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(if encoding == UTF_8 { Charset::MarkedUtf8 } else { Charset::Wide(encoding) });
    }
    let zeros = |from: usize| head.iter().take(4096).skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let half = head.len().min(4096) / 2;
    // Chinese with commas and line ends between has a zero in one place of twenty at least, on one side only.
    if odd * 20 > half && even * 20 < odd {
        Some(Charset::Wide(UTF_16LE))
    } else if even * 20 > half && odd * 20 < even {
        Some(Charset::Wide(UTF_16BE))
    } else if even + odd > 0 {
        None
    } else {
        Some(Charset::SingleByte)
    }
}

/// Tells the character set from the whole file, read once in constant memory.
pub(super) fn find_charset(input: &mut Input) -> Result<Found, ReadError> {
    let head = input.peek(4096)?;
    match guess_from_head(&head) {
        Some(Charset::Wide(encoding)) => return Ok(Found { charset: encoding, broken_count: 0, eastern_count: 0 }),
        Some(Charset::MarkedUtf8) => return count_broken(input, UTF_8),
        _ => {}
    }
    let utf8 = count_broken(input, UTF_8)?;
    // Three bytes that fit by chance are rare, so a text with more whole signs than broken ones is UTF-8 in which some
    // were cut: a database that shortens its fields cuts one a row. GBK breaks UTF-8 at nearly every sign.
    if utf8.broken_count == 0 || utf8.eastern_count > utf8.broken_count {
        return Ok(utf8);
    }
    let chinese = count_broken(input, GB18030)?;
    if chinese.broken_count * 1_000 <= input.size() || chinese.broken_count * 4 <= utf8.broken_count {
        return Ok(if chinese.broken_count <= utf8.broken_count { chinese } else { utf8 });
    }
    if utf8.broken_count * 200 <= input.size() && utf8.broken_count < chinese.broken_count {
        return Ok(utf8);
    }
    let sample = input.peek(256 << 10)?;
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&sample, true);
    let guessed = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow);
    let guessed = if guessed == BIG5 || guessed != UTF_8 { guessed } else { GB18030 };
    count_broken(input, guessed)
}

fn count_broken(input: &mut Input, encoding: &'static Encoding) -> Result<Found, ReadError> {
    input.rewind_to_start()?;
    let mut lines = Decoded::new(input, encoding);
    let (mut broken_count, mut eastern_count) = (0, 0);
    while lines.advance()? {
        if lines.text.is_ascii() {
            continue;
        }
        let broken = lines.text.matches('\u{FFFD}').count() as u64;
        broken_count += broken;
        // The first bytes of signs of three bytes and more.
        eastern_count += lines.text.bytes().filter(|byte| *byte >= 0xE0).count() as u64 - broken;
    }
    Ok(Found { charset: encoding, broken_count, eastern_count })
}

/// The first bytes as text, a sign cut at the end left out.
pub(super) fn decode_sample(head: &[u8], encoding: &'static Encoding) -> String {
    let (text, _, _) = encoding.decode(head);
    text.trim_end_matches('\u{FFFD}').to_owned()
}

/// A page as text. The name of a character set that it states is believed where the bytes are not plain UTF-8.
pub(super) fn decode_page(mut input: Input, most: u64) -> Result<String, ReadError> {
    let found = find_charset(&mut input)?;
    let bytes = input.into_bytes(most)?;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let stated = head.split_once("charset=").and_then(|(_, rest)| {
        let name = rest.trim_start_matches(['"', '\'']).split(['"', '\'', ' ', ';', '>', '/']).next()?;
        Encoding::for_label(name.as_bytes())
    });
    let charset = match stated {
        Some(stated) if found.charset == GB18030 && stated != UTF_8 => stated,
        _ => found.charset,
    };
    Ok(charset.decode(&bytes).0.into_owned())
}

/// All bytes of a markup file as text.
pub(super) fn decode_whole(mut input: Input, most: u64) -> Result<String, ReadError> {
    let found = find_charset(&mut input)?;
    let bytes = input.into_bytes(most)?;
    let (text, _, _) = found.charset.decode(&bytes);
    Ok(text.into_owned())
}

/// A stream of text decoded piece by piece.
struct Decoded<'i> {
    input: &'i mut Input,
    decoder: Decoder,
    text: String,
    is_over: bool,
}

impl<'i> Decoded<'i> {
    fn new(input: &'i mut Input, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { input, decoder, text: String::with_capacity(256 << 10), is_over: false }
    }

    /// Replaces the text by the next piece; `false` at the end.
    fn advance(&mut self) -> Result<bool, ReadError> {
        self.text.clear();
        while self.text.is_empty() && !self.is_over {
            let bytes = self.input.fill_buf()?;
            let at_end = bytes.is_empty();
            // The buffer of 64 KiB holds every piece: a byte becomes at most three.
            let (result, read, _) = self.decoder.decode_to_string(bytes, &mut self.text, at_end);
            self.input.consume(read);
            self.is_over = at_end && result == CoderResult::InputEmpty;
        }
        Ok(!self.text.is_empty())
    }
}

/// The lines of a text, whatever ends them: `\n`, `\r\n` or `\r`.
pub(super) struct Lines<'i> {
    decoded: Decoded<'i>,
    at: usize,
    /// The piece before ended in `\r`: a `\n` at the beginning belongs to it.
    after_return: bool,
}

impl<'i> Lines<'i> {
    pub(super) fn new(input: &'i mut Input, encoding: &'static Encoding) -> Result<Self, ReadError> {
        input.rewind_to_start()?;
        Ok(Self { decoded: Decoded::new(input, encoding), at: 0, after_return: false })
    }

    /// Reads the next line into `line` without its end; `false` when there is none.
    pub(super) fn next_line(&mut self, line: &mut String) -> Result<bool, ReadError> {
        line.clear();
        loop {
            if self.at >= self.decoded.text.len() {
                self.at = 0;
                if !self.decoded.advance()? {
                    return Ok(!line.is_empty());
                }
            }
            if std::mem::take(&mut self.after_return) && self.decoded.text.as_bytes()[self.at] == b'\n' {
                self.at += 1;
                continue;
            }
            let rest = &self.decoded.text[self.at..];
            let Some(end) = rest.bytes().position(|byte| byte == b'\n' || byte == b'\r') else {
                line.push_str(rest);
                self.at = self.decoded.text.len();
                if line.len() > MOST_BYTES {
                    return Err(ReadError::BeyondLimits(Limit::RowSize));
                }
                continue;
            };
            line.push_str(&rest[..end]);
            self.after_return = rest.as_bytes()[end] == b'\r';
            self.at += end + 1;
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> (&'static str, Vec<String>) {
        let mut input = Input::of_bytes(bytes.to_vec());
        let charset = find_charset(&mut input).expect("a character set").charset;
        let mut reader = Lines::new(&mut input, charset).expect("lines");
        let (mut lines, mut line) = (Vec::new(), String::new());
        while reader.next_line(&mut line).expect("a line") {
            lines.push(line.clone());
        }
        (charset.name(), lines)
    }

    #[test]
    fn every_character_set_of_an_office_gives_the_same_lines() {
        let text = "企业名称,代码\r\n甲公司,1\r\n";
        let wide = |little: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
        };
        let expected = vec!["企业名称,代码".to_owned(), "甲公司,1".to_owned()];
        let (gbk, _, _) = GB18030.encode(text);
        assert_eq!(found(&gbk), ("gb18030", expected.clone()));
        assert_eq!(found(text.as_bytes()), ("UTF-8", expected.clone()));
        assert_eq!(found(format!("\u{FEFF}{text}").as_bytes()), ("UTF-8", expected.clone()));
        assert_eq!(found(&wide(true)), ("UTF-16LE", expected.clone()));
        assert_eq!(found(&wide(false)), ("UTF-16BE", expected.clone()));
        assert_eq!(found(&[&[0xFF, 0xFE][..], &wide(true)].concat()), ("UTF-16LE", expected));
    }

    #[test]
    fn a_text_with_cut_signs_is_what_most_of_its_signs_are() {
        let row = "甲公司,呼图壁县大丰镇高标准农田建设项目,1\n";
        let cut = |text: &str| [&text.as_bytes()[..text.len() - 4], b",1\n"].concat();
        // One cut sign in a small file, and one in each row.
        let once = [row.as_bytes(), &cut("乙公司,昌吉市宁边西路1号")].concat();
        let always = cut("甲公司,大丰镇项目一").repeat(50);
        for bytes in [once, always] {
            let (charset, lines) = found(&bytes);
            assert_eq!(charset, "UTF-8");
            assert!(lines[0].starts_with("甲公司,"), "{lines:?}");
        }
        // GBK in which a sign was cut is GBK.
        let (whole, _, _) = GB18030.encode(row);
        let (second, _, _) = GB18030.encode("乙公司,昌吉市");
        let bytes = [&whole[..], &second[..second.len() - 1], b",2\n"].concat();
        let (charset, lines) = found(&bytes);
        assert_eq!((charset, lines[0].as_str()), ("gb18030", row.trim_end()));
    }

    #[test]
    fn every_line_end_ends_one_line_and_a_blank_line_is_a_line() {
        assert_eq!(found(b"a\rb\r\nc\n\nd").1, ["a", "b", "c", "", "d"]);
    }
}
