# 查询里可以写什么
fence-nothing = 查询是空的。请写一条 select。
fence-several = 写了多条语句；一个查询只能有一条。请删去第一个“;”后面的内容。
fence-statement = “{ $word }”不是查询。这里只能读取：请以 select 或 with 开头。
fence-long = 查询超过 { $most } 个词和符号。多个查询共用的部分请放进共享视图（views/），长清单请放进代码表。
fence-deep = 查询或括号嵌套太深。请用 with 给内层查询起名字，再读这些名字。
fence-chain = 超过 { $most } 个步骤、表或 union 一个接一个。很长的一串 or 请改写成 in (…)，很长的步骤请用 with 分开起名字。
fence-large = 把每个命名步骤放到读它的地方之后，查询读表超过 { $most } 次。不要让一个步骤把前一个步骤读两遍：只连接一次，或用窗口（… over (partition by …)）。
fence-recursive = 不能用 with recursive：步骤不能读自己。请去掉 recursive；需要月份或日期清单时读视图 calendar。
fence-rows = “{ $word }”自己产生行，而行只能来自视图。需要日期时读视图 calendar，少量固定的行写成 (values (1), (2)) as t (n)。
fence-view = 这里没有可读的视图“{ $word }”。可以读：{ $views }。
fence-scan = “{ $word }”不是为这个查询准备的表。请按名字读视图。
fence-step = 查询里不能有“{ $word }”。只能在视图上选取、连接、筛选、分组、排序、限制行数、用窗口和 union。
fence-expression = 不能使用“{ $word }”。可以用比较、+ - * / %、and、or、not、||、like、between、in、exists、case、cast，以及 docs/guide/models.md 列出的函数。
fence-values = values 后面超过 { $most } 行。请放进代码表或参数。
fence-length = { $word } 把文字变成多长，必须直接写成不超过 { $most } 的整数，不能计算得出，也不能取自某一列：{ $word }(文字, 20)。
fence-replace = replace 换上的内容必须用引号直接写出，不能取自某一列：replace(文字, '旧', '新')。要连接几列请用 concat。
fence-growth = 经过 { $word }，文字可能变成原来的 { $most } 倍以上。请去掉套在一起的重复，也不要让一个步骤把文字和它自己连接。
