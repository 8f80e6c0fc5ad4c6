"""Texts as every reader can take them: feeds, letters, spreadsheets."""

import re

# What neither XML 1.0 (Char, section 2.2) nor iCalendar (RFC 5545, 3.1) can hold: control
# characters, half surrogates, the two non-characters. U+0085, U+2028 and U+2029 they can, but
# readers that split at every line end of Unicode break lines there.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def plain(text: str) -> str:
    """`text` without characters that no feed can hold, its line ends all `\\n`."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def line(text: str) -> str:
    """`text` on one line."""
    return " ".join(plain(text).split())
