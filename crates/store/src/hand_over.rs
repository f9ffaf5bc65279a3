//! Handing over between two halves in one store: above both, so that neither names the other.

use gongzhi_core::exchange::Direction;

use crate::shared::work::Work;
use crate::store::StoreError;

impl Work {
    /// What the collect half sent and did not hand over yet is taken in by the analyse half, in its order; at most so many
    /// messages. How many were handed over: none, and there is nothing to commit.
    ///
    /// # Errors
    /// A message is refused; the database's. Nothing was handed over then.
    pub async fn hand_over(&mut self, most: u64) -> Result<usize, StoreError> {
        let envelopes = self.list_unhanded(Direction::ToAnalyse, most).await?;
        if envelopes.is_empty() {
            return Ok(0);
        }
        for envelope in &envelopes {
            self.take_in(envelope).await?;
        }
        self.mark_handed(&envelopes).await?;
        Ok(envelopes.len())
    }
}
