//! The taxpayers of the made-up county: who they are, where they sit, what the tax bureau knows of them.
//!
//! Local taxpayers come first, then builders from elsewhere that work here, then companies that no registry of the county
//! knows. Every one has a code with a right check digit and a name that nobody else has.

use chrono::{Days, NaiveDate};

use super::codes;
use super::names::Names;
use super::random::Dice;

/// Code of the county.
pub const COUNTY: &str = "652323";

/// Townships as (code, name).
pub const TOWNSHIPS: [(&str, &str); 7] = [
    ("652323100", "呼图壁镇"),
    ("652323101", "大丰镇"),
    ("652323102", "雀尔沟镇"),
    ("652323103", "二十里店镇"),
    ("652323104", "园户村镇"),
    ("652323105", "五工台镇"),
    ("652323201", "石梯子哈萨克民族乡"),
];

/// What sort of subject a taxpayer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A company.
    Enterprise,
    /// 个体工商户
    SoleTrader,
    /// 农民专业合作社
    Cooperative,
    /// A village's economic cooperative, registered by the agriculture authority (code `N…`).
    VillageCooperative,
    /// An office, a school, a station.
    PublicBody,
    /// A village committee.
    Village,
}

/// Whether a trade (GB/T 4754) is none of those for which tax law has rules of their own: farming, mining, heat and water,
/// building, storage, banks, real estate, labour dispatch, environmental works, schools and hospitals.
pub fn is_ordinary(industry: &str) -> bool {
    let division = industry.get(..2).and_then(|division| division.parse::<u8>().ok());
    matches!(division, Some(13..=43 | 51 | 52 | 60..=65 | 80 | 81))
}

/// Where a taxpayer has its seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Division code of the county or city.
    pub region: &'static str,
    /// Its name.
    pub name: &'static str,
}

const HERE: Seat = Seat { region: COUNTY, name: "呼图壁县" };

/// Counties and cities of the same prefecture.
pub const PREFECTURE: [Seat; 4] = [
    Seat { region: "652301", name: "昌吉市" },
    Seat { region: "652324", name: "玛纳斯县" },
    Seat { region: "652325", name: "奇台县" },
    Seat { region: "652302", name: "阜康市" },
];

/// Places of the region outside the prefecture.
pub const REGION: [Seat; 3] = [
    Seat { region: "650102", name: "乌鲁木齐市" },
    Seat { region: "659004", name: "五家渠市" },
    Seat { region: "654202", name: "乌苏市" },
];

/// Places of other provinces.
pub const PROVINCES: [Seat; 3] = [
    Seat { region: "610102", name: "西安市" },
    Seat { region: "410102", name: "郑州市" },
    Seat { region: "510104", name: "成都市" },
];

/// What the tax registration says of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Registered here.
    Registered,
    /// Registered as a fact tells it, in a row of its own.
    Told,
    /// Known here as a builder from elsewhere only.
    CrossRegion,
    /// Not known to tax, but to the market regulator (item 33).
    Unregistered,
    /// In no registry of the county.
    Absent,
}

/// How the tax registration shows a taxpayer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 正常
    Normal,
    /// 非正常
    Abnormal,
    /// 清算
    Liquidation,
    /// 注销
    Cancelled,
}

impl Status {
    /// The word of the registration system.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Normal => "正常",
            Self::Abnormal => "非正常",
            Self::Liquidation => "清算",
            Self::Cancelled => "注销",
        }
    }
}

/// A taxpayer.
#[derive(Debug, Clone)]
pub struct Taxpayer {
    /// What sort.
    pub subject: Subject,
    /// Name.
    pub name: String,
    /// Former name, where there is one.
    pub former_name: Option<String>,
    /// Unified social credit code.
    pub uscc: String,
    /// Registration number of old.
    pub registration_number: String,
    /// Seat.
    pub seat: Seat,
    /// Place in [`TOWNSHIPS`].
    pub township: usize,
    /// GB/T 4754 code.
    pub industry: &'static str,
    /// General VAT payer.
    pub general_vat: bool,
    /// Small-profit enterprise; never said of others.
    pub small_profit: bool,
    /// Day of the business licence.
    pub opened_on: NaiveDate,
    /// What the tax bureau knows.
    pub registration: Registration,
    /// Staff.
    pub staff: i64,
    /// How the tax registration shows it.
    pub status: Status,
    /// Day its registration ended.
    pub closed_on: Option<NaiveDate>,
    /// Turnover of a month, yuan.
    pub monthly_revenue_yuan: i64,
}

impl Taxpayer {
    /// The organisation code inside the code.
    pub fn organisation_code(&self) -> &str {
        self.uscc.get(8..17).unwrap_or_default()
    }

    /// The tax id of 15 signs that was in use before 2015.
    pub fn old_tax_id(&self) -> String {
        format!("{}{}", self.uscc.get(2..8).unwrap_or_default(), self.organisation_code())
    }

    /// Whether the six taxes are halved.
    pub fn is_halved(&self) -> bool {
        !self.general_vat || self.small_profit || self.subject == Subject::SoleTrader
    }
}

/// Makes taxpayers one after another.
pub struct Maker<'a> {
    /// Words and names already given.
    pub names: &'a mut Names,
    /// Dice.
    pub dice: Dice,
    /// First day of the year made up.
    pub year_start: NaiveDate,
    /// Number of the next taxpayer: every code comes from it.
    pub serial: usize,
}

impl Maker<'_> {
    /// A taxpayer of the county, of any sort in the proportions of a county.
    pub fn local(&mut self) -> Taxpayer {
        let subject = match self.dice.below(1_000) {
            0..420 => Subject::Enterprise,
            420..930 => Subject::SoleTrader,
            930..975 => Subject::Cooperative,
            975..983 => Subject::VillageCooperative,
            983..993 => Subject::PublicBody,
            _ => Subject::Village,
        };
        self.make(subject, HERE)
    }

    /// A company with its seat elsewhere.
    pub fn outside(&mut self, seat: Seat, industry: &str) -> Taxpayer {
        let mut taxpayer = self.make(Subject::Enterprise, seat);
        if !taxpayer.name.contains(industry) {
            let brand = self.names.brand(3, &mut self.dice);
            taxpayer.name = self.unique(|_, _| format!("{}{brand}{industry}", seat.name));
        }
        taxpayer
    }

    /// A taxpayer of this sort.
    pub fn make(&mut self, subject: Subject, seat: Seat) -> Taxpayer {
        self.serial += 1;
        let township = self.dice.below(TOWNSHIPS.len());
        let (name, industry) = self.name(subject, seat, township);
        let (registrar, beginning) = match subject {
            Subject::Enterprise => ("91", "MA"),
            Subject::SoleTrader => ("92", "MA"),
            Subject::Cooperative => ("93", "MA"),
            Subject::VillageCooperative => ("N2", "MF"),
            Subject::PublicBody => ("12", "MB"),
            Subject::Village => ("54", "MD"),
        };
        // The serial is spread by a prime so that neighbours do not differ in one sign only.
        let spread = self.serial.wrapping_mul(7_919_957) % 887_503_681;
        let company = subject == Subject::Enterprise;
        let former_name = (company && self.dice.happens(1_500)).then(|| {
            let brand = self.names.brand(3, &mut self.dice);
            self.unique(|_, _| format!("{}{brand}商贸有限公司", seat.name))
        });
        let general_vat = company && self.dice.happens(4_500);
        Taxpayer {
            subject,
            name,
            former_name,
            uscc: codes::uscc(registrar, seat.region, &codes::organisation_code(spread, beginning)),
            registration_number: codes::registration_number(seat.region, 5_000_000 + self.serial),
            seat,
            township,
            industry,
            general_vat,
            small_profit: company && (!general_vat || self.dice.happens(5_000)),
            opened_on: self.year_start - Days::new(200 + self.dice.below(6_000) as u64),
            registration: Registration::Registered,
            staff: self.staff(subject),
            status: Status::Normal,
            closed_on: None,
            monthly_revenue_yuan: if company {
                self.dice.between(20_000, if general_vat { 2_500_000 } else { 300_000 })
            } else {
                self.dice.between(5_000, 90_000)
            },
        }
    }

    fn staff(&mut self, subject: Subject) -> i64 {
        match subject {
            Subject::Enterprise if self.dice.happens(600) => self.dice.between(31, 400),
            Subject::Enterprise => self.dice.between(2, 28),
            Subject::PublicBody => self.dice.between(8, 30),
            _ => self.dice.between(1, 6),
        }
    }

    fn name(&mut self, subject: Subject, seat: Seat, township: usize) -> (String, &'static str) {
        let list = match subject {
            Subject::Enterprise => "enterprise",
            Subject::SoleTrader => "trader",
            Subject::Cooperative => "cooperative",
            _ => "public_body",
        };
        let (word, industry) = self.names.industry_word(list, &mut self.dice);
        let township = TOWNSHIPS.get(township).map_or("", |(_, name)| *name);
        let form = match self.dice.below(10) {
            0..3 => word.replace("有限公司", "有限责任公司"),
            _ => word.to_owned(),
        };
        let shape = self.dice.below(10);
        let name = self.unique(|names, dice| match subject {
            Subject::Enterprise if shape == 0 => format!("新疆{}{form}", names.brand(3, dice)),
            Subject::Enterprise if shape == 1 => format!("{}（{}）{form}", names.brand(3, dice), seat.name),
            Subject::Enterprise | Subject::Cooperative => format!("{}{}{form}", seat.name, names.brand(3, dice)),
            Subject::SoleTrader => format!("{}{township}{}{word}", seat.name, names.brand(2, dice)),
            Subject::PublicBody => format!("{}{township}{}{word}", seat.name, names.brand(1, dice)),
            Subject::Village => format!("{}{township}{}村民委员会", seat.name, names.village(dice)),
            Subject::VillageCooperative => format!("{}{township}{}股份经济合作社", seat.name, names.village(dice)),
        });
        (name, if matches!(subject, Subject::Village | Subject::VillageCooperative) { "9610" } else { industry })
    }

    fn unique(&mut self, make: impl Fn(&Names, &mut Dice) -> String) -> String {
        for _ in 0..40 {
            let name = make(self.names, &mut self.dice);
            if self.names.give(&name) {
                return name;
            }
        }
        // The words ran out (few villages in a large county): the serial keeps names apart.
        let name = make(self.names, &mut self.dice);
        let numbered = format!("{name}第{}部", self.serial);
        self.names.give(&numbered);
        numbered
    }
}
