"""The one cleaning of text: what people type, paste or import, and what other programs read.

`line` and `lines` clean everything that comes in: forms, spreadsheets, JSON and commands.
"""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
# Blanks that Unicode calls letters or symbols: people use them for a name that nobody sees.
_SEEN_AS_BLANK = re.compile("[\u2800\u3164\uffa0]")
# What nobody can see and some programs cannot read: control characters, lone surrogates and
# non-characters (XML 1.0, 2.2); marks, overrides and isolates of the direction of writing, which
# turn the text after them around (UAX 9); and other invisible characters (UAX 44,
# Default_Ignorable_Code_Point). Not the joiners and the tags of flags, which `_needed` judges, nor
# variation selectors, which choose the shape of the character before them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffc"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e001f"
    "\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(chr(plane * 0x10000 + 0xFFFE + last) for plane in range(1, 17) for last in (0, 1))
    + "]"
)
_BLACK_FLAG = "\U0001f3f4"  # with tags after it, it is the flag of England, Scotland or Wales
_JOINERS = re.compile(f"{_BLACK_FLAG}[\U000e0020-\U000e007f]+|[\u200c\u200d\U000e0020-\U000e007f]")
_VIRAMA = 9  # the combining class of signs after which Indic scripts need joiners


def plain(text: str) -> str:
    """Returns `text` without characters that nobody sees; all its line ends are `\\n`.

    Accents are composed (NFC). Blanks stay: this is for text that is laid out already.
    """
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return text if text.isascii() else unicodedata.normalize("NFC", _JOINERS.sub(_needed, text))


def lines(text: str) -> str:
    """Returns what was typed in a field of several lines, clean, or '' if there is nothing to see.

    Blanks are folded into one, and gone from both ends of each line.
    """
    text = _BLANKS.sub(" ", _SEEN_AS_BLANK.sub(" ", plain(text)))
    text = "\n".join(each.strip() for each in text.split("\n")).strip()
    return text if any(unicodedata.category(sign)[0] in "LNPS" for sign in text) else ""


# A dot between two words, as in an address, however it is written and whatever is hidden there.
_DOT = re.compile(
    r"(?<=\S)([.\u2024\u3002\uff0e\uff61])(?=[\u00ad\u200b-\u200f\u2060\ufeff]*(?!\d+\b)\w[\w-])"
)


def unlinked(text: object) -> str:
    """Returns `text` without anything that programs make into a link: `bit.ly/a` gets a space.

    For what strangers type and others receive: in letters, on paper and in calendars.
    `J. de Vries`, `A.B.C.` and `13.30` stay as they are, and `St.Jan` becomes `St. Jan`.
    """
    return _DOT.sub(r"\1 ", str(text)).replace("://", ": //")


def line(text: str) -> str:
    """Returns what was typed in a field of one line, clean, or '' if there is nothing to see."""
    return " ".join(lines(text).split())


def _needed(found: re.Match[str]) -> str:
    """Returns a joiner or tags where a script or an emoji needs them, and '' elsewhere."""
    if found[0][0] == _BLACK_FLAG:
        return found[0]
    text, start, end = found.string, found.start(), found.end()
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    if found[0] > "\u200d" or not before:
        return ""
    is_joining = _can_join(before) and _can_join(after)
    return found[0] if is_joining or unicodedata.combining(before) == _VIRAMA else ""


def _can_join(sign: str) -> bool:
    """Returns whether `sign` is of a script that joins its letters, or of an emoji."""
    # Latin, Greek, Cyrillic and Armenian come before Hebrew, and more Latin and Greek from 1E00.
    is_joining = sign >= "\u0590" and not "\u1e00" <= sign <= "\u1fff"
    return is_joining and unicodedata.category(sign)[0] in "LMS"
