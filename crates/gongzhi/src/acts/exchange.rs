//! Handing over what the halves say to each other, where both are in this program: it stands above both.

use chrono::{DateTime, Utc};
use gongzhi_core::access::Actor;
use gongzhi_store::{Store, StoreError};

/// Messages in one transaction: others who write wait no longer than for these.
const AT_ONCE: u64 = 200;

/// What the collect half sent and the analyse half did not take in yet is taken in, in its order; how many messages. Killed
/// in between, the next goes on where it ended.
///
/// # Errors
/// The store's, and a message that is refused: what was taken in before it stays.
pub async fn hand_over(store: &Store, actor: &Actor, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let mut count = 0;
    loop {
        let mut work = store.write(actor, now).await?;
        let handed = work.hand_over(AT_ONCE).await?;
        if handed == 0 {
            return Ok(count);
        }
        work.commit().await?;
        count += handed;
    }
}
