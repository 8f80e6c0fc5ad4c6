"""Text that every program can read, for feeds, letters and spreadsheets."""

import re

# What XML 1.0 (Char, section 2.2) or iCalendar (RFC 5545, 3.1) cannot contain: control characters,
# lone surrogates and two non-characters. U+0085, U+2028 and U+2029 are allowed, but programs that
# split at every Unicode line end break lines there; so they count as line ends below.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def plain(text: str) -> str:
    """Returns `text` without characters that feeds cannot contain; all its line ends are `\\n`."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def line(text: str) -> str:
    """Returns `text` on one line."""
    return " ".join(plain(text).split())
