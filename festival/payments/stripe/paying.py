"""Rule, call, rule: what asks Stripe between two rules, never inside one.

Raises Unclear where Stripe does not answer; what was asked for may then be done or not, and can be
asked for again.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from flask_babel import gettext as _

from festival import text
from festival.errors import Refusal
from festival.payments import due
from festival.payments.stripe import client, queries, rules
from festival.payments.stripe.client import Busy, Checkout, NewCheckout, StripeRefused, Unclear
from festival.payments.stripe.models import PaymentAttempt
from festival.tickets.models import Order
from festival.web import languages

Clock = Callable[[], datetime]

# A page that closes sooner than this is not worth going to.
_LEAST_LEFT = timedelta(minutes=5)
# After so long in the dark the team may give an attempt up, also if Stripe never answers again.
GIVE_UP_AFTER = timedelta(days=3)


class CannotPayNow(Refusal):
    """De betaalpagina is nu even niet bereikbaar. Er is niets afgeschreven. Probeer het zo nog een
    keer, of maak het bedrag over."""

    status = 503


class StripeSilent(Refusal):
    """Stripe antwoordt nu niet. Opgeven kan zodra Stripe zegt dat het deze betaling niet kent, of
    na drie dagen zonder antwoord. Probeer het later nog eens."""


def start(order: Order, read_clock: Clock) -> str:
    """Returns the address of the page on which to pay what is due.

    An open page is opened again, unless it asks for another amount or is about to close. Refuses
    as rules.begin_attempt, or with CannotPayNow.
    """
    try:
        attempt = rules.begin_attempt(order, now=read_clock())
        if attempt.session_id:  # is the open page still open, or was it paid a moment ago?
            ask(attempt, read_clock)
        if attempt.state not in {"begun", "open"} or not _is_of_use(attempt, read_clock()):
            close(attempt, read_clock)
            attempt = rules.begin_attempt(order, now=read_clock())
        if attempt.state == "begun":
            _open(attempt, read_clock)
    except (Unclear, StripeRefused) as fault:
        raise CannotPayNow from fault
    if not attempt.url:
        raise CannotPayNow
    return attempt.url


def ask(attempt: PaymentAttempt, read_clock: Clock) -> Checkout | None:
    """Ask Stripe about `attempt` and settle it. None if it never got a session and is over.

    Raises Unclear, or StripeRefused if Stripe does not know its session.
    """
    if attempt.session_id is None:
        if attempt.state == "expired":
            return None
        if attempt.expires_at <= read_clock():
            rules.drop_attempt(attempt)
            return None
        return _open(attempt, read_clock)
    checkout = client.fetch_checkout(attempt.session_id)
    rules.settle_attempt(attempt, checkout, now=read_clock())
    return checkout


def close(attempt: PaymentAttempt, read_clock: Clock) -> None:
    """Settle `attempt`, and end it if nobody paid yet. Money on its way cannot be stopped."""
    checkout = ask(attempt, read_clock)
    if checkout is None or checkout.state != "open":
        return
    with suppress(StripeRefused):  # paid or expired a moment ago: the next answer says which
        client.expire_checkout(checkout.id)
    ask(attempt, read_clock)


def give_up(attempt: PaymentAttempt, reason: str, read_clock: Clock) -> bool:
    """Give up a stuck attempt that Stripe does not know. False: Stripe answered after all.

    Stripe is not asked about one that never got a session and is over: nobody can have paid.
    Refuses with StripeSilent while Stripe says nothing and GIVE_UP_AFTER has not passed, or as
    rules.give_up_attempt.
    """
    if not text.line(reason):
        raise rules.WhyGiveUp
    is_known = attempt.session_id is not None or attempt.expires_at > read_clock()
    try:
        if is_known and (ask(attempt, read_clock) or attempt.stuck_at is None):
            return False
    except StripeRefused:
        pass
    except Unclear as fault:
        now = read_clock()
        if now - (attempt.stuck_at or now) < GIVE_UP_AFTER:
            raise StripeSilent from fault
    rules.give_up_attempt(attempt, reason, now=read_clock())
    return True


def close_all(order: Order, read_clock: Clock) -> None:
    """Close the attempt by which `order` may still be paid; if that is unclear, say so to the team.

    For whoever is about to end the order: what is paid after that is paid back. Where Stripe was
    too busy with others to be asked, the worker closes it.
    """
    if attempt := queries.live_attempt(order):
        try:
            close(attempt, read_clock)
        except Busy:
            return
        except (Unclear, StripeRefused) as fault:
            rules.mark_stuck(attempt, str(fault), now=read_clock())


def _open(attempt: PaymentAttempt, read_clock: Clock) -> Checkout:
    checkout = client.create_checkout(_new(attempt))
    rules.settle_attempt(attempt, checkout, now=read_clock())
    return checkout


def _is_of_use(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether the page of a live attempt asks for what is due now, for long enough."""
    to_pay = due.due_now(attempt.order)
    is_right = to_pay is not None and attempt.amount_cents == to_pay.cents
    return is_right and attempt.expires_at - now >= _LEAST_LEFT


def _new(attempt: PaymentAttempt) -> NewCheckout:
    """Returns what the session of `attempt` is made of: each time the same."""
    order = attempt.order
    with languages.speaking(attempt.language):
        description = _(
            "%(festival)s, bestelling %(code)s", festival=order.edition.name, code=order.code
        )
    return NewCheckout(
        order_code=order.code,
        attempt=attempt.number,
        amount_cents=attempt.amount_cents,
        description=description,
        language=attempt.language,
        expires_at=attempt.expires_at,
        success_url=languages.url_in(attempt.language, "stripe.back", secret=order.secret),
        cancel_url=languages.url_in(attempt.language, "stripe.back", secret=order.secret, terug=1),
        without=client.SLOW_METHODS if attempt.excludes_slow else (),
    )
