"""The public pages about tickets: the types on offer, and "send my tickets again"."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.editions import dates as edition_dates
from festival.editions import queries as editions
from festival.editions.models import Edition
from festival.team.access import holder, public
from festival.tickets import dates, holding, queries, rules
from festival.tickets.forms import ConfirmForm, SendAgainForm
from festival.tickets.models import TicketType
from festival.web import languages, limits
from festival.web.limits import PER_ADDRESS, limiter, typed
from festival.web.pages import public_page
from festival.web.same_time import same_time

bp = Blueprint("tickets", __name__)


_FROM_EVERYWHERE = "1000 per hour"


def _guessed_wrong(_response: Response) -> bool:
    wrong = bool(g.get("wrong_code"))
    if wrong:
        limits.take("wrong ticket codes", "everywhere", _FROM_EVERYWHERE)
    return wrong


def _guesses() -> str:
    """Returns how many wrong codes one network may try; few while somebody tries them all."""
    everywhere = limits.is_used_up("wrong ticket codes", "everywhere", _FROM_EVERYWHERE)
    return "5 per hour" if everywhere else "60 per hour"


def _types_no_code() -> bool:
    return not typed_code()


# Only wrong codes count, over all pages that take one. Many people may share an IP address, so
# visitors without a code are exempt: the guesses of one do not close the shop for the others.
limit_guesses = limiter.shared_limit(
    _guesses, scope="ticket codes", deduct_when=_guessed_wrong, exempt_when=_types_no_code
)


@bp.get("/kaartjes")
@public
@limit_guesses
@public_page
def choose() -> str | BaseResponse:
    """Shows the ticket types and their prices, and asks how many of each."""
    edition = editions.current_edition()
    if edition is None:
        return redirect("/")
    return choose_page(edition, chosen_numbers())


@bp.get("/kaartjes/opnieuw")
@public
def again() -> str:
    """Asks for the e-mail address to which the tickets are sent again."""
    return _again_page(SendAgainForm())


@bp.post("/kaartjes/opnieuw")
@public
@limiter.limit("120 per minute; 5000 per day")
@limiter.limit("3 per 10 minute; 10 per day", key_func=typed("email"), error_message=PER_ADDRESS)
def send_again() -> BaseResponse | tuple[str, int]:
    """Send the tickets again. The response is the same for a known and an unknown address.

    Counted by the address that was typed: everybody at the festival has the same network.
    """
    form = SendAgainForm()
    if not form.validate():
        return _again_page(form), 422
    with same_time():
        edition = editions.current_edition()
        if edition is not None:
            language = languages.current()
            rules.send_again(edition, form.email.data, language=language, now=clock.now())
    return redirect(url_for("tickets.sent_again"), 303)


@bp.get("/kaartjes/opnieuw/verstuurd")
@public
def sent_again() -> str:
    """Says that the mail is on its way if the address is known."""
    return render_template("tickets/sent_again.html", edition=editions.current_edition())


@bp.route("/adres/<secret>", methods=["GET", "POST"])
@holder
def this_is_me(secret: str) -> str | BaseResponse:
    """Asks the owner of a mailbox to say so. Opening it changes nothing: mail scanners do that."""
    mailbox = queries.mailbox_by_secret(secret) or abort(404)
    form = ConfirmForm()
    if form.validate_on_submit():
        holding.confirm_mailbox(mailbox, now=clock.now())
        return redirect(url_for("tickets.this_is_me", secret=secret), 303)
    return render_template(
        "tickets/this_is_me.html",
        uses_session=True,
        edition=editions.current_edition(),
        mailbox=mailbox,
        form=form,
    )


def choose_page(edition: Edition, numbers: Mapping[str, int], problem: str = "") -> str:
    """Renders the ticket types, with `numbers` chosen by slug."""
    offers = queries.offers(visible_types(edition), now=clock.now())
    return render_template(
        "tickets/choose.html",
        edition=edition,
        offers=offers,
        numbers=numbers,
        code=typed_code(),
        is_wrong_code=bool(typed_code()) and g.wrong_code,
        problem=problem,
        days=edition_dates.days,
        moment=dates.moment,
    )


def visible_types(edition: Edition) -> list[TicketType]:
    """Returns the types that the code in the address opens. Sets g.wrong_code for a wrong one."""
    code = typed_code()
    # Every type is compared with the code, so that the time gives nothing away.
    seen = [(each.opens_with(code), each) for each in queries.ticket_types(edition)]
    types = [each for may_see, each in seen if may_see]
    opens_none = bool(code) and not any(each.code for each in types)
    g.wrong_code = opens_none or g.get("wrong_code", False)
    return types


def chosen_numbers() -> dict[str, int]:
    """Returns how many of each type (by slug) the address asks for: `?n-weekend=2`."""
    numbers = {}
    for name, value in request.args.items():
        if name.startswith("n-") and value.isdecimal() and len(value) < 4 and int(value):
            numbers[name.removeprefix("n-")] = int(value)
    return numbers


def typed_code() -> str:
    """Returns the code for hidden types in the address; '' if there is none."""
    return request.args.get("code", "")[:40]


def _again_page(form: SendAgainForm) -> str:
    return render_template(
        "tickets/again.html", uses_session=True, edition=editions.current_edition(), form=form
    )
