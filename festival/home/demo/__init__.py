"""The demo edition: invented people and texts (the *.toml files here), and how they are loaded."""
