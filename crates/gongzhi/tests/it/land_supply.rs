//! Published land supply of 2007–2019 as an office would send it: grants inside the region give exactly the leads that
//! this test computes by itself, grants elsewhere none. The law of those years is not today's: 契税暂行条例 and
//! 印花税暂行条例, dated in the test's own layer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gongzhi_engine::registry::read_registry;
use serde_json::Value as Json;

use crate::program::gongzhi;
use crate::real_data;

type Row = BTreeMap<String, String>;

/// The tax authority whose payments are loaded.
/// What the payments cover.
const REGION: &str = "65";

/// The county that is looked at: land in another county is another bureau's. Of some land only the region is published.
const COUNTY: &str = "652323";

fn may_be_here(place: &str) -> bool {
    let named = place.strip_suffix("0000").or_else(|| place.strip_suffix("00")).unwrap_or(place);
    named.starts_with(COUNTY) || COUNTY.starts_with(named)
}
const AS_OF: &str = "2018-12-31";

fn rows_of(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn write(path: &Path, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(header).unwrap();
    rows.into_iter().for_each(|row| writer.write_record(&row).unwrap());
    writer.flush().unwrap();
}

/// Codes of places by name, from the lists of divisions; a name of several places has several.
struct Divisions {
    provinces: Vec<(String, String)>,
    codes: BTreeMap<String, Vec<String>>,
}

impl Divisions {
    fn read(folder: &Path) -> Self {
        let pairs = |file: &str, zeros: &str| -> Vec<(String, String)> {
            let rows = rows_of(&folder.join(file)).into_iter();
            rows.map(|row| (row["name"].clone(), format!("{}{zeros}", row["code"]))).collect()
        };
        let provinces = pairs("provinces.csv", "0000");
        let mut codes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, code) in provinces.iter().cloned().chain(pairs("cities.csv", "00")).chain(pairs("areas.csv", "")) {
            codes.entry(name).or_default().push(code);
        }
        Self { provinces, codes }
    }

    /// Where a row's land lies: its county, else the authority that approved it, else the province it is filed under.
    fn place(&self, row: &Row) -> Option<String> {
        let path: String = row["district_path"].chars().take(2).collect();
        let province = self.provinces.iter().find(|(name, _)| !path.is_empty() && name.starts_with(&path));
        let filed_under = |code: &&String| province.is_none_or(|(_, province)| code[..2] == province[..2]);
        let named = |name: &str| self.codes.get(name.trim_end_matches("本级"))?.iter().find(filed_under).cloned();
        let of_province = || province.map(|(_, code)| code.clone());
        named(&row["county"]).or_else(of_province).or_else(|| named(&row["approver"]))
    }
}

/// Figures of the test's layer, in ten-thousandths.
const DEED_RATE: i128 = 400;
const STAMP_RATE: i128 = 5;

fn write_layer(folder: &Path) {
    let layer = |name: &str, values: &str| {
        let path = folder.join("params").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, values).unwrap();
    };
    let deed = "name: {zh: 契税税率, en: Deed tax rate}\nmeasure: ratio\nvalues:\n  \
        - {from: 1997-10-01, to: 2021-08-31, region: \"65\", value: \"0.04\", certainty: V, reference: 契税暂行条例第3条}\n";
    let stamp = "name: {zh: 产权转移书据印花税税率, en: Stamp tax on documents of property transfer}\nmeasure: ratio\nvalues:\n  \
        - {from: 1988-10-01, to: 2022-06-30, value: \"0.0005\", certainty: V, reference: 印花税暂行条例税目税率表}\n";
    layer("deed/rate.yaml", deed);
    layer("stamp/property_transfer.yaml", stamp);
}

/// A price in 万元 as yuan, in ten-thousandths.
fn price(row: &Row) -> i128 {
    let (whole, part) = row["price_10k"].split_once('.').unwrap();
    let digits: i128 = format!("{whole}{part:0<4}").parse().unwrap();
    digits * 10_000
}

/// The day in `2017年01月03日` as year, month, day.
fn day(text: &str) -> (i32, u32, u32) {
    let parts: Vec<&str> = text.split(['年', '月', '日']).collect();
    (parts[0].parse().unwrap(), parts[1].parse().unwrap(), parts[2].parse().unwrap())
}

/// Hundred-millionths to fen, half up.
fn fen(amount: i128) -> i128 {
    (amount + 500_000) / 1_000_000
}

fn yuan(fen: i128) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// One tax: how its debts are grouped and how much is due of a price.
struct Tax {
    model: &'static str,
    name: &'static str,
    item: &'static str,
    rate: i128,
    period: fn((i32, u32, u32)) -> String,
    /// First and last day of the period.
    days: fn((i32, u32, u32)) -> (String, String),
}

fn month_days((year, month, _): (i32, u32, u32)) -> (String, String) {
    let last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    (format!("{year}-{month:02}-01"), format!("{year}-{month:02}-{last}"))
}

fn quarter_days((year, month, _): (i32, u32, u32)) -> (String, String) {
    let first = (month - 1) / 3 * 3 + 1;
    (month_days((year, first, 1)).0, month_days((year, first + 2, 1)).1)
}

const TAXES: [Tax; 2] = [
    Tax {
        model: "deed/land_grant",
        name: "契税",
        item: "土地使用权出让",
        rate: DEED_RATE,
        period: |(year, month, _)| format!("{year}-{month:02}"),
        days: month_days,
    },
    Tax {
        model: "stamp/land_and_property",
        name: "印花税",
        item: "产权转移书据",
        rate: STAMP_RATE,
        period: |(year, month, _)| format!("{year}Q{}", (month - 1) / 3 + 1),
        days: quarter_days,
    },
];

/// A code with a right check sign for a holder that the sample of the registry lacks.
fn made_code(number: usize) -> String {
    const SIGNS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let sign = |byte: u8| SIGNS.iter().position(|known| *known == byte).unwrap();
    let body = format!("91650000MA{number:06}");
    let organisation = &body.as_bytes()[8..16];
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let value = |byte: u8| (byte as char).to_digit(36).unwrap() as usize;
    let sum: usize = organisation.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum();
    let check = match (11 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit as u32, 10).unwrap(),
    };
    let body = format!("{body}{check}");
    let sum: usize = body.bytes().enumerate().map(|(at, byte)| sign(byte) * (3_usize.pow(at as u32) % 31)).sum();
    format!("{body}{}", SIGNS[(31 - sum % 31) % 31] as char)
}

/// An amount in fen, and the day of the contract it rests on.
type Owed = (i128, (i32, u32, u32));

/// What a holder owes, by tax and period; paid by the test's own plan: all, a half, nothing.
#[derive(Default)]
struct Debts(BTreeMap<(usize, String, String), Owed>);

struct Land {
    rows: Vec<(Row, String)>,
    /// Codes by holder.
    codes: BTreeMap<String, String>,
    taxpayers: Vec<Vec<String>>,
}

impl Land {
    /// The published rows, the region's real registry, and registrations of the holders it lacks.
    fn read(data: &Path) -> Self {
        let divisions = Divisions::read(&data.join("divisions"));
        let rows = rows_of(&data.join("lists/land_supply_results.csv")).into_iter();
        let rows: Vec<(Row, String)> =
            rows.map(|row| (row.clone(), divisions.place(&row).unwrap_or_else(|| "330483".to_owned()))).collect();
        let mut taxpayers = Vec::new();
        let mut codes: BTreeMap<String, String> = BTreeMap::new();
        let registered = read_registry(&data.join("registry/xinjiang_enterprises.parquet"), |record| {
            codes.insert(record.name.clone(), record.uscc.clone());
            taxpayers.push(vec![record.name, record.uscc, "正常".to_owned()]);
        });
        assert_eq!(registered.unwrap(), 73_418);
        let holders: BTreeSet<&String> = rows.iter().map(|(row, _)| &row["holder"]).collect();
        for (at, holder) in holders.into_iter().enumerate() {
            if !codes.contains_key(holder) && holder.chars().count() > 4 {
                codes.insert(holder.clone(), made_code(at));
                taxpayers.push(vec![holder.clone(), made_code(at), "正常".to_owned()]);
            }
        }
        Self { rows, codes, taxpayers }
    }

    fn debts(&self) -> Debts {
        let mut debts = Debts::default();
        for (row, _) in self.rows.iter().filter(|(_, place)| may_be_here(place)) {
            let day = day(&row["contract_date"]);
            for (at, tax) in TAXES.iter().enumerate() {
                let key = (at, self.codes[&row["holder"]].clone(), (tax.period)(day));
                debts.0.entry(key).or_insert((0, day)).0 += price(row) * tax.rate;
            }
        }
        debts
    }

    fn write(&self, folder: &Path, debts: &Debts) {
        let header = [
            "序号",
            "行政区划",
            "招拍挂取得土地使用权单位名称",
            "宗地位置",
            "面积（公顷）",
            "信息所属时间期间",
            "项目名称",
            "供应方式",
            "成交价款（万元）",
            "合同签订日期",
            "约定交付日期",
            "土地级别",
            "土地用途",
            "出让年限",
        ];
        let sheet = self.rows.iter().enumerate().map(|(at, (row, place))| {
            let take = |key: &str| row[key].clone();
            let (year, month, _) = day(&row["contract_date"]);
            let price = if at % 2 == 0 { take("price_10k") } else { format!(" {} ", row["price_10k"]) };
            // The publication spells days in three ways; the sheet has them all.
            let signed = match at % 3 {
                0 => take("sign_date"),
                1 => take("contract_date"),
                _ => row["contract_date"].replace(['年', '月'], "-").replace('日', " 00:00:00"),
            };
            vec![
                (at + 1).to_string(),
                place.clone(),
                take("holder"),
                take("location"),
                take("area_ha"),
                format!("{year}年{month}月"),
                take("project"),
                take("supply_mode"),
                price,
                signed,
                take("handover"),
                take("grade"),
                take("land_use"),
                take("term_years"),
            ]
        });
        write(&folder.join("自然资源局/土地出让2017年1月.csv"), &header, sheet);
        let header = ["纳税人名称", "社会信用代码（纳税人识别号）", "纳税人状态"];
        write(&folder.join("税务局/税务登记信息2019年12月.csv"), &header, self.taxpayers.clone());
        let names: BTreeMap<&String, &String> = self.codes.iter().map(|(name, code)| (code, name)).collect();
        let header = [
            "纳税人名称",
            "社会信用代码（纳税人识别号）",
            "征收项目",
            "征收品目",
            "税款所属期起",
            "税款所属期止",
            "实缴金额",
            "入库日期",
            "电子税票号码",
        ];
        let payments = debts.0.iter().enumerate().filter_map(|(at, ((tax, code, _), (due, day)))| {
            let paid = paid(at, *due)?;
            let (from, to) = (TAXES[*tax].days)(*day);
            let words = [names[code], code, TAXES[*tax].name, TAXES[*tax].item, &from, &to];
            let words = words.into_iter().map(str::to_owned);
            Some(words.chain([yuan(paid), to.clone(), format!("票{at:08}")]).collect())
        });
        write(&folder.join("税务局/入库税费信息2019年12月.csv"), &header, payments);
        let coverage = ["tax_payment,deed_tax", "tax_payment,stamp_tax", "tax_registration,"];
        let lines: String =
            coverage.iter().map(|table| format!("{table},{REGION},2000-01-01,2019-12-31,2020-01-31\n")).collect();
        std::fs::write(folder.join("coverage.csv"), format!("table,tax_kind,authority,from,to,as_of\n{lines}"))
            .unwrap();
    }
}

fn paid(at: usize, due: i128) -> Option<i128> {
    match at % 3 {
        0 => Some(fen(due)),
        1 => Some(fen(due) / 2),
        _ => None,
    }
}

#[test]
fn grants_in_the_region_give_exactly_the_leads_computed_here_and_grants_elsewhere_none() {
    let Some(data) = real_data::find("") else { return };
    let land = Land::read(&data);
    let debts = land.debts();
    let folder = tempfile::tempdir().unwrap();
    let county = folder.path().join("sheets");
    land.write(&county, &debts);
    write_layer(&folder.path().join("layer"));
    let out = folder.path().join("out");
    let mut command = gongzhi();
    command.arg("run").arg(&county).args(["--as-of", AS_OF, "--layer"]).arg(folder.path().join("layer"));
    command.arg("--home").arg(folder.path().join("home"));
    let ended = command.arg("--out").arg(&out).output().unwrap();
    let reports = std::fs::read_to_string(out.join("issues.jsonl")).unwrap_or_default();
    let reports = reports.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let errors: Vec<Json> = reports
        .flat_map(|report| report["issues"].as_array().cloned().unwrap_or_default())
        .filter(|issue| issue["severity"] == "error")
        .collect();
    assert_eq!(ended.status.code(), Some(0), "{} errors: {:#?}", errors.len(), &errors[..errors.len().min(5)]);

    let expected = debts.0.iter().enumerate().filter_map(|(at, ((tax, code, period), (due, _)))| {
        let (due, paid) = (fen(*due), paid(at, *due).unwrap_or_default());
        // The floor of a lead: 100 yuan and 1 %.
        let is_lead = due - paid >= 10_000 && (due - paid) * 100 >= due;
        is_lead.then(|| [TAXES[*tax].model.to_owned(), code.clone(), period.clone(), yuan(due), yuan(paid)])
    });
    let expected: BTreeSet<[String; 5]> = expected.collect();
    let leads = std::fs::read_to_string(out.join("leads.jsonl")).unwrap();
    let leads: Vec<Json> = leads.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let found: BTreeSet<[String; 5]> = leads
        .iter()
        .map(|lead| {
            assert_eq!((&lead["confidence"], &lead["due_low"]), (&Json::from("certain"), &lead["due_high"]), "{lead}");
            let taxpayer = text(&lead["taxpayer"]["uscc"]);
            [text(&lead["model"]), taxpayer, text(&lead["period"]), text(&lead["due_low"]), text(&lead["paid"])]
        })
        .collect();
    let missed: Vec<_> = expected.difference(&found).collect();
    let unfounded: Vec<_> = found.difference(&expected).collect();
    let run: Json = serde_json::from_slice(&std::fs::read(out.join("run.json")).unwrap()).unwrap();
    let outcomes = TAXES.map(|tax| run["models"][tax.model]["outcomes"].to_string());
    let is_exact = missed.is_empty() && unfounded.is_empty();
    assert!(is_exact, "missed {missed:#?}\nunfounded {unfounded:#?}\noutcomes {outcomes:?}");
    assert!(expected.len() > 20, "{}", expected.len());
    let elsewhere = land.rows.iter().filter(|(_, place)| !may_be_here(place)).count();
    for tax in TAXES {
        let outcomes = &run["models"][tax.model]["outcomes"];
        assert_eq!(outcomes["left_out:place_elsewhere"], elsewhere, "{outcomes}");
        assert_eq!(run["models"][tax.model]["compared"], land.rows.len() - elsewhere, "{outcomes}");
    }
}
