use super::*;

#[test]
fn totals_in_any_words_are_told() {
    for text in [
        "合计",
        "合　 计",
        "总计（万元）",
        "小计：",
        "Total",
        "合计金额",
        "合计人民币",
        "总金额",
        "共计2户",
        "合计2户",
        "总计户数",
        "累计数",
        "本页小计",
        "本页合计",
        "合计（大写）：壹万元整",
        "总 计 金 额",
        "本年累计",
        "全县合计",
        "合计：3家企业",
        "汇总",
        "以上合计",
        "共计 12 宗",
        "总户数",
        "总计（人民币）：",
        "Grand Total",
        "合计：1,234.50元",
    ] {
        assert_eq!(reason_alone(text), Some(Reason::Total), "{text}");
    }
}

#[test]
fn counts_of_pages_and_rows_and_closing_words_are_told() {
    for text in [
        "第1页 共2页",
        "第 1 页",
        "共 2 页",
        "第1页/共2页",
        "本页共1条",
        "共3条记录",
        "共2户",
        "Page 1 of 2",
        "以下空白",
        "（以下空白）",
        "——以下无正文——",
        "（此页无正文）",
        "略",
        "——————",
        "＊＊＊",
        "----",
        "完",
        "第一页 共二页",
        "无",
        "本月无数据",
        "共2家企业",
    ] {
        assert_eq!(reason_alone(text), Some(Reason::Note), "{text}");
    }
}

#[test]
fn names_that_begin_like_a_closing_line_are_names() {
    for text in [
        "合计（新疆）商贸有限公司",
        "总计网络科技有限公司",
        "小计算机维修部",
        "第一页文化传媒有限公司",
        "空白格文具店",
        "略阳县某某有限公司",
        "完美（中国）有限公司",
        "无锡某某有限公司",
        "结束了餐饮店",
        "累计数据科技有限公司",
        "本页书店",
        "第一中学",
        "共青团林场",
        "全县供销合作社",
        "总部基地",
        "2户",
        "12",
        "第7号",
        "人民币博物馆",
        "单位",
        "项目",
        "一汽贸易有限公司",
        "项目1",
        "金额",
        "大丰镇",
        "其中味餐厅",
        "三页瓦餐馆",
        "上述",
        "数据",
        "√",
        "企业",
    ] {
        assert_eq!(reason_alone(text), None, "{text}");
    }
}

#[test]
fn labels_of_the_sheet_are_told_and_names_are_not() {
    for text in ["打印时间：2025-03-31", "数据来源:住建系统", "制表单位：", "审核：李某 复核：王某"]
    {
        assert!(is_labelled(text), "{text}");
    }
    for text in ["10:30", "http://x", "甲公司", "12：30"] {
        assert!(!is_labelled(text), "{text}");
    }
    assert!(is_known_label("打印时间：2025-03-31") && !is_known_label("某某：公司"));
    assert!(is_part_of_total("其中：一期") && is_part_of_total("其中") && !is_part_of_total("其中味餐厅"));
}
