//! Data packages that come in: a descriptor names the files, and what is known of each.

use std::path::{Path, PathBuf};

use gongzhi_core::data_package::{DESCRIPTOR, PackageFault, Resource, read_package};
use gongzhi_core::messages::Message;
use gongzhi_core::problems::{ActError, OfFile as _};

use crate::acts::collect::intake::IntakeOrder;

/// Whether a path is that of a descriptor.
pub fn is_descriptor(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(DESCRIPTOR))
}

/// The tables a descriptor names.
///
/// # Errors
/// It can't be read, is no descriptor, or leads out of its package.
pub fn open_package(path: &Path) -> Result<Vec<Resource>, ActError> {
    let told = |message: Message| ActError::not_understood(message.with("path", path.display()));
    let text = std::fs::read_to_string(path).of_file(path)?;
    let descriptor = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| told(Message::new("package-unreadable").with("why", error)))?;
    read_package(&descriptor).map_err(|fault| {
        told(match fault {
            PackageFault::NoResources => Message::new("package-no-resources"),
            PackageFault::NoPath(at) => Message::new("package-no-path").with("number", at),
            PackageFault::PathOutside(outside) => Message::new("package-path-outside").with("outside", outside),
        })
    })
}

/// The order for a table: what people say on the command line wins over the descriptor.
pub fn order_of(resource: &Resource, order: &IntakeOrder) -> IntakeOrder {
    let or = |said: &Option<String>, written: &Option<String>| said.clone().or_else(|| written.clone());
    IntakeOrder {
        item: or(&order.item, &resource.kind),
        unit: or(&order.unit, &resource.unit),
        period: or(&order.period, &resource.period),
        mode: or(&order.mode, &resource.mode),
        ..order.clone()
    }
}

/// What to take in for a file as it was named: itself, or the tables of the package it describes.
///
/// # Errors
/// It is a descriptor that can't be followed.
pub fn expand(path: &Path, order: &IntakeOrder) -> Result<Vec<(PathBuf, IntakeOrder)>, ActError> {
    if !is_descriptor(path) {
        return Ok(vec![(path.to_owned(), order.clone())]);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let tables = open_package(path)?;
    Ok(tables.iter().map(|resource| (folder.join(&resource.path), order_of(resource, order))).collect())
}
