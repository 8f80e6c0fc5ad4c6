"""Filters of the programme, as in the address of the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from festival import search, text
from festival.programme.models.sessions import ACCESS, KINDS, LEVELS
from festival.search import MOST_LETTERS


@dataclass(frozen=True, slots=True)
class FilterFacts:
    """What the filters look at in one part of the programme."""

    kind: str
    theme: str  # its slug, '' for none
    spoken: frozenset[str]  # codes of its languages
    stage: str  # its slug
    level: str
    min_age: int
    access: frozenset[str]  # of the session and its stage
    needs_booking: bool
    is_free: bool  # open without a ticket
    text: str  # all its words, normalised for searching


@dataclass(frozen=True)
class Filters:
    """The chosen filters. Empty values mean no filter."""

    text: str = ""
    kind: str = ""
    theme: str = ""
    language: str = ""
    stage: str = ""
    level: str = ""
    age: int | None = None  # of the youngest visitor in the group
    access: tuple[str, ...] = ()  # of models.ACCESS; all are required
    without_booking: bool = False
    only_free: bool = False
    only_with_places: bool = False

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def has_further(self) -> bool:
        """Whether any of the filters is chosen that the page keeps folded away."""
        return bool(self.level or self.access) or self.age is not None

    def as_arguments(self) -> dict[str, str | list[str]]:
        """Returns the filters as query arguments."""
        arguments: dict[str, str | list[str]] = {
            "q": self.text,
            "soort": self.kind,
            "thema": self.theme,
            "taal": self.language,
            "podium": self.stage,
            "niveau": self.level,
            "leeftijd": "" if self.age is None else str(self.age),
            "toegang": list(self.access),
            "zonder": "1" if self.without_booking else "",
            "gratis": "1" if self.only_free else "",
            "vrij": "1" if self.only_with_places else "",
        }
        return {name: value for name, value in arguments.items() if value}

    def let_through(self, topic: FilterFacts, wanted: Iterable[str]) -> bool:
        """Returns whether it fits, ignoring its places; `wanted` are normalised search words."""
        return (
            (not self.kind or topic.kind == self.kind)
            and (not self.theme or topic.theme == self.theme)
            and (not self.language or self.language in topic.spoken)
            and (not self.stage or topic.stage == self.stage)
            and (not self.level or topic.level == self.level)
            and (self.age is None or topic.min_age <= self.age)
            and topic.access.issuperset(self.access)
            and not (self.without_booking and topic.needs_booking)
            and (topic.is_free or not self.only_free)
            and search.holds_all(topic.text, wanted)
        )


def chosen(
    asked: MultiDict[str, str],
    *,
    themes: Sequence[str],
    stages: Sequence[str],
    languages: Sequence[str],
) -> Filters:
    """Returns the filters in the address, ignoring values that do not exist."""

    def one_of(name: str, known: Sequence[str]) -> str:
        return asked[name] if asked.get(name) in known else ""

    age = asked.get("leeftijd", "")
    return Filters(
        text=text.line(asked.get("q", "")[:MOST_LETTERS]),
        kind=one_of("soort", KINDS),
        theme=one_of("thema", themes),
        language=one_of("taal", languages),
        stage=one_of("podium", stages),
        level=one_of("niveau", LEVELS),
        age=int(age) if age.isascii() and age.isdigit() and len(age) <= 2 else None,
        access=tuple(each for each in ACCESS if each in asked.getlist("toegang")),
        without_booking=asked.get("zonder") == "1",
        only_free=asked.get("gratis") == "1",
        only_with_places=asked.get("vrij") == "1",
    )
