"""The error that ends a benchmark whose numbers would be wrong."""


class BenchmarkFailed(Exception):
    """What was measured is not what it should be; the message says why."""
