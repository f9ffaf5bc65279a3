//! Which keys a home was made with: by their fingerprints, which tell a key from others and give nothing of it away.

use sea_orm::{ActiveModelTrait, EntityTrait, Set};

use crate::entities::deployment_key;
use crate::store::{Store, StoreError};

impl Store {
    /// Compares keys, each a name and a fingerprint, with those this store was opened with before; a name it has not
    /// seen yet it keeps. Gives the places of those that are others.
    ///
    /// # Errors
    /// The database says no.
    pub async fn compare_keys(&self, keys: &[(&str, &str)]) -> Result<Vec<usize>, StoreError> {
        let known = deployment_key::Entity::find().all(self.readers()).await?;
        if keys.iter().all(|(name, _)| known.iter().any(|key| key.name == *name)) {
            return Ok(others(keys, &known));
        }
        let writing = self.begin().await?;
        let known = deployment_key::Entity::find().all(&writing).await?;
        for (name, fingerprint) in keys.iter().filter(|(name, _)| !known.iter().any(|key| key.name == *name)) {
            let new = deployment_key::ActiveModel {
                name: Set((*name).to_owned()),
                fingerprint: Set((*fingerprint).to_owned()),
            };
            new.insert(&writing).await?;
        }
        // What was new is as it was given.
        writing.commit().await?;
        Ok(others(keys, &known))
    }

    /// Whether it was opened with keys before.
    ///
    /// # Errors
    /// The database says no.
    pub async fn knows_keys(&self) -> Result<bool, StoreError> {
        Ok(deployment_key::Entity::find().one(self.readers()).await?.is_some())
    }

    /// Compares keys as [`Self::compare_keys`] does, and keeps nothing.
    ///
    /// # Errors
    /// The database says no, or the store has not seen one of them yet.
    pub async fn compare_known_keys(&self, keys: &[(&str, &str)]) -> Result<Vec<usize>, StoreError> {
        let known = deployment_key::Entity::find().all(self.readers()).await?;
        let is_known = |(name, _): &(&str, &str)| known.iter().any(|key| key.name == *name);
        if keys.iter().all(is_known) { Ok(others(keys, &known)) } else { Err(StoreError::Earlier) }
    }
}

fn others(keys: &[(&str, &str)], known: &[deployment_key::Model]) -> Vec<usize> {
    let is_other = |(name, fingerprint): &(&str, &str)| {
        known.iter().any(|key| key.name == *name && key.fingerprint != *fingerprint)
    };
    keys.iter().enumerate().filter(|(_, key)| is_other(key)).map(|(at, _)| at).collect()
}
