"""It is three weeks before the festival."""

from tests.clocks import before_the_festival

__all__ = ["before_the_festival"]
