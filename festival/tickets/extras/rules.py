"""Extras, as the organiser makes, changes and deletes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from festival.db import change_one, db, transactional
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.team import audit, editing
from festival.tickets.extras.models import Extra, OrderedExtra
from festival.web.languages import Bilingual


class BelowOrdered(Refusal):
    """Kies minstens {taken}: zo veel zijn er al besteld."""


class ExtraHasOrders(Refusal):
    """Dit is al besteld, dus het blijft staan. Zet het liever uit."""


class KindFixed(Refusal):
    """Dit is al besteld. Of het bij een kaartje of bij een bestelling hoort, blijft dus zo."""


@transactional
def add_extras(
    edition: Edition, values: dict[str, Any], sizes: Sequence[str], *, now: datetime
) -> list[Extra]:
    """Add an extra, or one for each of `sizes`, each with the stock in `values`.

    Refuses with SlugTaken.
    """
    added = []
    for size in sizes or [""]:
        name = values["name"]
        if size:
            name = Bilingual(*(f"{each} {size}" if each else "" for each in (name.nl, name.en)))
        extra = Extra(edition_id=edition.id, taken=0)
        editing.save(extra, {**values, "name": name, "slug": editing.slug_of(name.nl or name.en)})
        audit.record("add_extra", f"extra {extra.slug}", now=now)
        added.append(extra)
    return added


@transactional
def change_extra(extra: Extra, values: dict[str, Any], *, seen: int, now: datetime) -> Extra:
    """Set the fields in `values`. What was ordered keeps its price and VAT.

    Refuses with ChangedMeanwhile, BelowOrdered or KindFixed.
    """
    editing.take_version(extra, seen)  # holds the row: who orders it goes before this, or after
    if values["capacity"] is not None and extra.taken > values["capacity"]:
        raise BelowOrdered(taken=extra.taken)
    if values["is_per_ticket"] != extra.is_per_ticket and _is_ordered(extra):
        raise KindFixed
    editing.save(extra, values)
    audit.record("change_extra", f"extra {extra.slug}", now=now)
    return extra


@transactional
def delete_extra(extra: Extra, *, now: datetime) -> None:
    """Delete an extra that nobody ever ordered. Refuses with ExtraHasOrders."""
    slug = extra.slug
    is_ordered = select(OrderedExtra).where(OrderedExtra.extra_id == extra.id).exists()
    if not change_one(delete(Extra).where(Extra.id == extra.id, Extra.taken == 0, ~is_ordered)):
        raise ExtraHasOrders
    db.session.expunge(extra)
    audit.record("delete_extra", f"extra {slug}", now=now)


def _is_ordered(extra: Extra) -> bool:
    ordered = select(OrderedExtra).where(OrderedExtra.extra_id == extra.id).exists()
    return bool(db.session.scalar(select(ordered)))
