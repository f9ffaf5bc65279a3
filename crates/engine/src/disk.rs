//! What is asked of the disk: files that a program has locked for as long as it is at work on them, folders that last.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Creates a file and locks it for as long as it is open: one that nobody has locked was left behind.
pub(crate) fn create_locked(part: &Path) -> io::Result<File> {
    create_locked_with(part, File::options().write(true))
}

/// Creates a file with these options and locks it for as long as it is open.
pub(crate) fn create_locked_with(part: &Path, options: &fs::OpenOptions) -> io::Result<File> {
    loop {
        let file = options.clone().create(true).truncate(false).open(part)?;
        file.lock()?;
        // Cleared or put into its place by another program before it was locked, it is made again.
        if is_still_there(part, &file) {
            file.set_len(0)?;
            return Ok(file);
        }
    }
}

/// Whether an open file is the one that stands at a path.
pub(crate) fn is_still_there(path: &Path, file: &File) -> bool {
    fs::metadata(path).is_ok_and(|there| file.metadata().is_ok_and(|own| own.ino() == there.ino()))
}

/// Whether a program has locked a file; one that is gone is locked by nobody.
pub fn is_locked(path: &Path) -> bool {
    // Shared, so that two who ask at the same moment don't take each other for who writes.
    File::options().write(true).open(path).is_ok_and(|file| file.try_lock_shared().is_err())
}

/// Removes a file that nobody has locked. It is locked until it is gone: who has just made it and not locked it yet waits,
/// finds it gone and makes it again.
fn remove_left(path: &Path) {
    let Ok(file) = File::options().write(true).open(path) else { return };
    // By now it may be another one: what was opened was put into its place, and the next is begun under its name.
    if file.try_lock().is_ok() && is_still_there(path, &file) {
        // Another program may have cleared it at the same moment.
        let _ = fs::remove_file(path);
    }
}

/// Removes what programs that were killed left half written below a folder. What another program is writing stays.
pub fn clear_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            clear_unfinished(&path);
        } else if path.extension().is_some_and(|extension| extension == "part") {
            remove_left(&path);
        }
    }
}

/// Makes the folders of a file, each of them to last.
pub(crate) fn create_lasting_folders(root: &Path, file: &Path) -> io::Result<()> {
    fs::create_dir_all(root)?;
    let Some(folder) = file.parent().filter(|folder| !folder.exists()) else { return Ok(()) };
    fs::create_dir_all(folder)?;
    folder.ancestors().take_while(|ancestor| *ancestor != root).try_for_each(sync_folder_of)
}

/// Makes a file's name in its folder last through a loss of power.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
