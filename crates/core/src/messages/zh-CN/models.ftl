# models
models-file-missing = 模型缺少文件：{ $path }。一个模型是三个文件：.sql、.yaml、.cases.yaml。
models-formula = 公式从“{ $word }”处开始读不懂；可用：+ - * / 比较、and or、min max if(条件, 甲, 乙) known(事实, 替代值)。
models-fact-unknown = { $key }：没有“{ $value }”{ $near ->
    [yes] （最接近的：{ $hint }）
   *[no] {""}
  }。可用的是 facts 下的列、parameters 下的名称和前面的步骤。
models-parameter-unknown = { $key }：没有参数“{ $value }”{ $near ->
    [yes] （最接近的：{ $hint }）
   *[no] {""}
  }。请建立 params/{ $value }.yaml。
models-tax-kind-unknown = { $key }：没有税种“{ $value }”{ $near ->
    [yes] （最接近的：{ $hint }）
   *[no] {""}
  }。全部税种见 codes/tax_kind.csv。
models-item-unknown = { $key }：没有事项“{ $value }”{ $near ->
    [yes] （最接近的：{ $hint }）
   *[no] {""}
  }。一个事项是 templates/ 下的一个文件。
models-view-unknown = { $key }：没有视图“{ $value }”{ $near ->
    [yes] （最接近的：{ $hint }）
   *[no] {""}
  }。可读的是 views/ 下的公共视图和模板的“事项_记录种类”。
models-case-sort = 缺少“{ $sort }”类的案例；每个模型至少要有必须发现（find）、不得误报（leave）、临界（boundary）各一个。
models-local-unset = 地方确定的数值“{ $name }”（{ $parameter }）尚未设定，模型没有运行；请在地方内容层的 params/{ $parameter }.yaml 写明数值、生效日期和依据。
models-no-view = 没有“{ $view }”这个视图；可读的是 views/ 下的公共视图、“事项_记录种类”、“事项_记录种类_by_period”（各期所报）和“事项_记录种类_ever”（历来所报）。
models-memory-met = 查询用到的内存超过限额，没有执行完。常见原因是连接缺少把两边对应起来的条件。
models-time-met = 查询运行 { $minutes } 分钟仍未结束。多半是连接缺少把两边对应起来的条件。
models-too-large = 算出的数值过大，超出系统能存的位数，模型没有运行。请核对各表中特别大的数值和计量单位。
models-query = 查询不能执行：{ $why }
models-column-type = 列“{ $column }”的类型不能用；事实只用文字、小数、整数、日期和是否。
models-view-undeclared = 查询读了“{ $view }”，但 reads 里没有声明。
models-view-unread = reads 声明了“{ $view }”，查询却没有读它；请删去。
models-column-missing = 查询缺少列“{ $column }”。
models-column-unlabelled = 列“{ $column }”没有在 facts 里写明中文名称。
models-float = “{ $word }”是浮点数；金额和比率一律用小数（decimal）。
models-function = 不能使用函数“{ $word }”：只许用不依赖时钟和随机数、各处都有的函数，清单见 docs/guide/models.md。
models-case-stopped = 是否停止运行：应为 { $expected }，实为 { $got }
models-case-count = 应有 { $expected } 条线索，实有 { $got } 条：{ $leads }
models-case-notices = 应有提示 { $expected } 条，实有 { $got } 条：{ $leads }
models-case-outcomes = 各行结果应为 { $expected }，实为 { $got }
models-case-field = 第 { $lead } 条线索的 { $field } 应为“{ $expected }”，实为“{ $got }”
models-case-column = 视图“{ $view }”没有列“{ $column }”。
models-case-payment = 缴款行 { $row } 不会计入任何欠款，缺少：{ $columns }。请在该行写明。
models-case-value = 视图“{ $view }”的列“{ $column }”有不合类型的值：{ $why }
models-unknown = 没有模型“{ $model }”（最接近的：{ $hint }）。用 gongzhi models list 查看全部。
models-test-passed = 通过  { $model }：{ $name }
models-test-failed = 失败  { $model }：{ $name }（{ $place }）
models-test-summary = 模型 { $models } 个，案例 { $cases } 个：通过 { $passed } 个，失败 { $failed } 个。
models-list-line = { $model }  { $name }
models-list-stopped = { $model }  { $name }（未设定：{ $parameter }）
models-show-question = 问题：{ $text }
models-show-law = 依据：{ $text }
models-show-formula = 公式：{ $text }
models-show-parameter = 数值：{ $name }（{ $key }）
models-show-value = { $from } 起  { $region } { $class }  { $value }  {"["}{ $certainty }{"]"} { $reference }
models-show-parameter-unset = 未设定，须由地方确定
models-show-reads = 读取：{ $text }
models-show-coverage = 需要覆盖：{ $text }
models-show-absence = 须已报送：{ $text }
models-show-leaves-out = 依法排除：{ $text }
models-show-cases = 案例：{ $count } 个
help-models = 风险模型：列出、查看、检验、运行
help-models-list = 列出全部模型
help-models-show = 显示一个模型的问题、依据、公式和数值
help-models-show-model = 模型的键，如 deed/land_grant
help-models-test = 运行模型的案例；不写模型则全部运行
help-models-test-model = 模型的键，可多个
help-models-run = 在已入库的数据上运行模型
help-models-run-model = 模型的键，可多个；不写则全部
help-models-list-catalog = 目录所在文件夹（默认：./catalog，没有则用内置目录）
help-models-list-layer = 叠加在目录之上的地方内容文件夹，可多次给出
help-models-show-catalog = 目录所在文件夹（默认：./catalog，没有则用内置目录）
help-models-show-layer = 叠加在目录之上的地方内容文件夹，可多次给出
help-models-test-catalog = 目录所在文件夹（默认：./catalog，没有则用内置目录）
help-models-test-layer = 叠加在目录之上的地方内容文件夹，可多次给出
help-models-run-catalog = 目录所在文件夹（默认：./catalog，没有则用内置目录）
help-models-run-layer = 叠加在目录之上的地方内容文件夹，可多次给出
models-run-line = { $model }  比对 { $compared } 行，线索 { $leads } 条  { $outcomes }
models-not-comparable-with = { $word }（{ $detail }）
models-fact-event-day = 发生日期
models-fact-place-region = 所在地
models-fact-period = 所属期
models-fact-subject = 主体类型
models-not-comparable-missing = 缺少列
models-not-comparable-identity = 身份未确认
models-not-comparable-coverage = 税务侧数据未覆盖
models-not-comparable-not-delivered = 部门未报送
models-not-comparable-no-parameter = 当日没有该项数值
models-not-comparable-not-registered = 不在本地税务登记
models-not-comparable-formula = 公式无法计算
models-not-comparable-seat = 主管税务机关不明，不能判断所在地
models-not-comparable-too-large = 数值达到10的16次方，不是一个县的金额
models-warning-law-outside = 自 { $from } 起的数值，超出了它引用的 { $law } 的有效期（{ $law_from } 至 { $law_to }）。
models-warning-law-ended = 模型引用的 { $law } 已于 { $to } 失效，它引用的其他法规都没有接替它。
models-warning-timeless-key = “{ $kind }”记的是发生的事，主键（{ $key }）里却没有说明是哪一天、哪一期，也没有文书或合同的编号：下一期报同一事物的行会顶替本期的行。请在主键里加上日期、月份或期间一列。
models-warning-case-unread = 例子“{ $case }”给了“{ $view }”的行，但模型不读这张表，这些行不起作用。模型读的是：{ $reads }。
models-warning-present-state = 模型问的是已经发生的应纳税额，却读取只有现存记录的“{ $view }”。请读取 { $view }_ever，或者写明 looks_at 的 rows: now 及理由。
help-models-run-as-of = 从哪一天看
help-models-run-region = 比对哪个县，写区划代码（默认：数据中唯一的那个）
help-models-run-coverage = 税务侧覆盖范围文件（coverage.csv）
help-models-run-json = 每条线索一行 JSON
help-models-run-home = 数据所在的家目录
