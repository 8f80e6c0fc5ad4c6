"""What a buyer is shown before they order, and what changed in it since.

It goes along with the form as JSON. It needs no signature: it is only compared with what is sold
now, so whoever changes it is asked once more.
"""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from flask_babel import gettext as _

from festival import money
from festival.editions import dates
from festival.editions.models import Edition
from festival.tickets.models import TicketType


class ShownType(msgspec.Struct, frozen=True):
    """A ticket type as it was shown, in the language of the page."""

    name: str
    about: str  # who it is for and what one gets
    price_cents: int
    vat_percent: int
    days: list[date]


class ShownOffer(msgspec.Struct, frozen=True):
    """What the order form says: its ticket types by slug, and when to pay at the latest."""

    types: dict[str, ShownType] = {}
    due_on: date | None = None


def offer_of(edition: Edition, types: Iterable[TicketType], due_at: datetime | None) -> ShownOffer:
    """Returns what is sold now, as the form shows it in the language of the page."""
    return ShownOffer(
        {
            of.slug: ShownType(
                of.name.text(),
                f"{of.audience.text()} {of.description.text()}".strip(),
                of.price_cents,
                of.vat_percent,
                of.admits_on,
            )
            for of in types
        },
        edition.local(due_at).date() if due_at else None,
    )


def written(offer: ShownOffer) -> str:
    """Returns the offer as text for a field of the form."""
    return msgspec.json.encode(offer).decode()


def read(text: str) -> ShownOffer:
    """Returns the offer in such a text. What is not one has shown nothing."""
    try:
        return msgspec.json.decode(text, type=ShownOffer)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ShownOffer()


def changes(shown: ShownOffer, now: ShownOffer) -> list[str]:
    """Returns a sentence for each thing that is not as it was shown. A later due day is fine."""
    found = []
    for slug, of in now.types.items():
        before = shown.types.get(slug)
        if before is None:
            found.append(_("“%(name)s” kost %(price)s.", name=of.name, price=_price(of)))
        else:
            found += _type_changes(before, of)
    if now.due_on and shown.due_on and now.due_on < shown.due_on:
        found.append(
            _(
                "Je betaalt nu uiterlijk %(day)s; eerst was dat %(before)s.",
                day=dates.day(now.due_on),
                before=dates.day(shown.due_on),
            )
        )
    return found


def _type_changes(before: ShownType, of: ShownType) -> list[str]:
    found = []
    if before.name != of.name:
        found.append(_("“%(before)s” heet nu “%(name)s”.", before=before.name, name=of.name))
    if before.price_cents != of.price_cents:
        found.append(
            _(
                "“%(name)s” kost nu %(price)s; eerst was dat %(before)s.",
                name=of.name,
                price=_price(of),
                before=_price(before),
            )
        )
    if before.vat_percent != of.vat_percent:
        found.append(
            _(
                "In de prijs van “%(name)s” zit nu %(percent)s%% btw; eerst was dat %(before)s%%.",
                name=of.name,
                percent=of.vat_percent,
                before=before.vat_percent,
            )
        )
    if before.days != of.days:
        found.append(
            _(
                "“%(name)s” geldt nu op %(days)s; eerst was dat %(before)s.",
                name=of.name,
                days=dates.days(of.days),
                before=dates.days(before.days),
            )
        )
    if before.about != of.about:
        found.append(
            _("Bij “%(name)s” staat nu: “%(about)s”.", name=of.name, about=of.about)
            if of.about
            else _("Bij “%(name)s” staat nu geen uitleg meer.", name=of.name)
        )
    return found


def _price(of: ShownType) -> str:
    return money.shown(of.price_cents) if of.price_cents else _("niets")
