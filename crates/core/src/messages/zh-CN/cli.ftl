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
