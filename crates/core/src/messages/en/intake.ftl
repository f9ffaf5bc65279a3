# Intake: checks, recognition and layout profiles

# Cells
intake-required = "{ $column }" must be filled, it is empty here
intake-required-mend = Fill in "{ $column }"
intake-key-time-empty = "{ $column }" is empty: next period's row of the same thing would take the place of this one
intake-key-empty = Every column that tells things apart is empty ("{ $column }" for one): nobody can know which thing this row is about
intake-cells-filled = Rows in which "{ $column }" is empty: { $count }, taken from the sheet as { $value }
intake-formula-error = "{ $column }" holds the formula error { $value }
intake-formula-error-mend = Mend the formula, or paste the result of "{ $column }" as a value
intake-formula-uncomputed = The formula in "{ $column }" has no computed result
intake-formula-uncomputed-mend = Open the file in Excel and save it, or paste the result of "{ $column }" as a value
intake-text-lost = The text of "{ $column }" is missing from the file
intake-text-lost-mend = Open the original in Excel or WPS, check this cell and save it again
intake-digits-lost = Excel turned the code in "{ $column }" into a figure ({ $value }): its last digits are gone and can't be restored
intake-digits-lost-mend = Set the column "{ $column }" to the format Text first, then type the whole code again
intake-figure-too-long = The figure in "{ $column }" ({ $value }) has more digits than the fifteen that Excel keeps
intake-figure-too-long-mend = Check the figure and the measure of "{ $column }"; if it is that great, state it in a greater measure
intake-file-changed = The file was changed while it was read
intake-file-changed-mend = Wait until it is saved or copied whole, then hand it in again
intake-file-too-large = The file has more than { $most } MiB
intake-file-too-large-mend = Save it as csv, or divide it into several files, and hand these in
intake-citizen-as-key = "{ $column }" tells the records apart, and all that stands here is a citizen's number, which must not be kept in this column
intake-citizen-as-key-mend = Write the name here, or the number of the document, contract or register entry, and the citizen's number in the column for certificates
intake-citizen-in-text = "{ $column }" holds a citizen's number; it is masked in what is kept
intake-citizen-in-text-mend = Write the number in the column for certificates and leave only the name or text here
intake-too-long = "{ $column }" has { $length } signs, { $most } at most
intake-too-long-mend = Shorten it to { $most } signs
intake-not-in-list = "{ $value }" in "{ $column }" is not in the list
intake-not-in-list-mend = Choose one of: { $names }
intake-not-in-list-nearest-mend = Is "{ $nearest }" meant? The list: { $names }
intake-code-several = "{ $value }" in "{ $column }" may mean several things, and only who reports knows which
intake-code-several-mend = Say which one: { $names }
intake-code-retired = "{ $value }" in "{ $column }" was no longer in use in this period
intake-code-retired-mend = Check whether the present name or code is meant
intake-region-unknown = "{ $value }" in "{ $column }" is no known division
intake-region-unknown-mend = Give the name of the division, or its code of 6 or 9 digits
intake-region-several = "{ $value }" in "{ $column }" is the name of several places
intake-region-several-mend = Write the divisions above it too, or give the code: { $codes }
intake-not-a-date = "{ $value }" in "{ $column }" is no day
intake-not-a-date-mend = Give a day, like 2025-03-05
intake-not-a-month = "{ $value }" in "{ $column }" is no month
intake-not-a-month-mend = Give year and month, like 2025-03
intake-not-a-period = "{ $value }" in "{ $column }" is no period
intake-not-a-period-mend = Give a month, quarter, year or two days, like 2025-03, 2025Q1, 2025-01-01至2025-03-31
intake-info-period-outside = "{ $value }" in "{ $column }" lies outside { $period }, the period of the sheet
intake-info-period-outside-mend = Check whether the row belongs to this period
intake-not-a-figure = "{ $value }" in "{ $column }" is no figure, or is measured in something else
intake-not-a-figure-mend = Write digits only; no measure is needed when it is the header's
intake-format-scales = The number format of "{ $column }" shows the figure smaller than it is ({ $value }): what is seen and what is kept differ
intake-format-scales-mend = Set the cell's format to Number and fill in the figure that is seen, in the measure of the header
intake-format-percent = The figure in "{ $column }" is shown as per cent ({ $value }): it is no amount
intake-format-percent-mend = Set the cell's format to Number and fill in the figure of "{ $column }"
intake-measure-own = "{ $value }" in "{ $column }" says its measure itself, while the sheet says { $stated }; it was taken as it says itself
intake-measure-own-mend = Check the figure; where the measure is the header's it need not be written
intake-merged-figure = The merged cell of "{ $column }" reaches over { $rows } rows ({ $first } to { $last }): its figure counts once, not in each row
intake-merged-figure-mend = Undo the merge and fill in each row's own figure; if the rows are one matter, make them one row
intake-merged-across = The cell of "{ $column }" is merged with { $cell } to its left: what stands there belongs to that column, this one has no value
intake-merged-across-mend = Undo the merge and fill in { $cell } and "{ $column }" each by itself
intake-not-a-whole-number = "{ $value }" in "{ $column }" is no whole number
intake-not-a-whole-number-mend = Give a whole number
intake-not-yes-or-no = "{ $value }" in "{ $column }" is neither yes nor no
intake-not-yes-or-no-mend = Write 是 or 否
intake-not-a-phone = "{ $value }" in "{ $column }" is no telephone number
intake-not-a-phone-mend = Give a number with its area code, or a mobile number
intake-too-large = "{ $value }" in "{ $column }" is too large to be kept
intake-too-large-mend = Check the figure and its measure
intake-out-of-range = "{ $value }" in "{ $column }" should lie between { $min } and { $max }
intake-too-small = "{ $value }" in "{ $column }" should not be below { $min }
intake-too-great = "{ $value }" in "{ $column }" should not be above { $max }
intake-out-of-range-mend = Check the figure, its sign and its measure
intake-not-an-identifier = "{ $value }" in "{ $column }" is no number of this sort
intake-not-an-identifier-mend = Give the whole number as it stands on the certificate
intake-mend-identifier = Check it against the certificate; the column should have the format Text
intake-mend-suggestion = Is { $suggestion } meant? Check it against the certificate
intake-other-certificate = "{ $value }" in "{ $column }" is no citizen's number; taken as another certificate
intake-other-certificate-mend = Mend it if a citizen's number is meant; a passport or the like may stay
intake-person-in-code = "{ $column }" is for codes of organisations and a person's number stands here: it is treated as personal, only a digest that can't be turned back is kept, and no export, list or report shows it
intake-person-in-code-mend = Fill in the unified social credit code of the organisation; of a sole trader too, not the owner's citizen number. Where it is truly a natural person nothing need be changed
intake-person-in-code-tax = "{ $column }" holds natural persons' numbers (first in this cell): they are treated as personal, only a digest that can't be turned back is kept, and no export, list or report shows them
intake-person-in-code-tax-mend = A natural person's certificate number is the person's tax number: nothing need be changed
intake-person-in-figure = "{ $column }" is for a figure (an amount, an area, a count), and { $value } looks like a citizen's number: it was not taken for a figure
intake-person-in-figure-mend = Look whether the cells of this row stand one column off: move the citizen's number to the column for certificates and write the figure of "{ $column }" here
intake-person-moved = "{ $column }" is for codes of organisations and a person's number stands here: it was put in "{ $other }" and is kept as personal
intake-person-moved-mend = Fill persons' numbers in under "{ $other }" from now on
intake-licence-like-citizen = The 15 digits of "{ $column }" hold as the number of a licence, but look like an old citizen number too (a possible day of birth is in them): kept as the number of a licence
intake-licence-like-citizen-mend = Compare with the licence; if it is a citizen's number, fill in the unified social credit code of the organisation
intake-code-moved = { $value } in "{ $column }" belongs to "{ $other }" and was put there
intake-code-moved-mend = Fill it in under "{ $other }" from now on

# Rows
intake-rule-order = "{ $column }" ({ $value }) should not be after "{ $other }" ({ $other_value })
intake-rule-order-mend = Check the order of { $cell } and { $other_cell }
intake-rule-at-most = "{ $column }" ({ $value }) should not be more than "{ $other }" ({ $other_value })
intake-rule-at-most-mend = Check the figures in { $cell } and { $other_cell }
intake-rule-sum = "{ $column }" is { $stated }, the sum of "{ $columns }" is { $computed }
intake-rule-product = "{ $column }" is { $stated }, the product of "{ $columns }" is { $computed }
intake-rule-figures-mend = Check the figures
intake-rule-any-of = At least one of "{ $columns }" must be filled
intake-rule-any-of-mend = Fill in one of them
intake-rule-required-if = When "{ $when }" is "{ $value }", "{ $column }" must be filled
intake-rule-within-period = "{ $column }" is { $value }, outside { $period }, the period of the sheet
intake-rule-within-period-mend = Check the day, or in which period the row belongs
intake-rule-not-future = "{ $column }" is { $value }, after today ({ $today })
intake-rule-not-future-mend = Check the day
intake-rule-same-disability = "{ $column }" ({ $value }) does not agree with "{ $other }" ({ $other_value })
intake-rule-same-disability-mend = Check { $cell } and { $other_cell } against the certificate
intake-rule-same-permit = The first 18 signs of "{ $column }" ({ $value }) are not "{ $other }" ({ $other_value })
intake-rule-same-permit-mend = Check { $cell } and { $other_cell } against the permit
intake-row-doubtful = Row { $row } holds nothing but "{ $column }" ({ $value }): rather a note or a total than a record
intake-row-doubtful-mend = If it is no record, delete the row; if it is one, fill in: { $columns }
intake-row-alone = Row { $row } holds nothing but "{ $column }" ({ $value }); it was taken as a record
intake-row-alone-mend = If it is a note or a total, delete the row and hand the file in again
intake-row-sparse = Row { $row } has two filled cells ({ $value }) and lacks several that must be filled: it looks like a subtotal, a note or a sign-off, not like a record
intake-row-sparse-mend = If it is no record, delete the row; if it is one, fill in: { $columns }
intake-row-left-out = Row { $row } stands behind a total or a signature with one filled cell ({ $value }): taken for the name of a group or of who sends the sheet, and left out
intake-row-left-out-mend = If it is a record, fill in the other cells of its row; else nothing needs doing
intake-duplicate-row = Row { $row } is the same as row { $first } of "{ $sheet }"
intake-duplicate-row-mend = Delete one of the two
intake-duplicate-key = Row { $row } speaks of the same thing as row { $first } of "{ $sheet }" (same { $columns }) and says something else
intake-duplicate-key-mend = Check rows { $first } and { $row } and keep the right one
intake-not-unique = "{ $columns }" ({ $value }) of row { $row } is the same as in row { $first } of "{ $sheet }"; it should stand once
intake-not-unique-mend = Check rows { $first } and { $row }
intake-action-unknown = "{ $value }" is no word of action
intake-revoke-in-full = A full set has no row that is "{ $value }"
intake-action-mend = Write one of: { $words }; or leave it empty: then the program tells by the key. In a full set leave out what is no more

# Columns
intake-column-unknown = Unknown column "{ $header }"
intake-column-unknown-mend = Use the template's header; for a fixed export of your own system confirm a layout profile once (gongzhi profile set, gongzhi profile confirm)
intake-column-unknown-nearest-mend = Is "{ $nearest }" meant? Use the template's header; for a fixed export of your own system confirm a layout profile once (gongzhi profile set, gongzhi profile confirm)
intake-column-unknown-proposed-mend = Use the template's header; if the column is not needed, run once: gongzhi profile set { $path } "{ $header }=ignore" (or the template's header in place of ignore), then gongzhi profile confirm; sheets with the same headers are taken from then on
intake-column-unknown-nearest-proposed-mend = Is it "{ $nearest }"? Use the template's header, or run once: gongzhi profile set { $path } "{ $header }={ $nearest }" (ignore, if the column is not needed), then gongzhi profile confirm; sheets with the same headers are taken from then on
intake-column-own = "{ $header }" is not in the template and looks like a column of the office's own: kept beside the row, not checked, not compared
intake-column-own-mend = Nothing needs doing; if it is one of the template's columns after all, use the template's header
intake-column-nameless = Column { $column } has no header, yet something stands in it
intake-column-nameless-mend = Give the column a header, or clear it
intake-columns-empty = "{ $headers }" is not in the template and holds nothing: left out
intake-columns-missing = { $count } columns are missing (the file is taken all the same): { $headers }
intake-columns-missing-mend = Add them where there are such data; where they have other names, use the template's. Without them nothing that needs them can be compared
intake-column-missing = The column "{ $header }" is missing
intake-column-missing-mend = Add the column "{ $header }"; if it is there under another name, use the template's
intake-header-twice = "{ $header }" in { $cell } means the same column as { $first }
intake-header-twice-mend = Keep one of the two, or mend one header
intake-measure-unknown = The measure "{ $word }" stated for "{ $header }" is not understood, or measures something else
intake-measure-unknown-mend = Convert the figures and state one of: { $known }
intake-measure-each = The column "{ $header }" says { $own }/{ $each }: so much for each, not the sum; it was taken in { $own }
intake-measure-each-mend = Check that "{ $header }" holds the sum of the row; else work the sum out
intake-measure-disagrees = The title, a note or the name of the sheet says { $title }, the column "{ $header }" says { $own }: nobody can tell which holds
intake-measure-kept = The title, a note or the name of the sheet says { $title }, the column "{ $header }" says { $own }; this column was taken in { $own }
intake-measure-remarked = The remark says { $stated }, and { $columns } are taken in { $own }: nobody can tell which holds
intake-measure-remarked-mend = If the figures are in { $stated }, write it into the headers ("({ $stated })") or the title; if not, delete the measure from the remark
intake-measure-disagrees-mend = Check in which measure "{ $header }" is stated, and mend or delete the wrong one
intake-column-closed = "{ $header }" is not collected; its values were not kept
intake-column-closed-mend = Leave the column out; if it is needed, the office opens it first

# Sheets and files
intake-shape-side-by-side = From { $cell } on a second table stands beside the first
intake-shape-side-by-side-mend = Put the data of the columns from { $cell } on below the last row of the first table and delete these columns
intake-shape-on-its-side = The table lies on its side: the headers stand in the first column and each record takes a column
intake-shape-on-its-side-mend = Transpose it: copy the whole table and paste it in a new sheet with Paste Special, Transpose, so that the headers stand in the first row and each record takes a row
intake-shape-card = The sheet is a card: the headers stand beside their cells and the sheet holds one record
intake-shape-card-mend = Make it a list as in the template: the headers in the first row, a row for each record; a card is one row
intake-shape-second-table = At row { $row } another table begins (a row of headers stands there): it and the rows below it are not taken in
intake-shape-second-table-mend = Move this table to a sheet of its own; where its headers are those above, delete this row of headers and let the data follow on
intake-sheet-unknown = It can't be told which item this is: no header agrees with the catalogue
intake-sheet-unknown-mend = Use the template, or name the item with --item ITEM.KIND (for headers that are none of the template's a layout profile is then proposed); if the sheet is no report (a draft, a pivot, a list), delete it, move it to another file, or hide it
intake-sheet-unknown-nearest = It can't be told which item "{ $sheet }" is; the nearest by headers: { $kinds }
intake-sheet-unknown-nearest-mend = Use the template, or name the item with --item ITEM.KIND (for headers that are none of the template's a layout profile is then proposed); if the sheet is no report (a draft, a pivot, a list), delete it, move it to another file, or hide it
intake-sheet-foreign = "{ $sheet }" has not one header of the template of "{ $item }"
intake-sheet-foreign-mend = Use the template's headers; for a fixed export of your own system send it without --dry-run: a layout profile is proposed by what stands in the columns, to be completed and confirmed once
intake-sheet-foreign-proposed-mend = Use the template's headers; for a fixed export of your own system look at the layout profile proposed by what stands in the columns, { $path }: gongzhi profile show shows it, gongzhi profile set { $path } "HEADER=COLUMN" (or ignore) completes it, gongzhi profile confirm confirms it; sheets with the same headers are taken from then on
intake-kind-needed-mend = Say which kind with --item ITEM.KIND; for headers that are none of the template a layout profile is then proposed by what stands in the columns
intake-sheet-several = The headers of "{ $sheet }" fit several kinds: { $kinds }
intake-sheet-several-mend = Name the kind with --item
intake-nothing-known = No sheet of the file is known
intake-nothing-known-mend = Use the template, or name the item with --item ITEM.KIND: for headers that are none of the template's a layout profile is then proposed by what stands in the columns
intake-file-empty = There is no table in the file
intake-file-empty-mend = Check whether it is the right file; if there is nothing to report, say so with --mode nil
intake-sheet-empty = "{ $sheet }" has a header and no rows. An empty sheet is no nil report
intake-sheet-empty-mend = Fill in the rows; if there is nothing to report, say so with --mode nil
intake-kind-empty = "{ $sheet }" has no rows and counts as not delivered. An empty sheet is no nil report
intake-kind-empty-mend = If there is nothing to report, declare it for this kind (--item ITEM.KIND --mode nil)
intake-member-unreadable = The sheet "{ $member }" in the zip can't be read: what it holds was not received
intake-member-no-table = "{ $member }" in the zip is no table and was not read
intake-member-no-table-mend = If it holds data to report, save it as .xlsx and send it again
intake-member-unreadable-mend = Put the whole file in its place, zip again and send
intake-kind-closed = "{ $item } · { $kind }" is not collected
intake-kind-closed-mend = Leave it out; if it is needed, the office opens it first
intake-two-items = The file holds two items: "{ $first }" and "{ $second }"
intake-two-items-mend = Send each item in a file of its own
intake-unit-unknown = Unknown unit "{ $unit }"
intake-unit-unknown-mend = "{ $item }" is reported by: { $providers }; give a unit's name or key, for a township its name or code of 9 digits
intake-unit-not-found = It can't be told which unit reports "{ $item }": hidden identity, flags, title rows, names of folders and file say nothing
intake-unit-not-found-mend = Write 填报单位：… above the header, or give --unit
intake-unit-not-provider = "{ $item }" is not reported by { $unit } but by: { $providers }
intake-unit-not-provider-mend = Check the unit, or the item
intake-period-unreadable = The period "{ $period }" can't be understood
intake-period-unreadable-mend = Write 2025, 2025Q1 or 2025-03
intake-period-not-found = It can't be told of which period "{ $item }" is: hidden identity, flags, title rows, the column 信息所属时间期间, names of folders and file say nothing
intake-period-not-found-mend = Write 所属期：… above the header, or give --period ({ $expected })
intake-period-wrong = The period { $period } is not one by which "{ $item }" is reported
intake-period-wrong-mend = Write it like { $expected }
intake-period-contradicts = Elsewhere the period is given as { $stated }; taken in as { $period }
intake-period-contradicts-mend = Check the period; if it is wrong, mend it and send again
intake-unit-contradicts = Elsewhere the unit is given as "{ $stated }"; taken in as { $unit }
intake-unit-contradicts-mend = Check the unit; if it is wrong, mend it and send again
intake-period-future = The period { $period } has not begun (today is { $today })
intake-period-future-mend = Check the period; one that has not begun can't be reported
intake-period-against-identity = The period given is { $stated }, but the hidden identity of the file says { $period }
intake-period-against-identity-mend = Check whether this is the right file, or mend --period and send again
intake-unit-against-identity = The unit given is "{ $stated }", but the hidden identity of the file says { $unit }
intake-unit-against-identity-mend = Check whether this is the right file, or mend --unit and send again
intake-sheets-of-periods = This sheet names the period { $stated }, the sheets before it { $period }
intake-sheets-of-periods-mend = One period a file: split the workbook by period and hand in each
intake-sheets-of-units = This sheet names the unit "{ $stated }", the sheets before it { $unit }
intake-sheets-of-units-mend = One unit a file: split the workbook by unit and hand in each
intake-mode-unreadable = The mode "{ $mode }" can't be understood
intake-mode-unreadable-mend = Write full, differential, nil (nothing changed, nothing happened) or nothing-exists
intake-item-unknown-mend = Give the name, number or key of the item, like 15, fiscal_subsidy or fiscal_subsidy.payment
intake-nil-with-rows = Declared nil, yet the file has { $rows } rows
intake-nil-with-rows-mend = Leave out --mode nil, or clear the rows
intake-nil-without-item = The nil report does not say of which item
intake-nil-without-item-mend = Name the item with --item

# Results
intake-accepted = { $file }: accepted ({ $unit }, { $period }, { $mode })
intake-would-accept = { $file }: holds, nothing kept ({ $unit }, { $period }, { $mode })
intake-blocked = { $file }: { $errors } errors, not accepted
intake-refused = { $file }: refused
intake-nil-accepted = Nil report accepted: { $unit }, { $items }, { $period }
intake-nil-would-accept = Nil report passes, nothing was kept: { $unit }, { $items }, { $period }
intake-nil-refused = Nil report refused
intake-received-before = { $file }: the same file was accepted on { $when }; nothing was done again
intake-sheet-line = { "  " }{ $sheet } → { $item }.{ $kind }: { $rows } rows, { $left_out } more that are no data (totals, notes, signatures …)
intake-left-out-line = { "    " }Left out, row { $rows }: { $reason }
intake-issue-line = { "  " }{ $severity } { $place }: { $message }. { $mend }
intake-issue-file-line = { "  " }{ $severity }: { $message }. { $mend }
intake-severity-error = error
intake-severity-warning = notice
intake-more-issues = { "  " }{ $count } more are not listed
intake-mode-full = full
intake-mode-differential = differential
intake-mode-unsaid = full or differential not said
intake-mode-nil = nil
intake-mode-nothing_exists = nil: nothing exists any more
intake-effect-first = { "  " }{ $new } rows, the first on record
intake-effect-no-change = { "  " }nothing changed: the { $before } rows on record stand
intake-effect = { "  " }of { $before } rows on record: { $new } new, { $changed } changed, { $unchanged } unchanged, { $revoked } revoked, { $ended } ended
intake-effect-ends = { "  " }of { $before } rows on record: { $new } new, { $changed } changed, { $unchanged } unchanged, { $revoked } revoked, { $ended } ended ({ $first }{ $more ->
    [yes] {" …"}
   *[no] {""}
})
intake-full-ends-much = Of { $before } rows of "{ $kind }" on record this full set ends { $ended }: { $first }{ $more ->
    [yes] {" …"}
   *[no] {""}
}
intake-full-ends-much-mend = If it is everything there is, nothing is to be done; if it is a part, send the whole list again, and parts with --mode differential
intake-unsaid-ends-much = Of { $before } rows of "{ $kind }" on record this sheet, taken as the full set that is due, ends { $ended }: { $first }{ $more ->
    [yes] {" …"}
   *[no] {""}
}
intake-unsaid-ends-much-mend = If it is the whole list, confirm it by sending it again with --mode full; if it is a part, send the other rows too
intake-nil-ends-much = Of { $before } rows of "{ $kind }" on record this nil report ends { $ended }: { $first }{ $more ->
    [yes] {" …"}
   *[no] {""}
}
intake-nil-ends-much-mend = If nothing exists any more, nothing is to be done; if nothing changed, send the list again, and use --mode nil
intake-looks-whole = Of { $before } rows of "{ $kind }" on record this sheet, which does not say what it is, names nearly all: { $absent } are not in it, { $first }{ $more ->
    [yes] {" …"}
   *[no] {""}
}; they stand
intake-looks-whole-mend = If they are no more, send the sheet again with --mode full; if they are, nothing is to be done
intake-cells-emptied = { $rows ->
    [one] One row has
   *[other] { $rows } rows have
} a value in "{ $column }" on record and an empty cell in this sheet: { $first }. The cells count as empty
intake-cells-emptied-mend = If nothing changed, write the value of the record into the cell and send the sheet again; if it is no more, nothing is to be done
intake-columns-unsaid = This sheet has no column { $columns }, which earlier ones have: of rows on record the earlier values stand
intake-columns-unsaid-mend = If they changed, add the column and send the sheet again; if not, nothing is to be done
intake-figures-greater = { $rows } rows of "{ $column }" are about ten thousand times what is on record: the measure may be wrong
intake-figures-greater-mend = Check the measure of "{ $column }" in this sheet; if it is wrong, mend it and send the sheet again; if the figures are right, nothing is to be done
intake-figures-smaller = { $rows } rows of "{ $column }" are about a ten thousandth of what is on record: the sheet may be in ten thousands without saying so
intake-figures-smaller-mend = Check the measure of "{ $column }" in this sheet; if it is in ten thousands, write （万元） into the header and send the sheet again; if the figures are right, nothing is to be done
intake-keys-unsaid = This sheet has no column { $columns }, by which earlier ones tell one event from another: each of its rows counts as a new event and neither corrects nor takes back one already reported
intake-keys-unsaid-mend = If the sheet corrects or takes back what was reported, add these columns and send it again, or it is counted twice; if all of it is new, nothing is to be done
intake-revoked-unknown = Row { $row } takes back what is not on record: { $keyed ->
    [no] no row says just the same
   *[yes] no row has the same { $columns }
}, so it took nothing back
intake-revoked-unknown-mend = Write { $keyed ->
    [no] the row
   *[yes] { $columns }
} as it was reported and send the sheet again; if the earlier report has not arrived yet, the row counts once it has, and nothing is to be done
intake-revoked-unknown-more = { $rows } more rows take back what is not on record
intake-revoked-unknown-more-mend = Write { $keyed ->
    [no] these rows
   *[yes] { $columns } of these rows
} as they were reported and send the sheet again
intake-mode-supplement = supplement of a set already accepted
intake-profile-proposed = { "  " }A layout profile is proposed in { $path }: complete it and confirm it once with gongzhi profile confirm
intake-annotated = { "  " }The issues are marked in { $path }
intake-upload-not-kept = The original could not be kept: { $why }
intake-no-file = No file was given; only a nil report (--mode nil) needs none

# Layout profiles
profile-line = { $path }  { $kind }  { $unit }  { $status }
profile-status-proposed = proposed
profile-status-confirmed = confirmed
profile-none = There are no layout profiles yet
profile-header-line = { "  " }{ $header } → { $use }
profile-use-action = row action
profile-use-ignore = ignored
profile-use-undecided = undecided
profile-set = Written to { $path }. When nothing is undecided, confirm it once: gongzhi profile confirm { $path } --as POST
profile-set-unconfirmed = Written to { $path }. It was confirmed before; changed, it is not used until it is confirmed again: gongzhi profile confirm { $path } --as POST
profile-set-confirmed = { $path } is as it was, and still confirmed
profile-set-column = { "  " }The template has no column "{ $column }"; it has: { $known }. Write ignore for what is not kept, action for what rows do
profile-set-column-nearest = { "  " }The template has no column "{ $column }", perhaps "{ $nearest }"? It has: { $known }. Write ignore for what is not kept, action for what rows do
profile-set-measure = { "  " }The measure that "{ $header }" names does not fit "{ $column }"; nothing was written. Name one that can be converted, like "HEADER={ $column }（measure）"; there are: { $known }
profile-not-set = { $path } was not changed:
profile-set-word = 　"{ $word }" should be HEADER=COLUMN or HEADER=ignore
profile-no-such-header = 　The profile has no header "{ $header }"; it has: { $known }
profile-confirmed = { $path } is confirmed: intake with the home folder { $home } uses it for sheets with these headers from now on
profile-not-confirmed = { $path } can't be confirmed yet
profile-not-used = The layout profile { $path } can not be read ({ $why }); it is not used, and the sheets go on without it. Mend the file (gongzhi profile list shows all), or remove it and take the sheet in again: it is proposed anew.
profile-unreadable = The layout profile { $path } can't be read: { $why }
profile-undecided = { "  " }Undecided headers: { $headers }. Name their columns, or write ignore
profile-no-such-column = { "  " }There is no column "{ $column }"
profile-column-twice = { "  " }Two headers map to "{ $column }"
profile-bad-measure = { "  " }The measure of "{ $header }" does not fit
profile-required-unmapped = { "  " }Columns that must be filled and have no header: { $headers }
profile-kind-unknown = { "  " }The catalogue has no "{ $kind }"

# Command line
help-intake = Check a unit's sheets and take them in
help-intake-files = Files
help-intake-item = Item or item.kind, like fiscal_subsidy or tax_related_case.auction
help-intake-unit = Reporting unit (name or key)
help-intake-period = Period: 2025, 2025Q1 or 2025-03
help-intake-mode = full, differential, nil or nothing-exists; without it, what the sheet says
help-intake-dry-run = Check only, keep nothing
help-intake-json = One line of JSON a file
help-intake-annotate = Write workbooks with the issues marked to this folder
help-intake-home = Folder of the data (default ./.gongzhi)
help-intake-catalog = Folder of the catalogue (default ./catalog, else the one built in)
help-intake-layer = Local catalogue laid on top, several may be given
help-profile = Layout profiles of foreign systems' sheets
help-profile-list = List the profiles
help-profile-list-home = Folder of the data (default ./.gongzhi)
help-profile-show = Show a profile
help-profile-show-file = Profile
help-profile-set = Say which column a header means, or that it is not kept
help-profile-set-file = Profile file
help-profile-set-uses = HEADER=COLUMN (key or header of the template) or HEADER=ignore, one or more
help-profile-set-catalog = Folder of the catalogue
help-profile-set-layer = Folder of local content laid over it
help-profile-confirm = Confirm a profile
help-profile-confirm-file = Profile
help-profile-confirm-by = Post of the person who confirms
help-profile-confirm-home = Folder of the data (default: the one the profile lies in, else ./.gongzhi)
help-profile-confirm-catalog = Folder of the catalogue
help-profile-confirm-layer = Local catalogue laid on top
intake-header-joined = This cell of the header holds two or more column names, so the names behind it stand over other columns; the rows were not checked
intake-header-joined-mend = Put each name into its own cell, over the column it names, and hand the sheet in again
intake-issues-alike = \u2003\u2003{ $count } more of the same in this column ({ $from } to { $to }); --json or --annotate has every one
