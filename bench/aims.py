"""The aims, and the sums by which they are judged."""

from collections.abc import Mapping
from dataclasses import dataclass

# What the whole benchmark promises besides shares of hello's requests per second.
PDF_TIMES_REPORTLAB = 4.0
COLD_START_SECONDS = 2.0
TEN_TIMES_COSTS = 2.0
PROGRAMME_QUERIES = 8


@dataclass(frozen=True)
class Aim:
    """At least 1/`of_hello` as many per second as the trivial page, on PostgreSQL."""

    of_hello: float

    def is_met(self, ratio: float) -> bool:
        """Whether `ratio` (see `times_hello`) is good enough."""
        return ratio <= self.of_hello


def times_hello(hello_per_second: float, per_second: float) -> float:
    """How many hellos are answered in the time of one of these."""
    if hello_per_second <= 0 or per_second <= 0:
        raise ValueError("nothing was answered")
    return hello_per_second / per_second


def best(per_second: Mapping[int, float]) -> float:
    """The most that was answered per second, at whichever number of clients that was."""
    return max(per_second.values())


def median(numbers: list[float]) -> float:
    """The number in the middle; of an even number of them, the mean of the two."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[-middle - 1]) / 2
