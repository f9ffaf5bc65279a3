//! What figures are measured in: the words of the catalogue's files, the ways in which people write them, and what each is of
//! the others.

use super::names::words;

words! {
    /// What a figure is measured in.
    Measure {
        /// 元
        Yuan = "yuan",
        /// 百元
        HundredYuan = "hundred_yuan",
        /// 千元
        ThousandYuan = "thousand_yuan",
        /// 万元
        TenThousandYuan = "ten_thousand_yuan",
        /// 十万元
        HundredThousandYuan = "hundred_thousand_yuan",
        /// 百万元
        MillionYuan = "million_yuan",
        /// 千万元
        TenMillionYuan = "ten_million_yuan",
        /// 亿元
        HundredMillionYuan = "hundred_million_yuan",
        /// 平方米
        SquareMetre = "square_metre",
        /// 万平方米
        TenThousandSquareMetre = "ten_thousand_square_metre",
        /// 亩
        Mu = "mu",
        /// 千亩
        ThousandMu = "thousand_mu",
        /// 万亩
        TenThousandMu = "ten_thousand_mu",
        /// 公顷
        Hectare = "hectare",
        /// 千公顷
        ThousandHectare = "thousand_hectare",
        /// 平方公里
        SquareKilometre = "square_kilometre",
        /// 米
        Metre = "metre",
        /// 公里
        Kilometre = "kilometre",
        /// 克
        Gram = "gram",
        /// 斤
        Jin = "jin",
        /// 千克
        Kilogram = "kilogram",
        /// 吨
        Tonne = "tonne",
        /// 千吨
        ThousandTonne = "thousand_tonne",
        /// 万吨
        TenThousandTonne = "ten_thousand_tonne",
        /// 立方米
        CubicMetre = "cubic_metre",
        /// 千立方米
        ThousandCubicMetre = "thousand_cubic_metre",
        /// 万立方米
        TenThousandCubicMetre = "ten_thousand_cubic_metre",
        /// 亿立方米
        HundredMillionCubicMetre = "hundred_million_cubic_metre",
        /// 人
        Person = "person",
        /// 万人
        TenThousandPersons = "ten_thousand_persons",
        /// 户
        Household = "household",
        /// 套
        Set = "set",
        /// 月
        Month = "month",
        /// 年
        Year = "year",
        /// 百分比
        Percent = "percent",
        /// 毫克/升
        MilligramPerLitre = "milligram_per_litre",
        /// 毫克/立方米
        MilligramPerCubicMetre = "milligram_per_cubic_metre",
        /// Anything else, named in the column's calibre.
        Other = "other",
    }
}

/// Measures as people write them, the name by which each is shown first.
const SPELLINGS: [(Measure, &[&str]); 37] = [
    (Measure::Yuan, &["元", "圆", "rmb", "cny", "￥", "¥"]),
    (Measure::HundredYuan, &["百元"]),
    (Measure::ThousandYuan, &["千元"]),
    (Measure::TenThousandYuan, &["万元", "万圆"]),
    (Measure::HundredThousandYuan, &["十万元"]),
    (Measure::MillionYuan, &["百万元"]),
    (Measure::TenMillionYuan, &["千万元"]),
    (Measure::HundredMillionYuan, &["亿元", "亿圆"]),
    (Measure::SquareMetre, &["平方米", "㎡", "m²", "m2", "m^2", "平米", "平方"]),
    (Measure::TenThousandSquareMetre, &["万平方米", "万㎡", "万m²", "万m2", "万平米", "万平方", "万平"]),
    (Measure::Mu, &["亩", "市亩", "mu"]),
    (Measure::ThousandMu, &["千亩"]),
    (Measure::TenThousandMu, &["万亩"]),
    (Measure::Hectare, &["公顷", "hm²", "hm2", "ha"]),
    (Measure::ThousandHectare, &["千公顷"]),
    (Measure::SquareKilometre, &["平方公里", "km²", "km2", "平方千米"]),
    (Measure::Metre, &["米", "m"]),
    (Measure::Kilometre, &["公里", "km", "千米"]),
    (Measure::Gram, &["克", "g"]),
    (Measure::Jin, &["斤", "市斤"]),
    (Measure::Kilogram, &["千克", "公斤", "kg"]),
    (Measure::Tonne, &["吨", "t"]),
    (Measure::ThousandTonne, &["千吨"]),
    (Measure::TenThousandTonne, &["万吨"]),
    (Measure::CubicMetre, &["立方米", "m³", "m3", "方", "立方"]),
    (Measure::ThousandCubicMetre, &["千立方米", "千方", "千m³", "千m3"]),
    (Measure::TenThousandCubicMetre, &["万立方米", "万方", "万m³", "万m3", "万立方"]),
    (Measure::HundredMillionCubicMetre, &["亿立方米", "亿方", "亿m³", "亿m3", "亿立方"]),
    (Measure::Person, &["人"]),
    (Measure::TenThousandPersons, &["万人"]),
    (Measure::Household, &["户"]),
    (Measure::Set, &["套"]),
    (Measure::Month, &["月", "个月"]),
    (Measure::Year, &["年"]),
    (Measure::Percent, &["%", "百分比", "％"]),
    (Measure::MilligramPerLitre, &["毫克/升", "mg/l"]),
    (Measure::MilligramPerCubicMetre, &["毫克/立方米", "mg/m³", "mg/m3"]),
];

/// A sign of a measure as it is written today: 萬元 and 仟元 are 万元 and 千元.
pub fn plain_sign(sign: char) -> char {
    match sign {
        '萬' => '万',
        '億' => '亿',
        '仟' => '千',
        '佰' => '百',
        '圓' => '圆',
        '畝' => '亩',
        '頃' => '顷',
        '噸' => '吨',
        _ => sign,
    }
}

impl Measure {
    /// The Chinese name, as headers write it.
    pub fn chinese(self) -> &'static str {
        SPELLINGS.iter().find(|(measure, _)| *measure == self).map_or("", |(_, names)| names[0])
    }

    /// Every way in which a measure is written, signs half-width and small.
    pub fn spellings() -> impl Iterator<Item = (&'static str, Self)> {
        SPELLINGS.iter().flat_map(|(measure, names)| names.iter().map(|name| (*name, *measure)))
    }

    /// Reads a measure as people write it in a header or a title: 万元, ㎡, m2, 公顷 …
    pub fn find(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches("人民币");
        let is = |name: &str| name.eq_ignore_ascii_case(text);
        Self::spellings().find(|(name, _)| is(name)).map(|(_, measure)| measure)
    }

    /// What the measure measures and how many of the dimension's base it is, as a fraction (over, under).
    fn scale(self) -> (&'static str, i64, i64) {
        match self {
            Self::Yuan => ("money", 1, 1),
            Self::HundredYuan => ("money", 100, 1),
            Self::ThousandYuan => ("money", 1_000, 1),
            Self::TenThousandYuan => ("money", 10_000, 1),
            Self::HundredThousandYuan => ("money", 100_000, 1),
            Self::MillionYuan => ("money", 1_000_000, 1),
            Self::TenMillionYuan => ("money", 10_000_000, 1),
            Self::HundredMillionYuan => ("money", 100_000_000, 1),
            Self::SquareMetre => ("area", 1, 1),
            Self::TenThousandSquareMetre => ("area", 10_000, 1),
            Self::Mu => ("area", 2_000, 3),
            Self::ThousandMu => ("area", 2_000_000, 3),
            Self::TenThousandMu => ("area", 20_000_000, 3),
            Self::Hectare => ("area", 10_000, 1),
            Self::ThousandHectare => ("area", 10_000_000, 1),
            Self::SquareKilometre => ("area", 1_000_000, 1),
            Self::Metre => ("length", 1, 1),
            Self::Kilometre => ("length", 1_000, 1),
            Self::Gram => ("mass", 1, 1_000),
            Self::Jin => ("mass", 1, 2),
            Self::Kilogram => ("mass", 1, 1),
            Self::Tonne => ("mass", 1_000, 1),
            Self::ThousandTonne => ("mass", 1_000_000, 1),
            Self::TenThousandTonne => ("mass", 10_000_000, 1),
            Self::CubicMetre => ("volume", 1, 1),
            Self::ThousandCubicMetre => ("volume", 1_000, 1),
            Self::TenThousandCubicMetre => ("volume", 10_000, 1),
            Self::HundredMillionCubicMetre => ("volume", 100_000_000, 1),
            Self::Person => ("person", 1, 1),
            Self::TenThousandPersons => ("person", 10_000, 1),
            Self::Month => ("time", 1, 1),
            Self::Year => ("time", 12, 1),
            Self::Percent => ("ratio", 1, 100),
            other => (other.key(), 1, 1),
        }
    }

    /// What it measures.
    pub fn dimension(self) -> &'static str {
        self.scale().0
    }

    /// What a measure of thousands, ten thousands or more counts; `None` for one that counts by itself.
    pub fn counted(self) -> Option<Self> {
        match self {
            Self::Yuan => None,
            Self::TenThousandTonne | Self::ThousandTonne => Some(Self::Tonne),
            Self::TenThousandSquareMetre => Some(Self::SquareMetre),
            Self::ThousandMu | Self::TenThousandMu => Some(Self::Mu),
            Self::ThousandHectare => Some(Self::Hectare),
            Self::TenThousandPersons => Some(Self::Person),
            Self::ThousandCubicMetre | Self::TenThousandCubicMetre | Self::HundredMillionCubicMetre => {
                Some(Self::CubicMetre)
            }
            other => (other.dimension() == Self::Yuan.dimension()).then_some(Self::Yuan),
        }
    }

    /// By what fraction (over, under) a figure in this measure is multiplied to stand in `other`; `None` when the two
    /// do not measure the same thing.
    pub fn factor_to(self, other: Self) -> Option<(i64, i64)> {
        let ((mine, over, under), (theirs, other_over, other_under)) = (self.scale(), other.scale());
        (mine == theirs).then_some((over * other_under, under * other_over))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_mu_are_a_hectare() {
        let (over, under) = Measure::Mu.factor_to(Measure::Hectare).unwrap();
        assert_eq!(15 * over, under);
        assert_eq!(Measure::Mu.factor_to(Measure::Yuan), None);
    }
}
