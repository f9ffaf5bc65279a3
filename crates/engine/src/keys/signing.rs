//! Signatures by SM2 (GB/T 32918) over SM3, and what is checked of them without any key of one's own.

use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};

use super::{Dice, KeyError, digest, hex, unhex};

/// The distinguishing identifier that GB/T 32918 gives when none is agreed.
const SIGNER: &str = "1234567812345678";

/// The key of these bytes; none when they are no key.
pub(super) fn read_signing_key(secret: &[u8]) -> Option<SigningKey> {
    SigningKey::from_slice(SIGNER, secret).ok()
}

/// Of all 32-byte numbers only about one in 2^32 is no key; a second roll never comes in practice.
pub(super) fn roll_signing_key(dice: &mut Dice) -> Result<[u8; 32], KeyError> {
    loop {
        let secret = dice.roll()?;
        if read_signing_key(&secret).is_some() {
            return Ok(secret);
        }
    }
}

/// `sm2:` and the signature in hexadecimal digits. Its number is drawn from key and text (RFC 6979), so the same text has the
/// same signature.
pub(super) fn sign(key: &SigningKey, text: &[u8]) -> String {
    let signature: Signature = key.sign(text);
    format!("sm2:{}", hex(&signature.to_bytes()))
}

/// Whether the signature `sm2:…` of the text was made by the key `sm2:…`.
pub fn verify(public_key: &str, text: &[u8], signature: &str) -> bool {
    let point = point_of(public_key);
    let bytes = signature.trim().strip_prefix("sm2:").and_then(unhex);
    let (Some(point), Some(bytes)) = (point, bytes) else { return false };
    let Ok(key) = VerifyingKey::from_sec1_bytes(SIGNER, &point) else { return false };
    Signature::from_slice(&bytes).is_ok_and(|signature| key.verify(text, &signature).is_ok())
}

/// What a public key `sm2:…` is called: the `sm3:` digest of its point; none when the text is no public key.
pub fn key_id(public_key: &str) -> Option<String> {
    let point = point_of(public_key)?;
    VerifyingKey::from_sec1_bytes(SIGNER, &point).is_ok().then(|| digest(&point))
}

fn point_of(public_key: &str) -> Option<Vec<u8>> {
    public_key.trim().strip_prefix("sm2:").and_then(unhex)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GB/T 32918.5: its key, its text, its signature.
    const KEY: &str = "sm2:0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                       ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    const SIGNATURE: &str = "sm2:f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
                             b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

    #[test]
    fn the_signature_of_the_standards_own_example_holds_and_no_other_text_has_it() {
        assert!(verify(KEY, b"message digest", SIGNATURE));
        assert!(!verify(KEY, b"message digesT", SIGNATURE));
        assert!(!verify(KEY, b"message digest", &SIGNATURE.replace("sm2:f5", "sm2:f4")));
    }

    #[test]
    fn what_is_no_public_key_has_no_name() {
        assert!(key_id(KEY).is_some_and(|id| id.starts_with("sm3:") && id.len() == 68));
        // A secret key handed over by mistake, a point off the curve, nothing.
        for text in ["11".repeat(32), KEY.replace("ad13", "ad14"), "sm2:".to_owned(), String::new()] {
            assert_eq!(key_id(&text), None, "{text}");
        }
    }
}
