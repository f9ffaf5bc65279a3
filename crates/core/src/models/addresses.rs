//! The place an address names: a county of the country, a township of ours, land of the production and construction corps.

use std::sync::{Arc, OnceLock};

use crate::catalog::Catalog;
use crate::codes::Divisions;
use crate::identity::Places;

/// The cities of the corps lie directly under the region (659001 …): what is known to be the corps' and no more is there.
const CORPS: &str = "659000";

/// The address book of a catalogue, made when the first address is looked up. A clone is the same one.
#[derive(Debug, Clone, Default)]
pub struct Addresses(Arc<OnceLock<AddressBook>>);

impl Addresses {
    /// That of the catalogue, which is the same every time.
    pub fn of(&self, catalog: &Catalog) -> &AddressBook {
        self.0.get_or_init(|| AddressBook::of(catalog))
    }
}

/// Places by the names addresses have for them.
#[derive(Debug)]
pub struct AddressBook {
    counties: Places,
    /// Names and codes of townships, the longest name first.
    townships: Vec<(String, String)>,
    /// County codes in use, so that what is found can be lent out.
    codes: Vec<Arc<str>>,
}

impl AddressBook {
    /// The places of a catalogue's lists `divisions` and `township`.
    pub fn of(catalog: &Catalog) -> Self {
        let divisions = catalog.lists.get("divisions").map(Divisions::of_list).unwrap_or_default();
        let mut townships = Vec::new();
        for entry in catalog.lists.get("township").into_iter().flat_map(|list| &list.entries) {
            let names = std::iter::once(&entry.name.zh).chain(&entry.aliases);
            townships.extend(names.map(|name| (name.clone(), entry.code.clone())));
        }
        townships.sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().count()));
        let mut codes: Vec<Arc<str>> = catalog
            .lists
            .get("divisions")
            .into_iter()
            .flat_map(|list| &list.entries)
            .map(|entry| entry.code.as_str().into())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        Self { counties: Places::new(&divisions), townships, codes }
    }

    /// The code of the narrowest place named, of a county at least; none when the address names none.
    pub fn find(&self, address: &str) -> Option<&str> {
        let address: String = address.chars().filter(|sign| !sign.is_whitespace()).collect();
        let county = self.counties.region_of_address(&address).map(|code| format!("{code:06}"));
        let lies_in = |code: &str| county.as_deref().is_none_or(|county| Divisions::agree(county, code));
        let township = self.townships.iter().find(|(name, code)| lies_in(code) && names(&address, name));
        if let Some((_, code)) = township {
            return Some(code);
        }
        let county = county.filter(|code| !code.ends_with("00"));
        match county {
            Some(code) => self.codes.iter().find(|known| ***known == *code).map(AsRef::as_ref),
            None => is_of_corps(&address).then_some(CORPS),
        }
    }
}

/// Whether the address holds the name; a name that begins with a figure does not begin within another figure.
fn names(address: &str, name: &str) -> bool {
    let is_figure = |sign: Option<char>| {
        sign.is_some_and(|sign| sign.is_ascii_digit() || "〇零一二三四五六七八九十百".contains(sign))
    };
    let starts_with_figure = is_figure(name.chars().next());
    address.match_indices(name).any(|(at, _)| !(starts_with_figure && is_figure(address[..at].chars().next_back())))
}

/// `新疆生产建设兵团…`, `兵团第六师…`, `第六师…`: land of the corps; 兵团路 is a street.
fn is_of_corps(address: &str) -> bool {
    let is_division = |at: usize| {
        let rest = &address[at + '第'.len_utf8()..];
        let numeral =
            rest.chars().take_while(|sign| sign.is_ascii_digit() || "一二三四五六七八九十".contains(*sign)).count();
        let after: String = rest.chars().skip(numeral).take(2).collect();
        (1..=3).contains(&numeral) && after.starts_with('师') && after != "师范"
    };
    address.contains("生产建设兵团") || address.match_indices('第').any(|(at, _)| is_division(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Source;

    fn find(address: &str) -> Option<String> {
        let files = [
            (
                "codes/divisions.csv",
                "code,name,from,to\n650000,新疆维吾尔自治区,1980-12-01,\n652300,昌吉回族自治州,1980-12-01,\n\
                 652301,昌吉市,1983-12-01,\n652323,呼图壁县,1980-12-01,\n659004,五家渠市,2002-12-01,\n",
            ),
            (
                "codes/township.csv",
                "code,name,name_en,from,to,aliases\n652323101,大丰镇,,,,\n652323520,兵团一零五团,,,,105团;一零五团\n\
                 652323523,兵团芳草湖总场,,,,芳草湖农场;芳草湖\n",
            ),
        ];
        let sources = files.map(|(path, text)| Source { path: path.to_owned(), text: text.to_owned() });
        let (catalog, problems) = Catalog::compile(&sources);
        assert_eq!(problems, []);
        AddressBook::of(&catalog).find(address).map(str::to_owned)
    }

    #[test]
    fn an_address_names_a_township_a_county_or_land_of_the_corps() {
        assert_eq!(find("新疆昌吉州呼图壁县大丰镇某路3号").as_deref(), Some("652323101"));
        assert_eq!(find("新疆昌吉州 呼图壁县某路3号").as_deref(), Some("652323"));
        assert_eq!(find("昌吉市某路3号").as_deref(), Some("652301"));
        assert_eq!(find("新疆生产建设兵团第六师芳草湖农场某连").as_deref(), Some("652323523"));
        assert_eq!(find("呼图壁县105团某连").as_deref(), Some("652323520"));
        assert_eq!(find("五家渠市某街").as_deref(), Some("659004"));
        assert_eq!(find("新疆生产建设兵团第八师某团").as_deref(), Some(CORPS));
        assert_eq!(find("第六师某连").as_deref(), Some(CORPS));
    }

    #[test]
    fn a_street_named_for_the_corps_and_a_longer_figure_are_no_place() {
        assert_eq!(find("兵团路12号"), None);
        assert_eq!(find("第三师范学校路1号"), None);
        assert_eq!(find("呼图壁县2105团某号").as_deref(), Some("652323"));
        assert_eq!(find("某路3号"), None);
    }
}
