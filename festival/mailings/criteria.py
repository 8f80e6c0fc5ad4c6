"""What is ticked in the filters of a mailing."""

from collections.abc import Mapping, Sequence

# By key of a filter, the values that are ticked.
Criteria = Mapping[str, Sequence[str]]
