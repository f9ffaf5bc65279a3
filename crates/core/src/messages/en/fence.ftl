# what a query may hold
fence-nothing = The query is empty. Write one select.
fence-several = There are several statements; a query is one. Leave out what follows the first ";".
fence-statement = "{ $word }" is no query. Only reading is allowed: begin with select or with.
fence-long = The query has more than { $most } words and signs. Take what several queries need into a shared view (views/), and long lists into a code list.
fence-deep = Queries or brackets are nested too deeply. Give the inner ones names with "with" and read those.
fence-chain = More than { $most } steps, tables or unions stand in one another. Write "in (…)" for a long chain of "or", and give parts of long chains names with "with".
fence-large = The query reads tables more than { $most } times when each named part is put wherever it is read. Let no part read the one before it twice: join once, or use a window (… over (partition by …)).
fence-recursive = "with recursive" is not allowed: a part must not read itself. Leave out "recursive"; for a list of months or days read the view calendar.
fence-rows = "{ $word }" makes rows of its own, and rows come from views only. For days read the view calendar, for a few fixed rows write (values (1), (2)) as t (n).
fence-view = There is no view "{ $word }" to read here. Readable are: { $views }.
fence-scan = "{ $word }" is none of the tables that were prepared for this query. Read a view by its name.
fence-step = "{ $word }" has no place in a query. It may select, join, filter, group, sort, limit, take windows and union, over views.
fence-expression = "{ $word }" may not be used. Allowed are comparisons, + - * / %, and, or, not, ||, like, between, in, exists, case, cast, and the functions that docs/guide/models.md lists.
fence-values = More than { $most } rows stand after values. Take them into a code list or a parameter.
fence-length = How long { $word } makes a text must be written as a whole number of at most { $most }, not worked out or taken from a column: { $word }(text, 20).
fence-replace = What replace puts in must be written in quotes, not taken from a column: replace(text, 'old', 'new'). To join columns use concat.
fence-growth = By { $word } a text can become more than { $most } times as long as what it is made of. Leave out repetitions in one another, and let no part join a text with itself.
