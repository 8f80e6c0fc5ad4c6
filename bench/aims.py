"""The aims, and the calculations by which they are judged."""

from collections.abc import Mapping
from dataclasses import dataclass

# Aims of the benchmark that are not a share of hello's requests per second.
PDF_TIMES_REPORTLAB = 4.0
COLD_START_SECONDS = 2.0
TEN_TIMES_COSTS = 2.0
PROGRAMME_QUERIES = 8
DEAR_WORK_SLOWS = 3.0  # p95 of a visitor's page, beside sixteen who ask for ordinary pages
UPLOAD_MB = 300.0


@dataclass(frozen=True)
class Aim:
    """At least 1/`of_hello` of the trivial page's requests per second, on PostgreSQL."""

    of_hello: float

    def is_met(self, ratio: float) -> bool:
        """Returns whether `ratio` (see `times_hello`) is good enough."""
        return ratio <= self.of_hello


def times_hello(hello_per_second: float, per_second: float) -> float:
    """Returns how many hellos take as long as one of these.

    Raises ValueError if either number is not positive.
    """
    if hello_per_second <= 0 or per_second <= 0:
        raise ValueError("nothing was answered")
    return hello_per_second / per_second


def best(per_second: Mapping[int, float]) -> float:
    """Returns the most requests per second, with whichever number of clients that was."""
    return max(per_second.values())


def median(numbers: list[float]) -> float:
    """Returns the median of `numbers`."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[-middle - 1]) / 2
