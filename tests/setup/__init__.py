"""Setting up and running the demo, also where something is in the way."""
