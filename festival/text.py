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


# A dot between two words, as in an address, however it is written and whatever is hidden there.
_DOT = re.compile(
    r"(?<=\S)([.\u2024\u3002\uff0e\uff61])(?=[\u00ad\u200b-\u200f\u2060\ufeff]*(?!\d+\b)\w[\w-])"
)


def unlinked(text: object) -> str:
    """Returns `text` without anything that mail programs make into a link: `bit.ly/a` gets a space.

    For what strangers type and others receive. `J. de Vries`, `A.B.C.` and `13.30` stay as they
    are, and `St.Jan` becomes `St. Jan`.
    """
    return _DOT.sub(r"\1 ", str(text)).replace("://", ": //")


def line(text: str) -> str:
    """Returns `text` on one line."""
    return " ".join(plain(text).split())
