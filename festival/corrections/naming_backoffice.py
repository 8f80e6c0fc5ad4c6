"""The team puts names on tickets that were ordered without."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from festival import clock
from festival.corrections import terms
from festival.corrections.backoffice import bp, maker, order_or_404, to_order
from festival.corrections.naming_forms import Preview, TeamNamesForm, take_file
from festival.corrections.naming_views import preview_of
from festival.corrections.rules import naming
from festival.errors import Refusal
from festival.team.access import team
from festival.tickets import nameless
from festival.tickets.models import Order


@bp.get("/<code>/namen")
@team("finance")
def ask_names(code: str) -> str:
    """Shows which tickets of an order have no name, and asks for a list of names."""
    return _page(order_or_404(code), TeamNamesForm(formdata=None))


@bp.post("/<code>/namen")
@team("finance")
def name_all(code: str) -> str | BaseResponse | tuple[str, int]:
    """Show who gets which ticket; once that was seen and agreed to, name them."""
    order, form = order_or_404(code), TeamNamesForm()
    problem = take_file(form)
    if not form.validate() or problem:
        return _page(order, form, problem=problem), 422
    preview = preview_of(order, form)
    if not (preview.is_good and "bewaar" in request.form and form.shown.data == preview.mark):
        return _page(order, form, preview), 200 if preview.is_good else 422
    try:
        naming.name_tickets(order, preview.names(), by=maker(form.reason.data), now=clock.now())
    except Refusal as refusal:
        return _page(order, form, problem=refusal), refusal.status
    flash(_("De namen staan op de kaartjes."), "good")
    return to_order(code)


def _page(
    order: Order,
    form: TeamNamesForm,
    preview: Preview | None = None,
    *,
    problem: Refusal | None = None,
) -> str:
    form.shown.data = preview.mark if preview and preview.is_good else ""
    refusal = terms.why_not(order, now=clock.now())
    return render_template(
        "corrections/team_names.html",
        order=order,
        tickets=nameless.nameless_of(order),
        form=form,
        preview=preview,
        problems=[str(problem)] if problem else [],
        refusal=refusal if isinstance(refusal, terms.NothingToCorrect) else None,
    )
