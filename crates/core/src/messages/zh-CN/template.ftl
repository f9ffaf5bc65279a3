template-workbook-failed = 工作簿没有写成：{ $why }。
template-too-many-rows = 工作表“{ $sheet }”超过 { $limit } 行，Excel 放不下；请缩小范围后重试。
