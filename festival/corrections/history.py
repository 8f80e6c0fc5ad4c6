"""What was corrected in an order and handed on, and what the team wrote about it."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from festival.corrections.models import OrderComment
from festival.db import db
from festival.tickets.changes import OrderChange, OrderMerge
from festival.tickets.history import HistoryLine, name_of
from festival.tickets.models import Order


def of_order(order: Order) -> Iterator[HistoryLine]:
    """Returns its changes and the comments of the team."""
    changes = db.session.scalars(
        select(OrderChange)
        .options(joinedload(OrderChange.member))
        .where(OrderChange.order_id == order.id)
        .order_by(OrderChange.id)
    )
    makers = {"buyer": _("de koper"), "holder": _("de houder")}
    for change in changes:
        who = makers.get(change.maker) or name_of(change.member)
        yield HistoryLine(change.changed_at, _sentence(change), who, change.reason)
    merges = db.session.scalars(
        select(OrderMerge)
        .options(joinedload(OrderMerge.member), joinedload(OrderMerge.merged))
        .where(or_(OrderMerge.order_id == order.id, OrderMerge.merged_id == order.id))
        .order_by(OrderMerge.id)
    )
    for merge in merges:
        if merge.merged_id == order.id:
            said = _("Deze bestelling is gevoegd bij %(code)s.", code=merge.order.code)
        else:
            said = _("Bestelling %(code)s is hierbij gevoegd.", code=merge.merged.code)
        yield HistoryLine(merge.merged_at, said, name_of(merge.member), merge.reason)
    comments = db.session.scalars(
        select(OrderComment)
        .options(joinedload(OrderComment.member))
        .where(OrderComment.order_id == order.id)
        .order_by(OrderComment.id)
    )
    for comment in comments:
        said = _("Opmerking van het team.")
        yield HistoryLine(comment.written_at, said, name_of(comment.member), comment.words)


def _sentence(change: OrderChange) -> str:
    if change.kind == "handed_on":
        return str(
            _(
                "Kaartje doorgegeven: van %(old)s aan %(new)s. De oude code %(code)s is ongeldig.",
                old=_person(change.old_name, change.old_email),
                new=_person(change.new_name, change.new_email),
                code=change.void_code,
            )
        )
    if (change.old_name, change.old_email) == (change.new_name, change.new_email):
        name = change.new_name
        return str(_("Het kaartje van %(name)s kreeg een nieuwe link.", name=name))
    old = _person(change.old_name, change.old_email)
    new = _person(change.new_name, change.new_email)
    if change.ticket_id is None:
        return str(_("Koper gewijzigd: eerst %(old)s, nu %(new)s.", old=old, new=new))
    return str(_("Kaartje gewijzigd: eerst %(old)s, nu %(new)s.", old=old, new=new))


def _person(name: str, email: str) -> str:
    return f"{name} <{email}>" if email else name
