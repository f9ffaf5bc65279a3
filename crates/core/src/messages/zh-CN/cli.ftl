# 命令行的说明
help = 税收共治：单位的表格进来，有依据的疑点出去。
help-lang = 语言：zh-CN 或 en（默认按系统语言，中文优先）

told = { $text }
act-file = { $path }：{ $why }
act-unexpected = 操作未能完成：{ $why }
act-mend = { $message }。{ $mend }。

help-config = 显示主目录当前的设置及其来源：主目录中的 gongzhi.toml、环境变量，或按本机情况取的默认值。
help-config-home = 主目录（默认 .gongzhi）
help-config-json = 每项设置输出一个 JSON 对象
config-line = { $name } = { $value }（{ $from }；{ $variable }）
config-from-default = 默认值
config-from-file = 来自 gongzhi.toml
config-from-environment = 来自环境变量
config-file = 设置从 { $path } 和上述环境变量读取，环境变量优先。
config-unreadable = { $path } 第 { $line } 行不是设置文件的写法（{ $why }）。请每行写一项，例如：workers = 4
config-unknown = { $path } 中没有“{ $name }”这项设置（最接近的是 { $hint }）。可用的有：{ $known }。
config-no-number = 设置 { $name } 须为大于零的整数，不能是“{ $value }”。

help-jobs = 查看和执行主目录中待处理的后台任务。
help-jobs-list = 列出最近的任务
help-jobs-list-state = 只列出某一状态：waiting、leased、done、failed 或 cancelled
help-jobs-list-most = 列出多少条（默认 50）
help-jobs-list-json = 每个任务输出一个 JSON 对象
help-jobs-list-home = 主目录（默认 .gongzhi）
help-jobs-run = 执行到期的任务后结束
help-jobs-run-stay = 持续执行到期的任务，直到收到结束信号
help-jobs-run-home = 主目录（默认 .gongzhi）
help-jobs-retry = 重新执行已失败或已取消的任务
help-jobs-retry-id = 任务编号
help-jobs-retry-home = 主目录（默认 .gongzhi）
help-jobs-cancel = 取消尚未结束的任务
help-jobs-cancel-id = 任务编号
help-jobs-cancel-home = 主目录（默认 .gongzhi）
jobs-line = { $id }　{ $kind }　{ $state }，已执行 { $attempts } 次　{ $problem }
jobs-state-waiting = 等待中
jobs-state-leased = 执行中
jobs-state-done = 已完成
jobs-state-failed = 已失败
jobs-state-cancelled = 已取消
jobs-ran = 已执行 { $count } 个任务。
jobs-retried = 任务 { $id } 将在下次执行任务时重新执行。
jobs-cancelled = 任务 { $id } 已取消。
