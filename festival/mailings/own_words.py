"""The sentences that the team wrote in automatic letters: kept, changed, put back and shown."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select

from festival.db import db, insert_or_lock, transactional
from festival.digests import digest
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.mail import fields, prose
from festival.mail.models import Letter
from festival.mail.prose import EditableLetter
from festival.mailings.models import LetterText, one_text_per_letter
from festival.team import audit
from festival.team.editing import ChangedMeanwhile
from festival.web.languages import LANGUAGES

# By language and block, what the team wrote; '' for ours.
Texts = Mapping[str, Mapping[str, str]]


class FieldMissing(Refusal):
    """Bij “{block}” moet {field} staan. Anders weet wie de brief krijgt niet waar hij over gaat."""


def look_up(name: str, edition: Edition, language: str) -> Mapping[str, str]:
    """Returns what the team wrote in a letter, by block."""
    row = db.session.scalar(
        select(LetterText).where(
            LetterText.edition_id == edition.id,
            LetterText.name == name,
            LetterText.language == language,
        )
    )
    return _blocks(row) if row else {}


def texts_of(edition: Edition, letter: EditableLetter) -> dict[str, dict[str, str]]:
    """Returns what the team wrote in each language, with '' where it did not."""
    ours = dict.fromkeys(prose.BLOCKS, "")
    return {each: {**ours, **look_up(letter.name, edition, each)} for each in LANGUAGES}


def changed_letters(edition: Edition) -> set[str]:
    """Returns the names of the letters in which the team wrote something."""
    return set(
        db.session.scalars(
            select(LetterText.name).where(
                LetterText.edition_id == edition.id,
                or_(LetterText.subject != "", LetterText.opening != "", LetterText.closing != ""),
            )
        )
    )


def seen(texts: Texts) -> str:
    """Returns by what `change_texts` knows that nobody changed these texts meanwhile."""
    return digest([texts[each][block] for each in LANGUAGES for block in prose.BLOCKS])


@transactional
def change_texts(
    edition: Edition, letter: EditableLetter, texts: Texts, *, seen_before: str, now: datetime
) -> None:
    """Keep what the team wrote; where a text is empty, ours stands in the letter.

    Refuses with UnknownField, LooseBrace, FieldMissing or ChangedMeanwhile.
    """
    for language in LANGUAGES:
        for block in letter.blocks:
            _check(letter, block, texts[language][block])
    _write(edition, letter, texts, seen_before)
    audit.record("change_letter", f"letter {letter.name}", now=now, edition=edition.slug)


@transactional
def put_back(edition: Edition, letter: EditableLetter, *, now: datetime) -> None:
    """Let the letter say what it says by itself, in both languages."""
    empty = {each: dict.fromkeys(prose.BLOCKS, "") for each in LANGUAGES}
    _write(edition, letter, empty, None)
    audit.record("put_letter_back", f"letter {letter.name}", now=now, edition=edition.slug)


def example(
    edition: Edition, letter: EditableLetter, language: str, *, now: datetime
) -> tuple[Letter, prose.Values] | None:
    """Returns the letter as somebody would get it, with its values; None without anything to show.

    Nothing is queued, and an invented row is not saved.
    """
    with prose.rehearsal() as written, db.session.no_autoflush:
        letter.example(edition, language, now)
    found = [each for each in written if each[0].name == letter.name]
    return found[0] if found else None


def our_texts(
    edition: Edition, letter: EditableLetter, language: str, *, now: datetime
) -> dict[str, str]:
    """Returns what each block says by itself, with fields in it; {} without an example."""
    with prose.unchanged():
        found = example(edition, letter, language, now=now)
    return prose.our_words(letter, language, found[1]) if found else {}


def _check(letter: EditableLetter, block: str, text: str) -> None:
    fields.check_fields(text, tuple(letter.fields))
    for name in letter.needed.get(block, ()) if text else ():
        if name not in fields.fields_in(text):
            raise FieldMissing(block=prose.BLOCK_WORDS[block], field=f"{{{name}}}")


def _write(edition: Edition, letter: EditableLetter, texts: Texts, before: str | None) -> None:
    rows = {
        language: insert_or_lock(
            LetterText,
            {"edition_id": edition.id, "name": letter.name, "language": language},
            unique=one_text_per_letter,
        )
        for language in LANGUAGES
    }
    if before is not None and before != seen({each: _blocks(row) for each, row in rows.items()}):
        raise ChangedMeanwhile
    for language, row in rows.items():
        for block in prose.BLOCKS:
            setattr(row, block, texts[language].get(block, ""))


def _blocks(row: LetterText) -> dict[str, str]:
    return {block: getattr(row, block) for block in prose.BLOCKS}
