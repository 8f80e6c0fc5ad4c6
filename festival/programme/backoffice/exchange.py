"""Sessions and people as spreadsheets: out, and back in after a look at what it would change."""
