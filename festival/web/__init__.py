"""What is about http and pages, and about no capability: headers, languages, faults, limits."""
