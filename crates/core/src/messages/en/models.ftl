# models
models-file-missing = A file of the model is missing: { $path }. A model is three files: .sql, .yaml, .cases.yaml.
models-formula = The formula can't be read from "{ $word }" on; it knows + - * /, comparisons, and, or, min, max, if(condition, a, b), known(fact, stand-in).
models-fact-unknown = { $key }: there is no "{ $value }"{ $near ->
    [yes] {" "}(nearest: { $hint })
   *[no] {""}
  }. Known are the columns under facts, the names under parameters and earlier steps.
models-parameter-unknown = { $key }: there is no parameter "{ $value }"{ $near ->
    [yes] {" "}(nearest: { $hint })
   *[no] {""}
  }. Make it: params/{ $value }.yaml.
models-tax-kind-unknown = { $key }: there is no tax kind "{ $value }"{ $near ->
    [yes] {" "}(nearest: { $hint })
   *[no] {""}
  }. All of them stand in codes/tax_kind.csv.
models-item-unknown = { $key }: there is no item "{ $value }"{ $near ->
    [yes] {" "}(nearest: { $hint })
   *[no] {""}
  }. An item is a file under templates/.
models-view-unknown = { $key }: there is no view "{ $value }"{ $near ->
    [yes] {" "}(nearest: { $hint })
   *[no] {""}
  }. Readable are the shared views of views/ and <item>_<kind> of the templates.
models-case-sort = No case of the sort "{ $sort }"; every model needs at least one to find, one to leave alone and one on a boundary.
models-local-unset = The local figure "{ $name }" ({ $parameter }) is not set, so the model did not run; state its value, date of effect and reference in params/{ $parameter }.yaml of the local layer.
models-no-view = There is no view "{ $view }"; readable are the shared views of views/, <item>_<kind>, <item>_<kind>_by_period and <item>_<kind>_ever.
models-memory-met = The query met the memory limit. Most often a join lacks a condition that ties the two sides together.
models-time-met = The query was still running after { $minutes } minutes. Most often a join lacks a condition that ties the two sides together.
models-too-large = A figure came to more digits than can be kept, so the model did not run. Check the figures of the sheets that are far too large, and their measures.
models-query = The query can't be run: { $why }
models-column-type = The type of column "{ $column }" can't be used; facts are text, decimals, whole numbers, days and yes or no.
models-view-undeclared = The query reads "{ $view }", which reads does not declare.
models-view-unread = reads declares "{ $view }", which the query does not read; take it out.
models-column-missing = The query lacks the column "{ $column }".
models-column-unlabelled = Column "{ $column }" has no label in facts.
models-float = "{ $word }" is a float; amounts and ratios are always decimals.
models-function = Function "{ $word }" is not allowed: only functions without clock or dice that exist everywhere; docs/guide/models.md lists them.
models-case-stopped = Whether the model stops: expected { $expected }, got { $got }
models-case-count = Expected { $expected } leads, got { $got }: { $leads }
models-case-notices = Expected { $expected } notices, got { $got }: { $leads }
models-case-outcomes = Outcomes should be { $expected } and are { $got }
models-case-field = Lead { $lead }: { $field } should be "{ $expected }" and is "{ $got }"
models-case-column = View "{ $view }" has no column "{ $column }".
models-case-payment = The payment { $row } would count for nothing; it lacks: { $columns }. Write them in the row.
models-case-value = View "{ $view }", column "{ $column }" holds a value of another type: { $why }
models-unknown = There is no model "{ $model }" (nearest: { $hint }). gongzhi models list shows all.
models-test-passed = passed  { $model }: { $name }
models-test-failed = FAILED  { $model }: { $name } ({ $place })
models-test-summary = { $models } models, { $cases } cases: { $passed } passed, { $failed } failed.
models-list-line = { $model }  { $name }
models-list-stopped = { $model }  { $name } (not set: { $parameter })
models-show-question = Question: { $text }
models-show-law = Basis: { $text }
models-show-formula = Formula: { $text }
models-show-parameter = Figure: { $name } ({ $key })
models-show-value = from { $from }  { $region } { $class }  { $value }  {"["}{ $certainty }{"]"} { $reference }
models-show-parameter-unset = not set; the county must state it
models-show-reads = Reads: { $text }
models-show-coverage = Needs covered: { $text }
models-show-absence = Needs delivered: { $text }
models-show-leaves-out = Left out by law: { $text }
models-show-cases = Cases: { $count }
help-models = Risk models: list, show, test, run
help-models-list = List every model
help-models-show = Show a model's question, basis, formula and figures
help-models-show-model = Key of the model, such as deed/land_grant
help-models-test = Run the cases of models; without a model, all of them
help-models-test-model = Keys of models
help-models-run = Run models over the data kept in the home folder
help-models-run-model = Keys of models; without any, all
help-models-list-catalog = Folder of the catalogue (default: ./catalog, else the embedded one)
help-models-list-layer = Folder with local content laid over the catalogue; may be given several times
help-models-show-catalog = Folder of the catalogue (default: ./catalog, else the embedded one)
help-models-show-layer = Folder with local content laid over the catalogue; may be given several times
help-models-test-catalog = Folder of the catalogue (default: ./catalog, else the embedded one)
help-models-test-layer = Folder with local content laid over the catalogue; may be given several times
help-models-run-catalog = Folder of the catalogue (default: ./catalog, else the embedded one)
help-models-run-layer = Folder with local content laid over the catalogue; may be given several times
models-run-line = { $model }  { $compared } rows compared, { $leads } leads  { $outcomes }
models-not-comparable-with = { $word } ({ $detail })
models-fact-event-day = day of the event
models-fact-place-region = place
models-fact-period = period
models-fact-subject = sort of subject
models-not-comparable-missing = column empty
models-not-comparable-identity = identity unknown
models-not-comparable-coverage = not covered by the tax side
models-not-comparable-not-delivered = not delivered
models-not-comparable-no-parameter = no such figure on that day
models-not-comparable-not-registered = not registered here
models-not-comparable-formula = the formula has no value
models-not-comparable-seat = the authority in charge is not known, so the seat is not
models-not-comparable-too-large = a figure of 10^16 or more: no amount of a county
models-warning-law-outside = The value from { $from } lies outside the days of the law it cites, { $law } ({ $law_from } to { $law_to }).
models-warning-law-ended = The model cites { $law }, which ended on { $to }, and none of its other laws takes its place.
models-warning-timeless-key = "{ $kind }" tells of what happened, yet in its key ({ $key }) nothing says on which day or in which period, and no number of a document or contract which time: the next period's row of the same thing takes the place of this one. Add a day, a month or a period to the key.
models-warning-case-unread = The case "{ $case }" gives rows of "{ $view }", which the model doesn't read: they do nothing. It reads: { $reads }.
models-warning-present-state = The model asks for an amount that has arisen and reads "{ $view }", which holds only what stands now. Read { $view }_ever, or say looks_at: rows: now with the reason.
help-models-run-as-of = The day to look from
help-models-run-region = Division code of the county (default: the only one anything was reported of)
help-models-run-coverage = What the tax side covers (coverage.csv)
help-models-run-json = A line of JSON a lead
help-models-run-home = The home folder with the data
