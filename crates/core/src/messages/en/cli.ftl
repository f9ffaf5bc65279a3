# Help of the command line
help = Tax co-governance: a unit's sheet goes in, well-founded leads come out.
help-lang = Language: zh-CN or en (default: the system's, Chinese first)
