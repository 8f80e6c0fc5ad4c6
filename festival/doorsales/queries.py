"""What devices sold at the gates, and the till of each device and day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from festival.checkin.models import Device
from festival.db import db
from festival.doorsales.models import DoorSale, TillCount
from festival.editions.models import Edition
from festival.payments.models import Payment, Refund
from festival.sorting import title_key
from festival.tickets import queries as tickets
from festival.tickets.models import Order, Ticket, TicketType

LATEST = 10


@dataclass
class Till:
    """What one device sold on one day, less what was undone, and what was counted of it."""

    device: Device
    day: date
    sales: int = 0
    tickets: int = 0
    free: int = 0  # of those tickets
    cash_cents: int = 0
    card_cents: int = 0
    count: TillCount | None = None

    @property
    def sold_since_count(self) -> bool:
        """Whether it sold or gave back something after it was counted."""
        return self.count is not None and (
            (self.count.sold_cash_cents, self.count.sold_card_cents)
            != (self.cash_cents, self.card_cents)
        )


def door_types(edition: Edition, *, today: date) -> list[TicketType]:
    """Returns the types that are sold at the door and admit today or later, as they are shown."""
    return [
        of
        for of in tickets.ticket_types(edition)
        if of.is_sold_at_door and any(day >= today for day in of.admits_on)
    ]


def sale_of(order: Order) -> DoorSale | None:
    """Returns the sale at the door that made `order`."""
    return db.session.scalar(select(DoorSale).where(DoorSale.order_id == order.id))


def sale_by_code(edition: Edition, code: str) -> DoorSale | None:
    """Returns the sale with this code of its order, with its tickets and their types."""
    return db.session.scalar(
        _sales()
        .where(Order.edition_id == edition.id, Order.code == code)
        .options(joinedload(DoorSale.gate, innerjoin=True))
    )


def latest_sales(device: Device) -> Sequence[DoorSale]:
    """Returns the last sales of a device, the newest first."""
    return db.session.scalars(
        _sales().where(DoorSale.device_id == device.id).order_by(DoorSale.id.desc()).limit(LATEST)
    ).all()


def till(edition: Edition, device: Device, day: date) -> Till:
    """Returns the till of one device and day; empty if it sold nothing."""
    found = tills(edition, device=device, day=day)
    return found[0] if found else Till(device, day)


def tills(edition: Edition, *, device: Device | None = None, day: date | None = None) -> list[Till]:
    """Returns the tills of the edition, the latest day first, then by the name of the device."""
    conditions: list[Any] = [Order.edition_id == edition.id]
    counted = [TillCount.edition_id == edition.id]
    if device is not None:
        conditions.append(DoorSale.device_id == device.id)
        counted.append(TillCount.device_id == device.id)
    if day is not None:
        conditions.append(DoorSale.sold_on == day)
        counted.append(TillCount.held_on == day)
    found = _Tills()
    is_free = case((Ticket.price_cents == 0, 1), else_=0)
    for key_device, on, sales, number, free in db.session.execute(
        _per_till(func.count(Order.id.distinct()), func.count(), func.sum(is_free))
        .join(Ticket, Ticket.order_id == Order.id)
        .where(*conditions, Ticket.released_at.is_(None))
    ):
        row = found[key_device, on]
        row.sales, row.tickets, row.free = sales, number, int(free)
    _add_money(found, Payment, conditions, sign=1)
    _add_money(found, Refund, [*conditions, Refund.state == "done"], sign=-1)
    for count in db.session.scalars(
        select(TillCount)
        .where(*counted)
        .options(joinedload(TillCount.device), joinedload(TillCount.counted_by))
        .order_by(TillCount.id)
    ):
        found[count.device_id, count.held_on].count = count
    return found.sorted()


class _Tills(defaultdict[tuple[int, date], Till]):
    """The tills by device id and day."""

    def __missing__(self, key: tuple[int, date]) -> Till:
        till = self[key] = Till(db.session.get_one(Device, key[0]), key[1])
        return till

    def sorted(self) -> list[Till]:
        by_name = sorted(self.values(), key=lambda each: title_key(each.device.name))
        return sorted(by_name, key=lambda each: each.day, reverse=True)


def _sales() -> Select[DoorSale]:
    return (
        select(DoorSale)
        .join(DoorSale.order)
        .options(
            contains_eager(DoorSale.order)
            .selectinload(Order.tickets)
            .joinedload(Ticket.type, innerjoin=True)
            .selectinload(TicketType.days),
        )
    )


def _per_till(*sums: Any) -> Select[Any]:
    return (
        select(DoorSale.device_id, DoorSale.sold_on, *sums)
        .join(Order, Order.id == DoorSale.order_id)
        .group_by(DoorSale.device_id, DoorSale.sold_on)
    )


def _add_money(
    found: _Tills, moved: type[Payment] | type[Refund], conditions: Iterable[Any], *, sign: int
) -> None:
    """Add what came in, or went back, by each way of paying at the door."""

    def of_method(name: str) -> Any:
        return func.sum(case((moved.method == name, moved.amount_cents), else_=0))

    for device_id, on, cash, card in db.session.execute(
        _per_till(of_method("cash"), of_method("card_terminal"))
        .join(moved, moved.order_id == Order.id)
        .where(*conditions)
    ):
        row = found[device_id, on]
        row.cash_cents += sign * int(cash)
        row.card_cents += sign * int(card)
