# The made-up county
help-demo-data = Make a made-up county: the forty items and the tax side, dirty as offices send them, with the truth kept apart
help-demo-data-out = Output folder: county holds the units' files, truth the answers
help-demo-data-scale = Size: 1 is 20 000 taxpayers, fractions are allowed
help-demo-data-seed = Seed: the same seed gives the same bytes
help-demo-data-year = Year
help-demo-data-catalog = Folder of the catalogue (default ./catalog, else the embedded one)
help-demo-data-layer = Local folder laid over the catalogue
demo-made = Made the county in { $folder }: { $taxpayers } taxpayers, { $files } files, { $rows } rows, { $leads } planted leads, { $wrong } wrong cells. Run it with --as-of { $as_of }.
demo-scale = The scale must be above 0 and at most 200; it is { $scale }.
demo-year = The year of the made-up county must be from 2023 to 2026; it is { $year }.
