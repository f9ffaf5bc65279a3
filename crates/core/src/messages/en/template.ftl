template-workbook-failed = The workbook could not be written: { $why }.
template-too-many-rows = Sheet "{ $sheet }" has more than { $limit } rows, more than Excel holds; narrow the selection and try again.
