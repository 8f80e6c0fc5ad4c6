"""The screen of finance for VAT: of ticket types and extras, and the small business scheme."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.addresses import keep_edition_in_addresses, working_edition
from festival.team.access import team
from festival.team.saving import Answer, apply_rule, save_form, seen_version
from festival.tickets import queries, small_business, vat_rules
from festival.tickets.extras import queries as extras
from festival.tickets.forms import VAT_NAMES, ConfirmForm, VatForm
from festival.web.languages import Bilingual

bp = Blueprint("vat_team", __name__, url_prefix="/team/btw")
keep_edition_in_addresses(bp)


@bp.get("/")
@team("finance")
def index() -> str:
    """Shows the VAT on all that is sold, and how near the year is to the limit of the scheme."""
    edition = working_edition()
    today = edition.local(clock.now()).date()
    turnover_cents = small_business.turnover_cents(today.year)
    return render_template(
        "tickets/team/vat.html",
        edition=edition,
        types=queries.ticket_types(edition),
        extras=extras.extras(edition),
        vat_names=VAT_NAMES,
        today=today,
        years=[
            (year, small_business.applies(today.replace(year=year, day=1)))
            for year in (today.year, today.year + 1)
        ],
        turnover_cents=turnover_cents,
        most_cents=small_business.MOST_CENTS,
        is_near=small_business.is_near_limit(today.year),
        confirm=ConfirmForm(),
    )


@bp.route("/<slug>", methods=["GET", "POST"])
@team("finance")
def change(slug: str) -> Answer:
    """Change the VAT on a ticket type."""
    edition = working_edition()
    of = queries.type_by_slug(edition, slug) or abort(404)
    form = VatForm(obj=of)
    changed, problems, status = save_form(
        form,
        lambda: vat_rules.change_vat(of, form.values, seen=seen_version(form), now=clock.now()),
    )
    if changed:
        flash(_("De btw op %(name)s is bewaard.", name=changed.name), "good")
        return redirect(url_for("vat_team.index"), 303)
    of = queries.type_by_slug(edition, slug) or abort(404)
    return _page(of.name, form, problems), status


@bp.route("/erbij/<slug>", methods=["GET", "POST"])
@team("finance")
def change_extra(slug: str) -> Answer:
    """Change the VAT on an extra."""
    edition = working_edition()
    extra = extras.extra_by_slug(edition, slug) or abort(404)
    form = VatForm(obj=extra)
    changed, problems, status = save_form(
        form,
        lambda: vat_rules.change_extra_vat(
            extra, form.values, seen=seen_version(form), now=clock.now()
        ),
    )
    if changed:
        flash(_("De btw op %(name)s is bewaard.", name=changed.name), "good")
        return redirect(url_for("vat_team.index"), 303)
    extra = extras.extra_by_slug(edition, slug) or abort(404)
    return _page(extra.name, form, problems), status


@bp.post("/kor/<int(min=2000, max=2999):year>")
@team("finance")
def use_scheme(year: int) -> Response:
    """Use the small business scheme in a year, or not any more: `use` is 1 or 0."""
    today = working_edition().local(clock.now()).date()
    if year > today.year + 1:
        abort(404)
    index = url_for("vat_team.index")
    use = request.form.get("use") == "1"
    said = (
        _("Je gebruikt de KOR in %(year)s.", year=year)
        if use
        else _("Je gebruikt de KOR niet meer in %(year)s.", year=year)
    )
    return apply_rule(
        lambda: vat_rules.use_scheme(year, use=use, today=today, now=clock.now()),
        said,
        back=index,
        to=index,
    )


def _page(name: Bilingual, form: VatForm, problems: Sequence[str]) -> str:
    return render_template("tickets/team/type_vat.html", name=name, form=form, problems=problems)
