//! Open files handed to a process of this program over a socket.
//!
//! The process that takes a foreign file in hand can open nothing by itself ([`super::confinement`]): the parent opens,
//! and what goes over is the open file. The socket is the process's standard input.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use unix_ancillary::UnixStreamExt;

/// The longest text that goes with a file.
const LONGEST_TEXT: usize = 1 << 16;

/// Starts a program as such a process: an empty environment, no folder of anybody's, its standard input the other end
/// of the socket given back. Its standard output is a pipe.
pub(crate) fn start(program: &Path, arguments: &[OsString]) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    Ok((child, ours))
}

/// The process's side of the socket.
pub(crate) fn standard_input() -> io::Result<UnixStream> {
    Ok(UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Hands files over with a text. What of the text is beyond the longest is cut off.
pub(crate) fn hand(to: &UnixStream, files: &[&File], text: &str) -> io::Result<()> {
    let text = &text.as_bytes()[..text.floor_char_boundary(LONGEST_TEXT)];
    let mut bytes = u32::try_from(text.len()).unwrap_or_default().to_le_bytes().to_vec();
    bytes.extend_from_slice(text);
    to.send_fds_all(&bytes, files)
}

/// Takes `N` files and their text; `None` when nothing comes any more.
pub(crate) fn take<const N: usize>(from: &UnixStream) -> io::Result<Option<([File; N], String)>> {
    let mut length = [0_u8; 4];
    let (read, files) = from.recv_fds_into::<N>(&mut length)?;
    if read == 0 {
        return Ok(None);
    }
    let files: Vec<File> = files.into_iter().map(File::from).collect();
    let files = <[File; N]>::try_from(files).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut rest = from;
    rest.read_exact(&mut length[read..])?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_TEXT {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut text = vec![0; length];
    rest.read_exact(&mut text)?;
    Ok(Some((files, String::from_utf8(text).map_err(|_| io::ErrorKind::InvalidInput)?)))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;

    #[test]
    fn files_and_texts_arrive_one_after_another_and_open() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        for turn in 0..3 {
            let mut file = tempfile::tempfile().unwrap();
            write!(file, "{turn}").unwrap();
            file.rewind().unwrap();
            hand(&ours, &[&file], &"表".repeat(turn)).unwrap();
        }
        let long = "表".repeat(LONGEST_TEXT);
        let file = tempfile::tempfile().unwrap();
        let sent = std::thread::spawn(move || hand(&ours, &[&file, &file], &long).unwrap());
        for turn in 0..3 {
            let Some(([mut file], text)) = take::<1>(&theirs).unwrap() else { panic!("nothing came") };
            let mut content = String::new();
            file.read_to_string(&mut content).unwrap();
            assert_eq!((content, text), (turn.to_string(), "表".repeat(turn)));
        }
        let Some(([_, _], text)) = take::<2>(&theirs).unwrap() else { panic!("nothing came") };
        assert_eq!(text.chars().count(), LONGEST_TEXT / 3, "cut between two signs");
        sent.join().unwrap();
        assert!(take::<1>(&theirs).unwrap().is_none(), "nobody hands anything any more");
    }

    #[test]
    fn a_request_without_its_file_or_of_nonsense_is_an_error() {
        let cases: [(&[u8], usize); 3] =
            [(&[1, 0, 0, 0, b'a'], 0), (&[0xFF, 0xFF, 0xFF, 0x7F], 1), (&[2, 0, 0, 0, 0xFF, 0xFF], 1)];
        for (bytes, files) in cases {
            let (mut ours, theirs) = UnixStream::pair().unwrap();
            let file = tempfile::tempfile().unwrap();
            match files {
                0 => ours.write_all(bytes).unwrap(),
                _ => ours.send_fds_all(bytes, &[&file]).unwrap(),
            }
            drop(ours);
            assert!(take::<1>(&theirs).is_err(), "{bytes:?}");
        }
    }
}
