"""What a visitor chose in the shop: numbers of tickets, a code, and the hold that keeps them.

It stands in the address of each step, so that a link, the back button and a closed tab lose
nothing.
"""

from datetime import datetime
from urllib.parse import urlencode

from flask import current_app, g, request, session, url_for
from werkzeug.datastructures import MultiDict

from festival.digests import digest
from festival.editions.models import Edition
from festival.tickets import own_prices, queries
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import Hold
from festival.tickets.holds.queries import hold_by_secret, places_held
from festival.tickets.models import TicketType, Voucher
from festival.tickets.rules import ordering
from festival.tickets.vouchers import prices
from festival.tickets.vouchers.queries import voucher_of
from festival.web import limits

HOLD = "vast"  # in the address, and in the order form
_IN_SESSION = "hold"


def asked() -> MultiDict[str, str]:
    """Returns what the visitor asks for: the address, or the form of the shop."""
    return request.form if request.endpoint == "tickets.hold" else request.args


def chosen_numbers() -> dict[str, int]:
    """Returns how many of each type (by slug) are asked for: `?n-weekend=2`."""
    numbers = {}
    for name, value in asked().items():
        if name.startswith("n-") and value.isdecimal() and len(value) < 4 and int(value):
            numbers[name.removeprefix("n-")] = int(value)
    return numbers


def types_asked_for(edition: Edition) -> list[TicketType]:
    """Returns the type of each ticket that is asked for, in the order in which types are shown.

    Refuses with NothingChosen, TooManyTogether, or UnknownType for what the code does not open.
    """
    numbers = chosen_numbers()
    if not numbers:
        raise ordering.NothingChosen
    if sum(numbers.values()) > ordering.MOST_TICKETS:
        raise ordering.TooManyTogether(most=ordering.MOST_TICKETS)
    types = queries.types_by_slugs(edition, numbers)
    voucher = typed_voucher(edition)
    if len(types) < len(numbers) or not all(ordering.is_open(of, voucher) for of in types):
        raise ordering.UnknownType
    return [each for each in types for _ticket in range(numbers[each.slug])]


def typed_voucher(edition: Edition) -> Voucher | None:
    """Returns the voucher that is asked for, if there is one. Sets g.wrong_code for a wrong code.

    A code that worked once is not a guess, even if it is over.
    """
    voucher = voucher_of(edition, typed_code())
    g.wrong_code = voucher is None and bool(typed_code())
    return voucher


def typed_code() -> str:
    """Returns the code of a voucher that is asked for; '' if there is none."""
    return asked().get("code", "")[:40]


def without_along(endpoint: str) -> str:
    """Returns the address of the page with all that this address asks for but the workshop."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "plek"]
    return url_for(endpoint) + (f"?{urlencode(kept)}" if kept else "")


def keep(edition: Edition, types: list[TicketType], *, now: datetime) -> Hold | None:
    """Keep these tickets instead of what this page and this browser kept. See hold_tickets.

    Refuses what ordering them would refuse.
    """
    voucher, earlier = typed_voucher(edition), held_secrets()
    sold = prices.priced(types, voucher, own_prices.amounts(asked(), types), now=now)
    ordering.check_voucher(sold, voucher, now=now)
    ordering.check_types(edition, sold, places_held(earlier), now=now)
    return holds.hold_tickets(edition, sold, instead_of=earlier, network=network(), now=now)


def held_secret() -> str:
    """Returns the secret of the hold that this page or browser has; '' for none.

    An address whose hold is over gives way to what the browser has: the tickets were kept again.
    """
    if in_form := request.form.get(HOLD, ""):
        return in_form
    in_address, in_session = request.args.get(HOLD, ""), _secret_in_session()
    if not in_address:
        return in_session
    is_over = in_session and hold_by_secret(in_address) is None
    return in_session if is_over and hold_by_secret(in_session) else in_address


def held_secrets() -> list[str]:
    """Returns the secrets of all holds that this page and this browser have."""
    return [held_secret(), _secret_in_session()]


def address_with(hold: Hold | None, endpoint: str = "payments.checkout") -> str:
    """Returns the address of the order form, or of another page, for what is asked for."""
    numbers = chosen_numbers()
    names = ["code", "plek"]
    for slug in numbers:
        names += [f"n-{slug}", f"prijs-{slug}", f"bedrag-{slug}"]
    fields = [(name, value) for name in names if (value := asked().get(name))]
    kept = [(HOLD, hold.secret)] if hold else []
    return url_for(endpoint) + "?" + urlencode([*fields, *kept])


def remember(hold: Hold | None, address: str = "") -> None:
    """Let this browser find the hold again, and what was chosen with it; None forgets it."""
    session.pop(_IN_SESSION, None)
    if hold:
        session[_IN_SESSION] = [hold.secret, address]


def remembered_address() -> str:
    """Returns the address of the order form that this browser was at; '' if there is none."""
    return str(session.get(_IN_SESSION, ["", ""])[1])


def network() -> str:
    """Returns a digest of the network that the request came from: its holds are counted together.

    It says nothing about who that is to whoever reads the database without our key.
    """
    return digest(current_app.config["SECRET_KEY"], limits.source())


def _secret_in_session() -> str:
    return str(session.get(_IN_SESSION, ["", ""])[0])
