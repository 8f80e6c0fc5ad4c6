"""Spreadsheets in and out: the fate of each row, all of them or nothing, and there and back."""
