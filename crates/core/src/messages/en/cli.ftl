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

help-jobs = What waits to be done in a home, and doing it.
help-jobs-list = The newest jobs
help-jobs-list-state = Only of this state: waiting, leased, done, failed or cancelled
help-jobs-list-most = How many (default: 50)
help-jobs-list-json = One JSON object a job
help-jobs-list-home = Home folder (default: .gongzhi)
help-jobs-run = Does what is due and ends
help-jobs-run-stay = Goes on doing what falls due until it is told to end
help-jobs-run-home = Home folder (default: .gongzhi)
help-jobs-retry = Has a job tried again that failed or was called off
help-jobs-retry-id = Id of the job
help-jobs-retry-home = Home folder (default: .gongzhi)
help-jobs-cancel = Calls a job off that has not ended
help-jobs-cancel-id = Id of the job
help-jobs-cancel-home = Home folder (default: .gongzhi)
jobs-line = { $id }  { $kind }  { $state }, begun { $attempts } times  { $problem }
jobs-state-waiting = waiting
jobs-state-leased = being done
jobs-state-done = done
jobs-state-failed = failed
jobs-state-cancelled = called off
jobs-ran = Jobs done: { $count }.
jobs-retried = Job { $id } is tried again when jobs are run next.
jobs-cancelled = Job { $id } was called off.
