"""The programme as other people's software reads it: calendars, frab's schedule, search engines."""
