# 表格入库：检查、识别与布局说明

# 单元格
intake-required = “{ $column }”必须填写，此处为空
intake-required-mend = 请补填“{ $column }”
intake-key-time-empty = “{ $column }”为空：下一期的同一项会顶替本行
intake-key-empty = 用来区分各项的栏目都是空的（如“{ $column }”），无法知道本行说的是哪一项
intake-cells-filled = “{ $column }”有 { $count } 行为空，已按本表记为 { $value }
intake-formula-error = “{ $column }”是公式错误 { $value }，读不出值
intake-formula-error-mend = 请改正公式，或把“{ $column }”的结果粘贴为数值
intake-formula-uncomputed = “{ $column }”的公式没有计算结果，读不出值
intake-formula-uncomputed-mend = 请用 Excel 打开后保存，或把“{ $column }”的结果粘贴为数值
intake-text-lost = “{ $column }”的文字在文件里找不到，读不出值
intake-text-lost-mend = 请用 Excel 或 WPS 打开原文件，核对这一格后另存，再报送
intake-digits-lost = “{ $column }”的代码被 Excel 变成了数字（{ $value }），后几位已经丢失，无法还原
intake-digits-lost-mend = 请先把“{ $column }”整列设为“文本”格式，再重新填写完整代码
intake-figure-too-long = “{ $column }”的数字（{ $value }）超过 15 位，Excel 只保留前 15 位
intake-figure-too-long-mend = 请核对“{ $column }”的数额和计量单位；确有这么大的数，请改用更大的计量单位填写
intake-file-changed = 读取期间文件被改动
intake-file-changed-mend = 请等文件保存或复制完成后再报送
intake-file-too-large = 文件超过 { $most } MiB
intake-file-too-large-mend = 请另存为 csv，或拆成几个文件后报送
intake-citizen-as-key = “{ $column }”用来区分每一条记录，这一格却只写了公民身份号码，本列不得保存公民身份号码
intake-citizen-as-key-mend = 请在这一格填名称，或文书、合同、台账的编号，身份号码填到证件号码列
intake-citizen-in-text = “{ $column }”里写有公民身份号码，保存时已隐去
intake-citizen-in-text-mend = 请把身份号码填到证件号码列，这一格只写名称或文字
intake-too-long = “{ $column }”共 { $length } 个字，最多 { $most } 个字
intake-too-long-mend = 请缩短到 { $most } 个字以内
intake-not-in-list = “{ $column }”填的“{ $value }”不在可选范围内
intake-not-in-list-mend = 请从以下内容中选填：{ $names }
intake-not-in-list-nearest-mend = 是否应为“{ $nearest }”？可选内容：{ $names }
intake-code-several = “{ $column }”填的“{ $value }”可能是几种，要由填报人写明
intake-code-several-mend = 请写明是哪一种：{ $names }
intake-code-retired = “{ $column }”填的“{ $value }”在本期已停用
intake-code-retired-mend = 请核对是否应改用现行的名称或代码
intake-region-unknown = “{ $column }”填的“{ $value }”不是已知的行政区划
intake-region-unknown-mend = 请填区划名称（如“呼图壁镇”）或 6 位、9 位代码
intake-region-several = “{ $column }”填的“{ $value }”有几处同名
intake-region-several-mend = 请写全上级名称，或填代码：{ $codes }
intake-not-a-date = “{ $column }”填的“{ $value }”不是日期
intake-not-a-date-mend = 请填到日，如 2025-03-05 或 2025年3月5日
intake-not-a-month = “{ $column }”填的“{ $value }”不是月份
intake-not-a-month-mend = 请填年月，如 2025-03
intake-not-a-period = “{ $column }”填的“{ $value }”不是时间期间
intake-not-a-period-mend = 请填月、季、年或起止日期，如 2025-03、2025年第1季度、2025-01-01至2025-03-31
intake-info-period-outside = “{ $column }”填的“{ $value }”不在本表所属期 { $period } 之内
intake-info-period-outside-mend = 请核对本行是否应报在这一期
intake-not-a-figure = “{ $column }”填的“{ $value }”不是数值，或计量单位与本列不符
intake-not-a-figure-mend = 请只填数字；计量单位与表头一致时不必写
intake-format-scales = “{ $column }”的单元格格式把数字缩小后显示（{ $value }），看到的数与存的数不一样，不知道以哪个为准
intake-format-scales-mend = 请把单元格格式改为“数值”，按表头的计量单位填写看到的数
intake-format-percent = “{ $column }”填的数按百分数显示（{ $value }），不是数额
intake-format-percent-mend = 请把单元格格式改为“数值”，填写“{ $column }”的数额
intake-measure-own = “{ $column }”填的“{ $value }”自己写了单位，而表里写的单位是{ $stated }，按数额自己写的单位收下
intake-measure-own-mend = 请核对数额；单位与表头一致时不必写
intake-merged-figure = “{ $column }”的合并单元格跨 { $rows } 行（第 { $first } 至 { $last } 行），其中的数只能算一次，不能每行都算
intake-merged-figure-mend = 请取消合并，每行填各自的数；如果几行本是一笔，请合成一行
intake-merged-across = “{ $column }”的单元格与左边的 { $cell } 合并在一起，其中的内容算在左边那一列，本列读不出值
intake-merged-across-mend = 请取消合并，在 { $cell } 和“{ $column }”两格里分别填写
intake-not-a-whole-number = “{ $column }”填的“{ $value }”不是整数
intake-not-a-whole-number-mend = 请填整数
intake-not-yes-or-no = “{ $column }”填的“{ $value }”不是“是”或“否”
intake-not-yes-or-no-mend = 请填“是”或“否”
intake-not-a-phone = “{ $column }”填的“{ $value }”不是电话号码
intake-not-a-phone-mend = 请填固定电话（带区号）或手机号，多个号码用顿号隔开
intake-too-large = “{ $column }”填的“{ $value }”过大，系统存不下
intake-too-large-mend = 请核对数值和计量单位
intake-out-of-range = “{ $column }”填的“{ $value }”应在 { $min } 与 { $max } 之间
intake-too-small = “{ $column }”填的“{ $value }”不应小于 { $min }
intake-too-great = “{ $column }”填的“{ $value }”不应大于 { $max }
intake-out-of-range-mend = 请核对数值、正负号和计量单位
intake-not-an-identifier = “{ $column }”填的“{ $value }”不是这一类号码
intake-not-an-identifier-mend = 请对照证照填写完整号码
intake-mend-identifier = 请对照证照核对后改正；整列应设为“文本”格式
intake-mend-suggestion = 是否应为 { $suggestion }？请对照证照核对后改正
intake-other-certificate = “{ $column }”填的“{ $value }”不是公民身份号码，按其他证件号码收下
intake-other-certificate-mend = 如果应为公民身份号码，请改正；确是护照等其他证件的不必改
intake-person-in-code = “{ $column }”是单位代码列，这一格填的是个人证件号码：已按个人信息处理，只留不可还原的摘要，导出、清单和报告中都不显示
intake-person-in-code-mend = 请填单位的统一社会信用代码；个体工商户也填其统一社会信用代码，不填经营者的身份证号码。确为自然人的可不改，按个人处理
intake-person-in-code-tax = “{ $column }”列中有自然人的证件号码（首见于此格）：已按个人信息处理，只留不可还原的摘要，导出、清单和报告中都不显示
intake-person-in-code-tax-mend = 自然人以证件号码为纳税人识别号，无需修改
intake-person-in-figure = “{ $column }”应填数字（金额、面积、数量等），这一格填的 { $value } 像是身份证号码：没有当作数字收下
intake-person-in-figure-mend = 请核对本行是否错列，把身份证号码移到证件号码列，本格填“{ $column }”的数
intake-person-moved = “{ $column }”是单位代码列，这一格填的是个人证件号码，已归入“{ $other }”，按个人信息保存
intake-person-moved-mend = 以后个人证件号码请填在“{ $other }”一列
intake-licence-like-citizen = “{ $column }”的 15 位数字按校验码是工商注册号，但也像旧身份证号码（其中有可能的出生日期）：按工商注册号保存
intake-licence-like-citizen-mend = 请对照证照核实；若是身份证号码，请改填单位的统一社会信用代码
intake-code-moved = “{ $column }”填的 { $value } 属于“{ $other }”，已归入该列
intake-code-moved-mend = 以后请填在“{ $other }”一列

# 行
intake-rule-order = “{ $column }”（{ $value }）不应晚于“{ $other }”（{ $other_value }）
intake-rule-order-mend = 请核对 { $cell } 与 { $other_cell } 的先后
intake-rule-at-most = “{ $column }”（{ $value }）不应大于“{ $other }”（{ $other_value }）
intake-rule-at-most-mend = 请核对 { $cell } 与 { $other_cell } 的数值
intake-rule-sum = “{ $column }”为 { $stated }，而“{ $columns }”之和为 { $computed }
intake-rule-product = “{ $column }”为 { $stated }，而“{ $columns }”之积为 { $computed }
intake-rule-figures-mend = 请核对各列数值
intake-rule-any-of = “{ $columns }”至少要填一项
intake-rule-any-of-mend = 请补填其中一项
intake-rule-required-if = “{ $when }”为“{ $value }”时，必须填写“{ $column }”
intake-rule-within-period = “{ $column }”为 { $value }，不在本表所属期 { $period } 之内
intake-rule-within-period-mend = 请核对日期，或核对本行应报在哪一期
intake-rule-not-future = “{ $column }”为 { $value }，晚于今天（{ $today }）
intake-rule-not-future-mend = 请核对日期
intake-rule-same-disability = “{ $column }”（{ $value }）与“{ $other }”（{ $other_value }）所载不一致
intake-rule-same-disability-mend = 请对照残疾人证核对 { $cell } 与 { $other_cell }
intake-rule-same-permit = “{ $column }”（{ $value }）的前 18 位与“{ $other }”（{ $other_value }）不一致
intake-rule-same-permit-mend = 请对照排污许可证核对 { $cell } 与 { $other_cell }
intake-row-doubtful = 第 { $row } 行只有“{ $column }”一格有内容（{ $value }），像是说明或合计，不像一条数据
intake-row-doubtful-mend = 不是数据的，请删去这一行；是数据的，请补填：{ $columns }
intake-row-alone = 第 { $row } 行只有“{ $column }”一格有内容（{ $value }），按一条数据收下
intake-row-alone-mend = 如果是说明或合计，不是数据，请删去这一行后重报
intake-row-sparse = 第 { $row } 行只有两格有内容（{ $value }），缺几项必填内容，像是小计、说明或签署，不像一条数据
intake-row-sparse-mend = 不是数据的，请删去这一行；是数据的，请补填：{ $columns }
intake-row-left-out = 第 { $row } 行在合计或签署之后，只有一格有内容（{ $value }），按分组名称或落款处理，没有收
intake-row-left-out-mend = 如果它是一条数据，请补填这一行的其他栏目；不是数据的，不必处理
intake-duplicate-row = 第 { $row } 行与“{ $sheet }”第 { $first } 行完全相同
intake-duplicate-row-mend = 请删去重复的一行
intake-duplicate-key = 第 { $row } 行与“{ $sheet }”第 { $first } 行说的是同一件事（{ $columns }都相同），内容却不一样
intake-duplicate-key-mend = 请核对第 { $first } 行与第 { $row } 行，只留正确的一行
intake-not-unique = 第 { $row } 行的“{ $columns }”（{ $value }）与“{ $sheet }”第 { $first } 行相同，不应重复
intake-not-unique-mend = 请核对第 { $first } 行与第 { $row } 行
intake-action-unknown = “{ $value }”不是操作的写法
intake-revoke-in-full = 全量表中不应有“{ $value }”的行
intake-action-mend = 请填：{ $words }；或者留空，由程序按主键判断。全量表中不再存在的，直接不列

# 列
intake-column-unknown = 不认识的列“{ $header }”
intake-column-unknown-mend = 请改用模板的列名；如果是本单位系统导出的固定格式，请确认一次布局说明（gongzhi profile set、gongzhi profile confirm）
intake-column-unknown-nearest-mend = 是否应为“{ $nearest }”？请改用模板的列名；如果是本单位系统导出的固定格式，请确认一次布局说明（gongzhi profile set、gongzhi profile confirm）
intake-column-unknown-proposed-mend = 请改用模板的列名；不需要这一列的，运行一次：gongzhi profile set { $path } "{ $header }=ignore"（对应到模板某列的，把 ignore 换成那一列的列名），再用 gongzhi profile confirm 确认，以后同样格式不再提示
intake-column-unknown-nearest-proposed-mend = 是否应为“{ $nearest }”？请改用模板的列名，或运行一次：gongzhi profile set { $path } "{ $header }={ $nearest }"（不需要这一列的写 ignore），再用 gongzhi profile confirm 确认，以后同样格式不再提示
intake-column-own = “{ $header }”不是模板的列，像是本单位自用的栏目：内容随该行保留，不校验、不参加比对
intake-column-own-mend = 不必处理；如果它其实是模板中的某一列，请改用模板的列名
intake-column-nameless = { $column } 列没有列名，却填有内容
intake-column-nameless-mend = 请补上列名，或清除该列内容
intake-columns-empty = 列“{ $headers }”不在模板中，也没有填内容，已略过
intake-columns-missing = 缺 { $count } 列（不影响收下）：{ $headers }
intake-columns-missing-mend = 有这些数据的请补上；列名写法不同的请改为模板的写法。缺了它们，用到它们的比对就做不了
intake-column-missing = 缺少“{ $header }”一列
intake-column-missing-mend = 请补上“{ $header }”一列；列名写法不同的请改为模板的写法
intake-header-twice = { $cell } 的列“{ $header }”与 { $first } 说的是同一列
intake-header-twice-mend = 请只保留一列，或改正其中一个列名
intake-measure-unknown = 列“{ $header }”写的计量单位“{ $word }”看不懂，或与这一列不符
intake-measure-unknown-mend = 请换算后改写为：{ $known }
intake-measure-each = 列“{ $header }”写的单位是{ $own }/{ $each }，是每{ $each }的数而不是总额；已按{ $own }收下
intake-measure-each-mend = 请核对“{ $header }”填的是不是本行的总额；不是的，请换算成总额
intake-measure-disagrees = 表头以外（标题、表下注、表名）写的单位是{ $title }，列“{ $header }”写的是{ $own }，两处不一致，不知道数额按哪个算
intake-measure-kept = 表头以外（标题、表下注、表名）写的单位是{ $title }，列“{ $header }”写的是{ $own }，这一列按{ $own }收下
intake-measure-remarked = 备注写的单位是{ $stated }，而{ $columns }按{ $own }收下，不知道数额按哪个算
intake-measure-remarked-mend = 数额是{ $stated }的，请把单位写在列名里（如“（{ $stated }）”）或标题里；不是的，请删去备注里的单位
intake-measure-disagrees-mend = 请核对“{ $header }”的数额用的是哪个单位，把写错的一处改正或删去
intake-column-closed = “{ $header }”默认不采集，内容没有收下
intake-column-closed-mend = 请不要报送这一列；确需报送的，由领导小组办公室先行开放

# 表与文件
intake-shape-side-by-side = { $cell } 起是并排放的第二张表
intake-shape-side-by-side-mend = 请把 { $cell } 起各列的数据接到第一张表的最后一行下面，再删去右边这些列
intake-shape-on-its-side = 这张表是横放的：列名在第一列，每条记录占一列
intake-shape-on-its-side-mend = 请转置：选中整张表复制，用“选择性粘贴”的“转置”粘贴到新的工作表，使列名在第一行、每条记录占一行
intake-shape-card = 这张表是登记卡的样子：列名在各格旁边，一张表只写一条记录
intake-shape-card-mend = 请按模板改成清单：列名在第一行，每条记录占一行；一张卡片写成一行
intake-shape-second-table = 第 { $row } 行起是另一张表（又有一行列名），它和以下各行没有收
intake-shape-second-table-mend = 请把这张表移到单独的工作表；列名与上面相同的，删去这一行列名，把数据接在上面
intake-sheet-unknown = 认不出这是哪一项信息：没有一个列名与目录相符
intake-sheet-unknown-mend = 请使用下发的模板，或用 --item 事项.表 指明（列名与模板全不相同的，指明后会拟出布局说明）；不是报表的（草稿、透视表、对照表等），请删除这张表、移到别的文件，或隐藏它
intake-sheet-unknown-nearest = 认不出“{ $sheet }”是哪一项信息；列名最接近的是：{ $kinds }
intake-sheet-unknown-nearest-mend = 请使用下发的模板，或用 --item 事项.表 指明（列名与模板全不相同的，指明后会拟出布局说明）；不是报表的（草稿、透视表、对照表等），请删除这张表、移到别的文件，或隐藏它
intake-sheet-foreign = “{ $sheet }”没有一个列名与“{ $item }”的模板相符
intake-sheet-foreign-mend = 请改用模板的列名；如果是本单位系统导出的固定格式，正式报送（不加 --dry-run）时会按各列的内容拟出布局说明，补全并确认一次即可
intake-sheet-foreign-proposed-mend = 请改用模板的列名；如果是本单位系统导出的固定格式，请核对按内容拟出的布局说明 { $path }：用 gongzhi profile show 查看，用 gongzhi profile set { $path } "列名=模板的列名"（不需要的写 ignore）补全未定的列，再用 gongzhi profile confirm 确认，以后同样格式直接收
intake-kind-needed-mend = 请用 --item 事项.表 指明是哪一种；列名与模板全不相同的，指明后会按内容拟出布局说明
intake-sheet-several = “{ $sheet }”的列名同时符合几种表：{ $kinds }
intake-sheet-several-mend = 请用 --item 指明是哪一种
intake-nothing-known = 文件中没有认得出的表
intake-nothing-known-mend = 请使用下发的模板，或用 --item 事项.表 指明；列名与模板全不相同的，指明后会按内容拟出布局说明
intake-file-empty = 文件中没有表格内容
intake-file-empty-mend = 请核对是否发错了文件；本期确无数据的，请用 --mode nil 作零报告
intake-sheet-empty = “{ $sheet }”只有表头，没有数据。空表不是零报告
intake-sheet-empty-mend = 请补填数据；本期确无数据的，请用 --mode nil 作零报告
intake-kind-empty = “{ $sheet }”没有数据，按未报送处理。空表不是零报告
intake-kind-empty-mend = 确无数据的，请对这一种表另作零报告（--item 事项.表 --mode nil）
intake-member-unreadable = 压缩包内的表格“{ $member }”读不出来，其中的数据没有收到
intake-member-no-table = 压缩包内的“{ $member }”不是表格，没有读取
intake-member-no-table-mend = 如果其中有要报送的数据，请另存为 .xlsx 后再报送
intake-member-unreadable-mend = 请换上完整的文件后重新压缩报送
intake-kind-closed = “{ $item }·{ $kind }”默认不采集
intake-kind-closed-mend = 请不要报送；确需报送的，由领导小组办公室先行开放
intake-two-items = 一个文件中有两项信息：“{ $first }”和“{ $second }”
intake-two-items-mend = 请把两项信息分成两个文件报送
intake-unit-unknown = 不认识的填报单位“{ $unit }”
intake-unit-unknown-mend = “{ $item }”的报送单位是：{ $providers }；请写单位的全称、简称或代码，乡镇可写名称或 9 位区划代码
intake-unit-not-found = 不知道“{ $item }”是哪个单位报的：模板标识、命令参数、表头上方、文件夹名和文件名都没有写
intake-unit-not-found-mend = 请在表头上方写“填报单位：…”，或用 --unit 指明
intake-unit-not-provider = “{ $item }”不由{ $unit }报送，报送单位是：{ $providers }
intake-unit-not-provider-mend = 请核对填报单位或事项
intake-period-unreadable = 所属期“{ $period }”看不懂
intake-period-unreadable-mend = 请写成 2025、2025Q1 或 2025-03
intake-period-not-found = 不知道“{ $item }”报的是哪一期：模板标识、命令参数、表头上方、“信息所属时间期间”列、文件夹名和文件名都没有写
intake-period-not-found-mend = 请在表头上方写“所属期：…”，或用 --period 指明（{ $expected }）
intake-period-wrong = 所属期 { $period } 与“{ $item }”的报送周期不符
intake-period-wrong-mend = 请写成 { $expected } 这样的期间
intake-period-contradicts = 另一处写的所属期是 { $stated }，按 { $period } 收下
intake-period-contradicts-mend = 请核对所属期，写错的请改正后重报
intake-unit-contradicts = 另一处写的填报单位是“{ $stated }”，按 { $unit } 收下
intake-unit-contradicts-mend = 请核对填报单位，写错的请改正后重报
intake-period-future = 所属期 { $period } 还没有开始（今天是 { $today }）
intake-period-future-mend = 请核对所属期；还没有开始的期间不能报送
intake-period-against-identity = 指明的所属期是 { $stated }，而这个文件的模板标识是 { $period }
intake-period-against-identity-mend = 请核对是否选错了文件，或改正 --period 后重报
intake-unit-against-identity = 指明的填报单位是“{ $stated }”，而这个文件的模板标识是 { $unit }
intake-unit-against-identity-mend = 请核对是否选错了文件，或改正 --unit 后重报
intake-sheets-of-periods = 这张工作表写的所属期是 { $stated }，前面的工作表是 { $period }
intake-sheets-of-periods-mend = 一个文件只报一期：请按所属期拆成几个文件分别报送
intake-sheets-of-units = 这张工作表写的填报单位是“{ $stated }”，前面的工作表是 { $unit }
intake-sheets-of-units-mend = 一个文件只报一个单位：请按填报单位拆成几个文件分别报送
intake-mode-unreadable = 报送方式“{ $mode }”看不懂
intake-mode-unreadable-mend = 请写 full（全量）、differential（差异）、nil（零报告：本期无变化或没有发生）或 nothing-exists（零报告：现已全无）
intake-item-unknown-mend = 请写事项的名称、序号或键，如 15、fiscal_subsidy 或 fiscal_subsidy.payment
intake-nil-with-rows = 声明为零报告，表中却有 { $rows } 行
intake-nil-with-rows-mend = 有数据的请去掉 --mode nil；确无数据的请清空各行
intake-nil-without-item = 零报告没有说明是哪一项
intake-nil-without-item-mend = 请用 --item 指明事项

# 结果
intake-accepted = { $file }：已收下（{ $unit }，{ $period }，{ $mode }）
intake-would-accept = { $file }：检查通过，没有入库（{ $unit }，{ $period }，{ $mode }）
intake-blocked = { $file }：有 { $errors } 处错误，没有收下
intake-refused = { $file }：不能收
intake-nil-accepted = 零报告已收下：{ $unit }，{ $items }，{ $period }
intake-nil-would-accept = 零报告检查通过，没有入库：{ $unit }，{ $items }，{ $period }
intake-nil-refused = 零报告不能收
intake-received-before = { $file }：同一文件已于 { $when } 收下，不再重复入库
intake-sheet-line = 　{ $sheet } → { $item }.{ $kind }：{ $rows } 行，另有 { $left_out } 行不是数据（合计、说明、签章等）
intake-left-out-line = 　　第 { $rows } 行没有收：{ $reason }
intake-issue-line = 　{ $severity } { $place }：{ $message }。{ $mend }
intake-issue-file-line = 　{ $severity }：{ $message }。{ $mend }
intake-severity-error = 错误
intake-severity-warning = 提示
intake-more-issues = 　另有 { $count } 处未列出
intake-mode-full = 全量
intake-mode-differential = 差异
intake-mode-unsaid = 未写明全量或差异
intake-mode-nil = 零报告
intake-mode-nothing_exists = 零报告：现已全无
intake-effect-first = 　新收 { $new } 行
intake-effect-no-change = 　本期无变化：在册 { $before } 行照旧
intake-effect = 　在册 { $before } 行：新增 { $new }，变更 { $changed }，不变 { $unchanged }，撤销 { $revoked }，终止 { $ended }
intake-effect-ends = 　在册 { $before } 行：新增 { $new }，变更 { $changed }，不变 { $unchanged }，撤销 { $revoked }，终止 { $ended }（{ $first }{ $more ->
    [yes] 等
   *[no] {""}
}）
intake-full-ends-much = “{ $kind }”在册 { $before } 行，本次全量表终止其中 { $ended } 行：{ $first }{ $more ->
    [yes] 等
   *[no] {""}
}
intake-full-ends-much-mend = 确是全部在册的，不必处理；只是一部分的，请把全部名单再报一次，以后报一部分时用 --mode differential
intake-unsaid-ends-much = “{ $kind }”在册 { $before } 行，本次表格按全量收下，终止其中 { $ended } 行：{ $first }{ $more ->
    [yes] 等
   *[no] {""}
}
intake-unsaid-ends-much-mend = 确是全部名单的，请用 --mode full 再报一次确认；只是一部分的，请补报其余各行
intake-nil-ends-much = “{ $kind }”在册 { $before } 行，本次零报告终止其中 { $ended } 行：{ $first }{ $more ->
    [yes] 等
   *[no] {""}
}
intake-nil-ends-much-mend = 确已全无的，不必处理；只是本期没有变化的，请补报在册名单，以后用 --mode nil
intake-looks-whole = “{ $kind }”在册 { $before } 行，本表没有写明全量，却几乎是全部名单，只缺 { $absent } 行：{ $first }{ $more ->
    [yes] 等
   *[no] {""}
}；这些行仍然在册
intake-looks-whole-mend = 这些确已不在册的，请加 --mode full 再报一次；仍在册的，不必处理
intake-cells-emptied = “{ $column }”有 { $rows } 行在册时有值，本表为空（如 { $first }），将以空为准
intake-cells-emptied-mend = 没有变化的，请照在册的值填上再报一次；确已没有的，不必处理
intake-columns-unsaid = 本表没有以前报过的列：{ $columns }；在册各行这些列的值继续有效
intake-columns-unsaid-mend = 有变化的，请补上这些列再报一次；没有变化的，不必处理
intake-figures-greater = “{ $column }”有 { $rows } 行都约为在册数的一万倍，可能写错了单位（万元写成了元、亩写成了平方米之类）
intake-figures-greater-mend = 请核对本表“{ $column }”的单位；写错的，改正后再报一次；数额确是这样的，不必处理
intake-figures-smaller = “{ $column }”有 { $rows } 行都约为在册数的万分之一，本表可能是按万元填的却没有写明
intake-figures-smaller-mend = 请核对本表“{ $column }”的单位；按万元填的，在列名里写“（万元）”再报一次；数额确是这样的，不必处理
intake-keys-unsaid = 本表没有以前报过的、用来认出同一笔的列：{ $columns }；本表各行都算作新的一笔，不会更正或撤销已报的同一笔
intake-keys-unsaid-mend = 本表是更正、撤销已报事项的，请补上这些列再报一次，否则会重复计算；都是新发生的，不必处理
intake-revoked-unknown = 第 { $row } 行要撤销的在册没有：{ $keyed ->
    [no] 没有一行与它
   *[yes] 没有一行的{ $columns }与它
}完全一样，这一行没有撤销任何东西
intake-revoked-unknown-mend = 请照原来报的填写这一行{ $keyed ->
    [no] {""}
   *[yes] 的{ $columns }
}再报一次；以前的报送还没有送到的，送到后这一行自会生效，不必处理
intake-revoked-unknown-more = 还有 { $rows } 行要撤销的在册没有
intake-revoked-unknown-more-mend = 请照原来报的填写{ $keyed ->
    [no] 这些行
   *[yes] 这些行的{ $columns }
}再报一次
intake-mode-supplement = 对已报数据的补充
intake-profile-proposed = 　已拟出布局说明 { $path }，补全后请用 gongzhi profile confirm 确认一次
intake-annotated = 　已在 { $path } 标出问题
intake-upload-not-kept = 原件没有存下：{ $why }
intake-no-file = 没有给出文件；只有零报告（--mode nil）可以不带文件

# 布局说明
profile-line = { $path }　{ $kind }　{ $unit }　{ $status }
profile-status-proposed = 待确认
profile-status-confirmed = 已确认
profile-none = 还没有布局说明
profile-header-line = 　{ $header } → { $use }
profile-use-action = 操作（新增/变更/撤销）
profile-use-ignore = 不收
profile-use-undecided = 未定
profile-set = 已写入 { $path }。没有未定的列时，用 gongzhi profile confirm { $path } --as 岗位 确认一次
profile-set-unconfirmed = 已写入 { $path }。这份布局说明原来已经确认，改动后在重新确认之前不再使用：gongzhi profile confirm { $path } --as 岗位
profile-set-confirmed = { $path } 与原来相同，仍是已确认
profile-set-column = 　模板没有“{ $column }”这一列；有：{ $known }。不收的写 ignore，说明操作的写 action
profile-set-column-nearest = 　模板没有“{ $column }”这一列，是否应为“{ $nearest }”？有：{ $known }。不收的写 ignore，说明操作的写 action
profile-set-measure = 　“{ $header }”写的计量单位与“{ $column }”不符，没有写入。请写明能换算的单位，如“列名={ $column }（单位）”；单位有：{ $known }
profile-not-set = { $path } 没有改动：
profile-set-word = 　“{ $word }”应写成“列名=模板的列名”或“列名=ignore”
profile-no-such-header = 　布局说明里没有“{ $header }”这一列名；有：{ $known }
profile-confirmed = 已确认 { $path }：今后用数据文件夹 { $home } 收表时，列名相同的直接使用
profile-not-confirmed = { $path } 还不能确认
profile-not-used = 布局说明 { $path } 读不出（{ $why }），这次没有用它，其余照常处理。请用 gongzhi profile list 查看，改正这个文件；改不好就删掉它，再收一次表会重新生成建议。
profile-unreadable = 读不懂布局说明 { $path }：{ $why }
profile-undecided = 　还有未定的列：{ $headers }。请写明对应的列，或写 ignore
profile-no-such-column = 　没有“{ $column }”这一列
profile-column-twice = 　有两个列名都对应“{ $column }”
profile-bad-measure = 　“{ $header }”的计量单位不对
profile-required-unmapped = 　必填的列没有对应：{ $headers }
profile-kind-unknown = 　目录中没有“{ $kind }”

# 命令行
help-intake = 检查并收下单位的表格
help-intake-files = 表格文件，可以有几个
help-intake-item = 事项或事项.表，如 fiscal_subsidy 或 tax_related_case.auction
help-intake-unit = 填报单位（名称或代码）
help-intake-period = 所属期：2025、2025Q1 或 2025-03
help-intake-mode = 报送方式：full（全量）、differential（差异）、nil（零报告）或 nothing-exists（现已全无）；不写则看表上怎么说
help-intake-dry-run = 只检查，不入库
help-intake-json = 每个文件输出一行 JSON
help-intake-annotate = 把标出问题的工作簿写到这个文件夹
help-intake-home = 数据所在的文件夹（默认 ./.gongzhi）
help-intake-catalog = 目录所在的文件夹（默认 ./catalog，没有则用程序自带的）
help-intake-layer = 叠加的地方目录，可以有几个
help-profile = 外系统表格的布局说明
help-profile-list = 列出布局说明
help-profile-list-home = 数据所在的文件夹（默认 ./.gongzhi）
help-profile-show = 显示一份布局说明
help-profile-show-file = 布局说明文件
help-profile-set = 写明某列对应模板的哪一列，或不收
help-profile-set-file = 布局说明文件
help-profile-set-uses = 列名=模板的列名，或 列名=ignore（可写多个）
help-profile-set-catalog = 目录所在的文件夹
help-profile-set-layer = 叠加的地方目录
help-profile-confirm = 确认一份布局说明
help-profile-confirm-file = 布局说明文件
help-profile-confirm-by = 确认人的岗位
help-profile-confirm-home = 数据所在的文件夹（默认：布局说明所在的那个；不在任何数据文件夹里的，为 ./.gongzhi）
help-profile-confirm-catalog = 目录所在的文件夹
help-profile-confirm-layer = 叠加的地方目录
intake-header-joined = 表头的这个单元格里连着两个以上的列名，后面的列名都错了位，因此没有逐行校验
intake-header-joined-mend = 请把每个列名放到各自的单元格，让列名与下面的内容对齐，再交一次
intake-issues-alike = 　　同一列还有 { $count } 处同样的问题（{ $from } 至 { $to }）；逐处见 --json 或 --annotate 的标注表
