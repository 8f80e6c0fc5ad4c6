"""What a buyer is shown before they order, and what changed in it since.

It goes along with the form as JSON. It needs no signature: it is only compared with what is sold
now, so whoever changes it is asked once more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec
from flask_babel import gettext as _

from festival import money
from festival.editions import dates
from festival.editions.models import Edition
from festival.tickets import own_prices, small_business
from festival.tickets.extras.models import Extra
from festival.tickets.vouchers.prices import SoldTicket


class ShownType(msgspec.Struct, frozen=True):
    """A ticket type as it was shown, in the language of the page."""

    name: str
    about: str  # who it is for and what one gets
    price_cents: int
    vat_percent: int
    days: list[date]
    levels: list[int] = []  # pay what you can: the least, and two around the price


class ShownOffer(msgspec.Struct, frozen=True):
    """What the order form says: its ticket types by slug, extras, and when to pay at the latest."""

    types: dict[str, ShownType] = {}
    due_on: date | None = None
    # By the slugs of types: what each ticket costs that uses the code.
    with_code: dict[str, list[int]] = {}
    extras: dict[str, ShownType] = {}  # by their slugs


def offer_of(
    edition: Edition,
    sold: Sequence[SoldTicket],
    due_at: datetime | None,
    extras: Iterable[Extra] = (),
    *,
    now: datetime,
) -> ShownOffer:
    """Returns what is sold now, as the form shows it in the language of the page."""
    today = edition.local(now).date()
    with_code: defaultdict[str, list[int]] = defaultdict(list)
    for each in sold:
        if each.voucher is not None:
            with_code[each.type.slug].append(each.price_cents)
    is_kor = small_business.applies(today)
    return ShownOffer(
        {
            of.slug: ShownType(
                of.name.text(),
                f"{of.audience.text()} {of.description.text()}".strip(),
                of.price_cents,
                vat.percent if (vat := of.vat_on(today, is_kor=is_kor)) else 0,
                of.admits_on,
                own_prices.levels(of),
            )
            for of in dict.fromkeys(each.type for each in sold)
        },
        edition.local(due_at).date() if due_at else None,
        dict(with_code),
        {
            each.slug: ShownType(
                each.name.text(),
                each.description.text(),
                each.price_cents,
                vat.percent if (vat := each.vat_on(today, is_kor=is_kor)) else 0,
                [],
            )
            for each in extras
        },
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
        found += _type_changes(shown.types.get(slug), of)
        found += _code_changes(of, shown.with_code.get(slug, []), now.with_code.get(slug, []))
    for slug, of in now.extras.items():
        found += _type_changes(shown.extras.get(slug), of)
    if now.due_on and shown.due_on and now.due_on < shown.due_on:
        found.append(
            _(
                "Je betaalt nu uiterlijk %(day)s; eerst was dat %(before)s.",
                day=dates.day(now.due_on),
                before=dates.day(shown.due_on),
            )
        )
    return found


def _code_changes(of: ShownType, before: list[int], now: list[int]) -> list[str]:
    """Returns what is to be said about the code, of what it makes tickets of this type cost."""
    if sorted(before) == sorted(now):
        return []
    if not now:
        return [
            _(
                "Je code werkt niet meer voor “%(name)s”. Zonder code kost dat %(price)s.",
                name=of.name,
                price=_price(of.price_cents),
            )
        ]
    if before and len(now) < len(before):
        return [
            _(
                "Je code werkt nog voor %(number)s keer “%(name)s”; eerst was dat %(before)s keer.",
                number=len(now),
                name=of.name,
                before=len(before),
            )
        ]
    return [
        _(
            "Met je code kost “%(name)s” nu %(price)s.",
            name=of.name,
            price=_price(now[0]),
        )
    ]


def _type_changes(before: ShownType | None, of: ShownType) -> list[str]:
    if before is None:
        return [_("“%(name)s” kost %(price)s.", name=of.name, price=_price(of.price_cents))]
    found = []
    if before.name != of.name:
        found.append(_("“%(before)s” heet nu “%(name)s”.", before=before.name, name=of.name))
    if before.price_cents != of.price_cents:
        found.append(
            _(
                "“%(name)s” kost nu %(price)s; eerst was dat %(before)s.",
                name=of.name,
                price=_price(of.price_cents),
                before=_price(before.price_cents),
            )
        )
    if before.levels != of.levels:
        found.append(_levels_change(of))
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


def _levels_change(of: ShownType) -> str:
    if not of.levels:
        return str(_("Bij “%(name)s” kies je niet meer zelf wat je betaalt.", name=of.name))
    least, low, high = of.levels
    said = _(
        "Bij “%(name)s” kies je nu tussen %(low)s, %(price)s, %(high)s en een eigen bedrag vanaf"
        " %(least)s.",
        name=of.name,
        low=_price(low),
        price=_price(of.price_cents),
        high=_price(high),
        least=_price(least),
    )
    return str(said)


def _price(cents: int) -> str:
    return money.shown(cents) if cents else _("niets")
