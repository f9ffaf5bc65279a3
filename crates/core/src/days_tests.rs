use super::*;

fn date(text: &str) -> Option<String> {
    parse_date(text).map(|parsed| format!("{}{}", parsed.value, if parsed.changed { " changed" } else { "" }))
}

fn moment(text: &str) -> Option<String> {
    parse_moment(text).map(|parsed| parsed.value.to_string())
}

#[test]
fn every_spelling_of_a_day_is_the_same_day() {
    assert_eq!(date("2024-03-05").as_deref(), Some("2024-03-05"));
    for text in [
        "2024年3月5日",
        "2024.3.5",
        "20240305",
        "2024/3/5 0:00",
        "2024/03/05",
        "２０２４－３－５",
        "2024年3月5号",
        "2024-03-05 00:00:00",
        "2024-03-05T00:00:00",
        "2024年 3月 5日",
        "2024年 3 月 5 日",
        "2024 年 3 月 5 日",
        "2024 - 3 - 5",
        "2024-3-5",
        " 2024-03-05",
        "2024.3.5日",
        "2024-3-5日",
        "2024.03.05.",
        "2024、3、5",
        "2024年3月5日星期二",
        "2024年3月5日 星期二",
        "2024年3月5日（星期二）",
        "2024-3-5（周二）",
        "2024年3月5日 10:00 星期二",
        "2024/3/5 上午 12:00:00",
        "2024/3/5 下午 3:05",
        "2024/3/5 12:00 AM",
        "2024/3/5 上午",
        "2024-03-05 24:00:00",
        "20240305000000",
        "20240305103000",
        "20240305 103000",
        "二〇二四年三月五日",
        "二零二四年三月五日",
        "二○二四年三月五日",
        "贰零贰肆年零叁月零伍日",
        "2024年三月五日",
        "2024年3⽉5⽇",
        "2024–3–5",
        "2024．3．5",
        "2024／3／5",
        "2024-03-05 00:00:00.0",
        "Tue Mar 05 00:00:00 CST 2024",
        "Tue Mar 05 2024 00:00:00 GMT+0800 (中国标准时间)",
        "Mar 5, 2024 12:00:00 AM",
        "5 March 2024",
        "05-Mar-2024",
    ] {
        assert_eq!(date(text).as_deref(), Some("2024-03-05 changed"), "{text}");
    }
}

#[test]
fn a_moment_that_names_its_zone_is_the_day_in_beijing() {
    for text in [
        "2024-03-04T16:00:00.000Z",
        "2024-03-04T16:00:00Z",
        "2024-03-04 16:00:00 UTC",
        "2024-03-04T16:00:00+00:00",
        "2024-03-05T00:00:00.000+08:00",
        "2024-03-05T00:00:00+0800",
        "2024-03-05T00:00:00+08:00[Asia/Shanghai]",
        "2024-03-05 00:00:00+08",
        "2024-03-05 00:00:00 +0800 CST",
        "2024-03-04T08:00:00-08:00",
        "Mon, 04 Mar 2024 16:00:00 GMT",
        "Mon Mar 04 16:00:00 UTC 2024",
    ] {
        assert_eq!(moment(text).as_deref(), Some("2024-03-05 00:00:00"), "{text}");
    }
    // The end of a month is not the period before.
    assert_eq!(moment("2024-03-31T16:00:00Z").as_deref(), Some("2024-04-01 00:00:00"));
    assert_eq!(moment("2024-03-05T00:00:00Z").as_deref(), Some("2024-03-05 08:00:00"));
}

#[test]
fn what_is_no_day_is_not_made_one() {
    for text in [
        "2024年3月",
        "2024-13-01",
        "2023-02-29",
        "2024-02-30",
        "1900-01-00",
        "0000-00-00",
        "202403",
        "12345678",
        "2024-3",
        "甲2024-03-05",
        "2024-03-05甲",
        "2024-03/05",
        "2024-0305",
        "",
        "3月5日",
        "三月五日",
        "2024-03-05 25:00",
        "2024-03-05 上午 13:00",
        "91652323",
        "24.3.5",
        "03/05/2024",
        "5-Mar-24",
        "2024/03/05-2024/03/08",
        "2024.3.5-2024.3.6",
        "2024年3月5日至6日",
        "2024年3月5日、6日",
        "2024年3月5日前",
        "2024-03-05 10:00-12:00",
        "民国113年3月5日",
        "一汽贸易有限公司",
        "Mar 2024",
        "1709568000000",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
}

#[test]
fn a_time_behind_the_day_is_kept() {
    assert_eq!(moment("2016/1/12 10:59:31").as_deref(), Some("2016-01-12 10:59:31"));
    assert_eq!(moment("2024/3/5 下午 3:05").as_deref(), Some("2024-03-05 15:05:00"));
    assert_eq!(moment("2024/3/5 12:05 PM").as_deref(), Some("2024-03-05 12:05:00"));
    assert!(!parse_moment("2016-01-12T10:59:31").expect("a moment").changed);
}

#[test]
fn serial_days_count_from_both_epochs_and_skip_the_day_that_never_was() {
    let shown = |serial, epoch| date_from_serial(serial, epoch).map(|moment| moment.to_string());
    assert_eq!(shown(39_876.0, false).as_deref(), Some("2009-03-04 00:00:00"));
    assert_eq!(shown(59.0, false).as_deref(), Some("1900-02-28 00:00:00"));
    assert_eq!(shown(60.0, false), None);
    assert_eq!(shown(61.0, false).as_deref(), Some("1900-03-01 00:00:00"));
    assert_eq!(shown(0.0, true).as_deref(), Some("1904-01-01 00:00:00"));
    assert_eq!(shown(44_198.5, false).as_deref(), Some("2021-01-02 12:00:00"));
    assert_eq!(shown(-1.0, false), None);
    assert_eq!(shown(f64::NAN, false), None);
}
