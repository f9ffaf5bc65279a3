//! What sort of subject a party is: laws leave some out (persons, public bodies) or halve for others (sole traders).
//!
//! The code says it best: who registered the organisation and as what kind. Without one the end of the name does.

/// A sort of subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A company, a co-operative of farmers, a firm.
    Enterprise,
    /// 个体工商户.
    SoleTrader,
    /// An organ of state or a public institution.
    PublicBody,
    /// A village's committee or economic co-operative.
    Village,
    /// A natural person.
    Person,
    /// It can't be told.
    Unknown,
}

impl Subject {
    /// The word in tables.
    pub fn key(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::SoleTrader => "sole_trader",
            Self::PublicBody => "public_body",
            Self::Village => "village",
            Self::Person => "person",
            Self::Unknown => "unknown",
        }
    }

    /// What a code and a name say. `certificate` tells that the row gives a natural person's certificate.
    pub fn of(code: &str, name: &str, certificate: bool) -> Self {
        let by_code = match code.as_bytes() {
            [b'1' | b'8' | b'A', _, ..] if code.len() == 18 && !is_citizen(code) => Self::PublicBody,
            [b'N', ..] | [b'5', b'4', ..] if code.len() == 18 && !is_citizen(code) => Self::Village,
            [b'9', b'2', ..] if code.len() == 18 => Self::SoleTrader,
            [b'9', ..] | [b'3', b'1', ..] if code.len() == 18 && !is_citizen(code) => Self::Enterprise,
            _ => Self::Unknown,
        };
        if by_code != Self::Unknown {
            return by_code;
        }
        match Self::of_name(name) {
            Self::Unknown if certificate => Self::Person,
            by_name => by_name,
        }
    }

    fn of_name(name: &str) -> Self {
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&["村民委员会", "村委会", "居民委员会", "股份经济合作社", "经济合作联合社", "经济合作社"])
        {
            Self::Village
        } else if ends(&["公司", "厂", "集团", "合伙）", "合伙)", "合作社", "农场", "分公司", "支行", "矿"])
        {
            Self::Enterprise
        } else if ends(&["店", "经营部", "商行", "超市", "门市部", "饭馆", "餐厅", "服务部", "工作室"])
        {
            Self::SoleTrader
        } else if ends(&[
            "局",
            "委员会",
            "人民政府",
            "管委会",
            "法院",
            "检察院",
            "学校",
            "小学",
            "中学",
            "医院",
            "办公室",
            "中心",
        ]) {
            Self::PublicBody
        } else {
            Self::Unknown
        }
    }
}

/// Eighteen signs that are digits but the last may be a citizen's number: the seventh to fourteenth are a birth date.
fn is_citizen(code: &str) -> bool {
    let digits = code.get(..17).is_some_and(|digits| digits.bytes().all(|sign| sign.is_ascii_digit()));
    let century = code.get(6..8).is_some_and(|century| matches!(century, "18" | "19" | "20"));
    let month = code.get(10..12).is_some_and(|month| ("01"..="12").contains(&month));
    digits && century && month
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_says_more_than_the_name() {
        assert_eq!(Subject::of("92652323MA7A00017Y", "示范有限公司", false), Subject::SoleTrader);
        assert_eq!(Subject::of("11652323MA7A00017A", "", false), Subject::PublicBody);
        assert_eq!(Subject::of("N2652323MF0000013A", "", false), Subject::Village);
        assert_eq!(Subject::of("54652323MF0000013M", "", false), Subject::Village);
    }

    #[test]
    fn without_a_code_the_end_of_the_name_speaks() {
        assert_eq!(Subject::of("", "示范县住房和城乡建设局", false), Subject::PublicBody);
        assert_eq!(Subject::of("", "示范县某某建材有限公司", true), Subject::Enterprise);
        assert_eq!(Subject::of("", "某人", true), Subject::Person);
        assert_eq!(Subject::of("", "某人", false), Subject::Unknown);
    }

    #[test]
    fn a_citizens_number_is_no_public_body() {
        assert_eq!(Subject::of("11010519491231002X", "某人", true), Subject::Person);
    }
}
