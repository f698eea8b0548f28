"""A county's scoring table (打分表) in a workbook, made into a standard's document."""
