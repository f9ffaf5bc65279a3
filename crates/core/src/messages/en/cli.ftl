# Help of the command line
help = Tax co-governance: a unit's sheet goes in, well-founded leads come out.
help-lang = Language: zh-CN or en (default: the system's, Chinese first)

told = { $text }
act-file = { $path }: { $why }
act-unexpected = This could not be done: { $why }
act-mend = { $message }. { $mend }.

help-config = What is set for a home, and who said so: gongzhi.toml in it, the environment, or the machine.
help-config-home = Home folder (default: .gongzhi)
help-config-json = One JSON object a setting
config-line = { $name } = { $value }  ({ $from }; { $variable })
config-from-default = default
config-from-file = from gongzhi.toml
config-from-environment = from the environment
config-file = Settings are read from { $path } and from the variables named; a variable wins.
config-unreadable = { $path }, line { $line }: this is no settings file ({ $why }). Write one setting a line, for example: workers = 4
config-unknown = { $path }: there is no setting "{ $name }" (nearest: { $hint }). Known: { $known }.
config-no-number = The setting { $name } must be a whole number above zero, not "{ $value }".
