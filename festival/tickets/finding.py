"""How orders and tickets are found, on the team's lists and at the gates.

By the names and e-mail addresses of buyer and holders, by the codes of the order and its tickets,
and by the payment reference. Words may come in any order and be cut short; a code or reference may
have blanks and hyphens in it.
"""

import re
from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, intersect, select, union

from festival import codes, search, search_index
from festival.email_addresses import canonical
from festival.tickets.models import Order, Ticket, order_word, ticket_word

_Ids = Select[int]


def orders(typed: str) -> ColumnElement[bool]:
    """Returns the condition for the orders in which `typed` is found, tickets included."""
    code, address = codes.tidy(typed), canonical(typed)
    exactly = [
        select(Order.id).where(Order.email == address),
        select(Ticket.order_id).where(Ticket.holder_email == address),
        select(Order.id).where(Order.code == code),
        select(Order.id).where(Order.reference == code),
        select(Ticket.order_id).where(Ticket.code == code),
    ]
    return Order.id.in_(_found(typed, exactly, _orders_with))


def tickets(typed: str) -> ColumnElement[bool]:
    """Returns the condition for the tickets in which `typed` is found, their order included."""
    code, address = codes.tidy(typed), canonical(typed)
    exactly = [
        select(Ticket.id).where(Ticket.holder_email == address),
        select(Ticket.id).join(Ticket.order).where(Order.email == address),
        select(Ticket.id).where(Ticket.code == code),
        select(Ticket.id).join(Ticket.order).where(Order.code == code),
        select(Ticket.id).join(Ticket.order).where(Order.reference == code),
    ]
    return Ticket.id.in_(_found(typed, exactly, _tickets_with))


def _found(typed: str, exactly: list[_Ids], with_word: Callable[[str], list[_Ids]]) -> _Ids:
    """Returns the ids that are there `exactly`, or that have all words of `typed`."""
    by_word = []
    for word in [] if _is_whole(typed) else search.words(typed)[: search.MOST_WORDS]:
        found = union(*with_word(word)).subquery()
        by_word.append(select(found.c[0]))
    if by_word:
        together = intersect(*by_word).subquery() if len(by_word) > 1 else by_word[0].subquery()
        exactly = [*exactly, select(together.c[0])]
    every = union(*exactly).subquery()
    return select(every.c[0])


def _is_whole(typed: str) -> bool:
    """Returns whether this is a whole address or payment reference: its words would find more."""
    is_address = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}", typed.strip())
    return bool(is_address or re.fullmatch(r"RF\d\d\w{8,}", codes.tidy(typed)))


def _orders_with(word: str) -> list[_Ids]:
    return [
        search_index.rows_with(order_word, word),
        search_index.rows_with(ticket_word, word, ids="order_id"),
    ]


def _tickets_with(word: str) -> list[_Ids]:
    return [search_index.rows_with(ticket_word, word)]  # those of their order are among them
