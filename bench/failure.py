"""What ends a benchmark: numbers that nobody may believe."""


class BenchmarkFailed(Exception):
    """Something was measured that is not what it says; the message tells what."""
