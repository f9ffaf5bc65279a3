use std::collections::BTreeMap;
use std::sync::Mutex;

use gongzhi_core::messages::{Language, Translator};

use super::*;

/// Keys in memory, as a device would hold them.
#[derive(Default)]
struct Held(Mutex<BTreeMap<KeyName, Vec<u8>>>);

impl KeySource for Held {
    fn find(&self, name: KeyName) -> Result<Option<Vec<u8>>, KeyError> {
        Ok(self.0.lock().unwrap().get(&name).cloned())
    }

    fn keep(&self, name: KeyName, key: &[u8]) -> Result<(), KeyError> {
        self.0.lock().unwrap().entry(name).or_insert_with(|| key.to_vec());
        Ok(())
    }

    fn place(&self, name: KeyName) -> String {
        format!("device:{}", name.key())
    }
}

#[test]
fn keys_that_are_gone_are_named_and_never_made_anew() {
    let home = tempfile::tempdir().unwrap();
    let source = KeyFiles::of_home(home.path());
    for part in ["none", "some"] {
        let Err(KeyError::Gone { places }) = Keys::open(home.path(), &source, Dice::system()) else { panic!("{part}") };
        assert_eq!(places.len(), if part == "none" { 3 } else { 1 }, "{places:?}");
        assert!(places.iter().any(|place| place.ends_with("wrapping.sm4")), "{places:?}");
        if part == "none" {
            assert!(!home.path().join("keys").exists(), "nothing is made");
            Keys::make(home.path(), &source, Dice::system()).unwrap();
            fs::remove_file(home.path().join("keys/wrapping.sm4")).unwrap();
        }
    }
    assert!(!home.path().join("keys/wrapping.sm4").exists(), "nothing is made");
}

#[test]
fn persons_and_rows_are_digested_with_keys_of_their_own() {
    use hmac::Mac;
    let source = Held::default();
    let home = tempfile::tempdir().unwrap();
    let keys = Keys::make(home.path(), &source, Dice::system()).unwrap();
    let [persons, rows] = [KeyName::Persons, KeyName::Rows].map(|name| source.find(name).unwrap().unwrap());
    assert_ne!(persons, rows);
    let day = chrono::NaiveDate::from_ymd_opt(2025, 6, 30).unwrap();
    let number = "护照E1234567";
    let told = keys.person().digest(number, day).unwrap();
    assert_eq!(PersonKey::new(persons.clone()).digest(number, day).unwrap(), told);
    let by = |key: &[u8]| Hmac::<Sm3>::new_from_slice(key).unwrap().chain_update(b"row:1").finalize().into_bytes();
    assert_eq!(keys.row_mac().chain_update(b"row:1").finalize().into_bytes(), by(&rows));
    assert_ne!(by(&persons), by(&rows));
}

#[test]
fn a_home_of_an_earlier_program_goes_on_digesting_rows_with_the_persons_key() {
    use hmac::Mac;
    let source = Held::default();
    let home = tempfile::tempdir().unwrap();
    Keys::make(home.path(), &source, Dice::system()).unwrap();
    source.0.lock().unwrap().remove(&KeyName::Rows);
    let keys = Keys::open(home.path(), &source, Dice::system()).unwrap();
    let persons = source.find(KeyName::Persons).unwrap().unwrap();
    let by = Hmac::<Sm3>::new_from_slice(&persons).unwrap().chain_update(b"row:1").finalize().into_bytes();
    assert_eq!(keys.row_mac().chain_update(b"row:1").finalize().into_bytes(), by);
    assert!(source.find(KeyName::Rows).unwrap().is_none(), "nothing is made");
}

#[test]
fn each_key_has_a_fingerprint_that_is_another_when_the_key_is() {
    let homes = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = homes.each_ref().map(|home| {
        let source = KeyFiles::of_home(home.path());
        let made = Keys::make(home.path(), &source, Dice::system()).unwrap().fingerprints().to_vec();
        assert_eq!(Keys::open(home.path(), &source, Dice::system()).unwrap().fingerprints(), made);
        made
    });
    for ((name, one), (_, other)) in one.iter().zip(&other) {
        assert_ne!(one, other, "{name:?}");
        let secret = KeyFiles::of_home(homes[0].path()).find(*name).unwrap().unwrap();
        assert!(one.starts_with("sm3:") && !one.contains(&hex(&secret)), "{one}");
    }
}

#[test]
fn what_is_wrong_with_keys_has_its_sentence_in_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let source = Held::default();
    let keys = Keys::make(home.path(), &source, Dice::system()).unwrap();
    source.0.lock().unwrap().remove(&KeyName::Rows);
    let without_rows = Keys::open(home.path(), &source, Dice::system()).unwrap();
    source.0.lock().unwrap().insert(KeyName::Persons, vec![1]);
    let no_key = Keys::open(home.path(), &source, Dice::system()).unwrap_err().message();
    for language in [Language::Chinese, Language::English] {
        let say = Translator::new(language);
        assert!(say.say(&keys.wrong(&[KeyName::Persons, KeyName::Rows])).contains("persons · rows"));
        assert!(say.say(&without_rows.wrong(&[KeyName::Rows])).contains("device:rows"));
        assert!(say.say(&no_key).contains("device:persons"));
    }
}
