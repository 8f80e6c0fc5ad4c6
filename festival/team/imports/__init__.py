"""Importing rows of any kind from a spreadsheet: columns, names, the fate of each row, screens."""
