"""HTTP and pages, apart from any capability: headers, languages, error pages, rate limits."""
