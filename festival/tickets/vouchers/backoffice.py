"""The organiser's screens for vouchers."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from festival import clock, codes, money, pdf
from festival.db import db
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.editions.models import Edition
from festival.lanes import FOR_VISITORS
from festival.memory import Memory
from festival.team import exports, lists
from festival.team.access import team
from festival.team.saving import Answer, apply_rule, save_form, seen_version
from festival.tickets import queries as tickets
from festival.tickets.forms import ConfirmForm
from festival.tickets.models import Voucher
from festival.tickets.vouchers import batches, code_sheet, fund, queries, rules
from festival.tickets.vouchers.batches import BatchChange
from festival.tickets.vouchers.forms import BatchForm, FundForm, NewVoucherForm, VoucherForm, fill
from festival.tickets.vouchers.prices import why_not
from festival.web import languages
from festival.web.forms import asked
from festival.web.logs import log

bp = Blueprint("vouchers_team", __name__, url_prefix="/team/codes")
keep_edition_in_addresses(bp)

_COLUMNS = {
    "code": Voucher.code_key,
    "tag": Voucher.tag_key,
    "used": Voucher.used,
    "made": Voucher.id,
}
_MOST_ON_PAPER = 1000
# Kept by a digest of all that is on it; a thousand codes take half a megabyte.
_sheets: Memory[bytes, bytes] = Memory(
    most=16, most_bytes=8 * 1024 * 1024, size=len, lane=FOR_VISITORS
)


@bp.get("/")
@team("organiser")
def index() -> str:
    """Lists the vouchers of the edition, with how often each was used."""
    edition = working_edition()
    wanted = _asked()
    return render_template(
        "tickets/team/codes.html",
        edition=edition,
        listing=lists.listing(queries.vouchers(edition, **wanted), _COLUMNS, default="-made"),
        pools=tickets.pools(edition),
        tags=[(each, each) for each in queries.tags(edition)],
        **wanted,
        is_filtered=any(wanted.values()),
        effect=effect,
        state=state,
    )


@bp.route("/nieuw", methods=["GET", "POST"])
@team("organiser")
def add() -> Answer:
    """Make a voucher, or many at once."""
    edition = working_edition()
    form = NewVoucherForm()
    _fill(form, edition, None)
    if request.method == "GET":
        form.number.data, form.form_key.data = 1, codes.secret()
        if "potje" in request.args:
            form.is_solidarity.data, form.effect.data, form.uses.data = True, "free", 1
    made, problems, status = save_form(
        form,
        lambda: rules.add_vouchers(
            edition, form.values, form.codes_to_make, form_key=form.sent, now=clock.now()
        ),
    )
    if made and len(made) == 1:
        flash(_("De code %(code)s staat erbij.", code=made[0].code), "good")
        return redirect(url_for("vouchers_team.change", code=made[0].key), 303)
    if made:
        flash(_("%(number)s codes staan erbij.", number=len(made)), "good")
        return redirect(url_for("vouchers_team.index", label=made[0].tag), 303)
    return _page(edition, None, form, problems), status


@bp.route("/label", methods=["GET", "POST"])
@team("organiser")
def change_batch() -> Answer:
    """Change all vouchers of the label in ?label= at once."""
    edition = working_edition()
    tag = request.args.get("label", "")[:40]
    batch = batches.vouchers_of(edition, tag) if tag else ()
    if not batch:
        abort(404)
    form = BatchForm()
    if request.method == "GET":
        form.seen.data = str(len(batch))
    changed, problems, status = save_form(form, lambda: _change_batch(edition, tag, form))
    if changed:
        flash(
            ngettext("%(num)s code is gewijzigd.", "%(num)s codes zijn gewijzigd.", changed), "good"
        )
        return redirect(url_for("vouchers_team.index", label=tag), 303)
    batch = batches.vouchers_of(edition, tag)
    form.seen.data = str(len(batch))  # what this page shows
    page = render_template(
        "tickets/team/batch.html",
        edition=edition,
        tag=tag,
        number=len(batch),
        used=sum(each.used for each in batch),
        off=sum(each.off_at is not None for each in batch),
        form=form,
        problems=problems,
    )
    return page, status


@bp.route("/potje", methods=["GET", "POST"])
@team("organiser")
def solidarity() -> Answer:
    """Shows the solidarity fund, and sets what a ticket takes out of it."""
    edition = working_edition()
    stands = fund.standing(edition)
    form = FundForm()
    if request.method == "GET" and stands:
        form.ticket_cents.data = stands.ticket_cents
    changed, problems, status = save_form(
        form,
        lambda: fund.set_ticket_price(edition, form.ticket_cents.data or 0, now=clock.now()),
    )
    if changed:
        flash(_("Dit is bewaard."), "good")
        return redirect(url_for("vouchers_team.solidarity"), 303)
    page = render_template(
        "tickets/team/fund.html",
        edition=edition,
        fund=stands,
        partners=fund.partners(edition),
        form=form,
        problems=problems,
    )
    return page, status


@bp.get("/lijst.csv")
@team("organiser")
def codes_csv() -> Response:
    """Serves the codes of the list as a CSV file."""
    edition = working_edition()
    heads = ["code", "effect", "types", "uses", "used", "max_per_order"]
    heads += ["valid_from", "valid_until", "state", "tag", "note"]
    return exports.csv_response("codes", heads, _rows(edition))


@bp.get("/lijst.pdf")
@team("organiser")
def codes_pdf() -> Answer:
    """Serves the codes of the list on A4, to cut out and hand over."""
    edition = working_edition()
    html = render_template(
        "pdf/codes.html",
        edition=edition,
        language=languages.current(),
        pages=code_sheet.pages_of(
            _listed(edition)[:_MOST_ON_PAPER],
            effect=effect,
            shop=languages.url_in(languages.current(), "tickets.choose").partition("://")[2],
        ),
    )
    digest = blake2b(html.encode("utf-8", "replace"), digest_size=16).digest()
    try:
        made = _sheets.get(digest, make=lambda: pdf.make(html, style="codes"))
    except pdf.CannotMakePdf:
        log.exception("no PDF libraries")
        flash(_("Deze server kan nu geen PDF maken. Vraag het de beheerder."), "bad")
        return redirect(lists.as_asked(url_for("vouchers_team.index")), 303)
    response = Response(made, content_type="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename="codes.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/<code>", methods=["GET", "POST"])
@team("organiser")
def change(code: str) -> Answer:
    """Change a voucher."""
    edition = working_edition()
    voucher = _voucher(edition, code)
    form = VoucherForm()
    _fill(form, edition, voucher)
    changed, problems, status = save_form(
        form,
        lambda: rules.change_voucher(
            voucher, form.values, seen=seen_version(form), now=clock.now()
        ),
    )
    if changed:
        flash(_("De code %(code)s is gewijzigd.", code=changed.code), "good")
        return redirect(url_for("vouchers_team.index"), 303)
    return _page(edition, voucher, form, problems), status


@bp.post("/<code>/uit")
@team("organiser")
def switch_off(code: str) -> Answer:
    """Switch the voucher off."""
    voucher = _voucher(working_edition(), code)
    page = url_for("vouchers_team.change", code=voucher.key)
    return apply_rule(
        lambda: rules.switch_off(voucher, now=clock.now()),
        _("De code %(code)s werkt niet meer.", code=voucher.code),
        back=page,
        to=page,
    )


@bp.post("/<code>/aan")
@team("organiser")
def switch_on(code: str) -> Answer:
    """Switch the voucher on again."""
    voucher = _voucher(working_edition(), code)
    page = url_for("vouchers_team.change", code=voucher.key)
    return apply_rule(
        lambda: rules.switch_on(voucher, now=clock.now()),
        _("De code %(code)s werkt weer.", code=voucher.code),
        back=page,
        to=page,
    )


def effect(voucher: Voucher) -> str:
    """Returns what the voucher does to a price, in a few words."""
    match voucher.effect:
        case "fixed":
            return str(_("voor %(price)s", price=money.shown(voucher.value)))
        case "percent":
            return str(_("%(percent)s%% korting", percent=voucher.value))
        case "amount":
            return str(_("%(amount)s korting", amount=money.shown(voucher.value)))
        case "free":
            return str(_("gratis, uit het potje") if voucher.is_solidarity else _("gratis"))
    return str(_("opent kaartjes"))


def state(voucher: Voucher) -> str:
    """Returns why the voucher does not work now; '' if it does."""
    refusal = why_not(voucher, now=clock.now(), asks_fund=False)
    words = {
        "VoucherOff": _("uitgezet"),
        "VoucherSoon": _("nog niet geldig"),
        "VoucherExpired": _("verlopen"),
        "VoucherGone": _("op"),
    }
    return str(words[refusal.code]) if refusal else ""


def _asked() -> dict[str, Any]:
    return {
        "text": asked("q"),
        "tag": request.args.get("label", "")[:40],
        "pool": asked("contingent"),
        "standing": request.args.get("stand", ""),
    }


def _listed(edition: Edition) -> list[Voucher]:
    query = queries.vouchers(edition, **_asked()).order_by(Voucher.id)
    return list(db.session.scalars(query))


def _rows(edition: Edition) -> Iterator[tuple[exports.Cell, ...]]:
    def local(at: Any) -> Any:
        return edition.local(at).replace(tzinfo=None) if at else None

    for each in _listed(edition):
        yield (
            each.code,
            effect(each),
            "; ".join(str(of.name) for of in each.types),
            each.uses,
            each.used,
            each.max_per_order,
            local(each.valid_from),
            local(each.valid_until),
            state(each),
            each.tag,
            each.note,
        )


def _change_batch(edition: Edition, tag: str, form: BatchForm) -> int:
    until = form.valid_until.data
    wanted = BatchChange(
        form.what.data, edition.moment(until.date(), until.time()) if until else None
    )
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else 0
    return batches.change_batch(edition, tag, wanted, seen=seen, now=clock.now())


def _voucher(edition: Edition, code: str) -> Voucher:
    return queries.voucher_of(edition, code) or abort(404)


def _fill(form: VoucherForm, edition: Edition, of: Voucher | None) -> None:
    fill(
        form,
        edition,
        tickets.ticket_types(edition),
        tickets.pools(edition),
        of,
        is_sent=request.method == "POST",
    )


def _page(edition: Edition, voucher: Voucher | None, form: VoucherForm, problems: list[str]) -> str:
    return render_template(
        "tickets/team/code.html",
        edition=edition,
        voucher=voucher,
        form=form,
        confirm=ConfirmForm(),
        problems=problems,
        state=state,
        used=ngettext("%(num)s keer gebruikt", "%(num)s keer gebruikt", voucher.used)
        if voucher
        else "",
    )
