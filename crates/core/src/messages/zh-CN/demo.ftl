# 演示县
help-demo-data = 造一个虚构的县：四十项信息和税务数据，带脏数据和另存的标准答案
help-demo-data-out = 输出文件夹：county 为各单位报送的文件，truth 为标准答案
help-demo-data-scale = 规模：1 为 2 万户纳税人，可用小数
help-demo-data-seed = 随机种子：同一种子结果逐字节相同
help-demo-data-year = 年度
help-demo-data-catalog = 目录文件夹（默认 ./catalog，其次为内置目录）
help-demo-data-layer = 叠加在目录上的本地文件夹
demo-made = 已在 { $folder } 造好演示县：纳税人 { $taxpayers } 户，文件 { $files } 个，数据 { $rows } 行，埋设疑点 { $leads } 条、错误单元格 { $wrong } 个。运行时建议用 --as-of { $as_of }。
demo-scale = 规模应大于 0 且不超过 200，给出的是 { $scale }。
demo-year = 演示县的年度应在 2023 至 2026 年之间，给出的是 { $year }。
