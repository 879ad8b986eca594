"""What a kind of record is: fields, values, conditions, plans and tables, without any I/O."""
