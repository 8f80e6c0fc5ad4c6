"""The programme as other people's software reads it."""
