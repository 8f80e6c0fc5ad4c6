"""The demo edition: invented people and texts (the *.toml files), and how they are loaded."""
