"""The team puts an order into another of the same buyer."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from festival import clock, money
from festival.corrections.backoffice import bp, maker, order_or_404, to_order
from festival.corrections.rules import merging
from festival.errors import Refusal
from festival.payments.queries import balance
from festival.team.access import team
from festival.tickets import dates, queries
from festival.tickets.models import Order
from festival.web.forms import PageForm


class MergeForm(PageForm):
    """Which order goes into this one, and why."""

    gone = RadioField(
        _l("Welke bestelling voeg je hierbij?"),
        validators=[InputRequired(_l("Kies een bestelling."))],
        validate_choice=False,  # it may have been merged, or changed, meanwhile: the rule says so
    )
    reason = StringField(
        _l("Waarom"), validators=[DataRequired(_l("Schrijf op waarom.")), Length(max=200)]
    )
    seen = HiddenField()


@bp.get("/<code>/samenvoegen")
@team("finance")
def ask_merge(code: str) -> str:
    """Shows the other orders of the same buyer, to choose one that goes into this one."""
    return _page(order_or_404(code), MergeForm(formdata=None))


@bp.post("/<code>/samenvoegen")
@team("finance")
def merge(code: str) -> BaseResponse | tuple[str, int]:
    """Put the chosen order into this one."""
    into, form = order_or_404(code), MergeForm()
    if not form.validate():
        return _page(into, form), 422
    chosen, _dot, seen = (form.gone.data or "").partition(".")
    gone = queries.order_by_code(chosen) or order_or_404(code)
    try:
        merging.merge_orders(into, gone, seen=seen, by=maker(form.reason.data), now=clock.now())
    except Refusal as refusal:
        return _page(order_or_404(code), form, refusal), refusal.status
    flash(_("Bestelling %(code)s is hierbij gevoegd.", code=chosen), "good")
    return to_order(code)


def _words(order: Order) -> str:
    live = [each for each in order.tickets if each.released_at is None]
    return str(
        _(
            "%(code)s van %(day)s: %(number)s, %(amount)s",
            code=order.code,
            day=dates.local_day(order.edition, order.placed_at),
            number=ngettext("%(num)s kaartje", "%(num)s kaartjes", len(live)),
            amount=money.shown(balance(order).total_cents),
        )
    )


def _page(into: Order, form: MergeForm, problem: Refusal | None = None) -> str:
    others = merging.candidates(into)
    form.gone.choices = [
        SelectChoice(f"{each.code}.{merging.mark(into, each)}", _words(each)) for each in others
    ]
    if problem or not request.form:
        form.gone.data = form.gone.choices[0].value if len(others) == 1 else None
    return render_template(
        "corrections/team_merge.html",
        order=into,
        form=form,
        others=others,
        problems=[str(problem)] if problem else [],
    )
