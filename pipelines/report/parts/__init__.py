"""What every page is made of: the marts as read, words and numbers, tiles, tables, charts, marks, the header."""
