"""Orders and tickets are found by whatever somebody has at hand, on both databases."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Update, bindparam, insert, select, text, update

from festival import codes, search_index
from festival.checkin.queries import find_tickets
from festival.db import change_rows, db, insert_unless_there, transactional
from festival.mail.models import Letter
from festival.payments import queries as payments
from festival.team.models import AuditEntry
from festival.tickets import finding
from festival.tickets.models import Order, Ticket, one_order_per_form, order_word, ticket_word
from festival.tickets.rules.ordering import reference
from tests import make


@pytest.fixture
def world(any_app: Flask) -> Order:
    """An order with tickets for two people, among others that look like it."""
    order = make.order(tickets=2, name="Łucja van der Müller", email="Lucja@bücher.example")
    order.code, order.reference = "FPDMWTTG", reference("FPDMWTTG")
    first, second = order.tickets
    first.holder_name, first.code = "An D’Hondt-Ağaoğlu", "GHJK3467"
    second.holder_name, second.holder_email = "Γιώργος Demirbağcı", "giorgos@example.org"
    other = make.ticket(name="Lucas Mulder", email="lucas@example.org")
    other.holder_name = "Andrea Hond"
    db.session.commit()
    return order


ORDER = [
    *("muller", "MÜLLER", "mu\u0308ller", "lucja muller", "van der müller", "üll", "lucj mul"),
    *("lucja@bücher.example", "LUCJA@xn--bcher-kva.example", "bucher", "lucja@"),
    *("FPDM WTTG", "fpdm-wttg", "fpdmwttg", "FP DM WT TG", "wttg", "muller fpdm"),
    *("RF", "{reference}", "{spaced}"),
]
FIRST = ["d'hondt", "D’HONDT", "dhondt", "hondt-agaoglu", "agaoglu an", "GHJK 3467", "ghjk-3467"]
SECOND = ["demirbagci", "ΓΙΩΡΓΟΣ", "γιωργος", "giorgos@example.org", "Giorgos@Example.org "]


def _typed(typed: str, order: Order) -> str:
    spaced = " ".join(order.reference[n : n + 4] for n in range(0, 16, 4))
    return typed.format(reference=order.reference, spaced=spaced)


def _orders(typed: str) -> list[Order]:
    return list(db.session.scalars(payments.orders(make.current_edition(), text=typed)))


@pytest.mark.parametrize("typed", [*ORDER[:-3], *ORDER[-2:], *FIRST, *SECOND])
def test_an_order_is_found_by_all_that_stands_in_it(world: Order, typed: str) -> None:
    assert _orders(_typed(typed, world)) == [world]


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        *((typed, 2) for typed in (*ORDER[:-3], *ORDER[-2:])),
        *((typed, 1) for typed in (*FIRST, *SECOND, "muller hondt")),
    ],
)
def test_a_ticket_is_found_by_its_holder_its_buyer_and_their_codes(
    world: Order, typed: str, who: int
) -> None:
    found = find_tickets(world.edition_id, _typed(typed, world))
    assert len(found) == who
    assert {ticket.order_id for ticket in found} == {world.id}


@pytest.mark.parametrize(
    "typed", ["%", "_", "mul%", "\\", "'", "m_ller", "☃", "lucja andrea", "xx"]
)
def test_signs_stand_for_nothing_and_all_words_must_be_there(world: Order, typed: str) -> None:
    assert world not in _orders(typed)


def test_a_whole_address_finds_only_its_own_tickets(any_app: Flask) -> None:
    for name in ("Aad", "Bea"):
        make.ticket(name=name, email=f"mia.{name}@example.org").holder_name = name
    make.ticket(name="Zoë", email="mia@example.org").holder_name = "Zoë"
    db.session.commit()
    found = find_tickets(make.current_edition().id, "MIA@example.org")
    assert [ticket.holder_name for ticket in found] == ["Zoë"]
    assert len(find_tickets(make.current_edition().id, "mia@")) == 3


def test_words_follow_every_change_of_a_row(any_app: Flask) -> None:
    ticket = make.ticket(name="Ada Bakker")
    assert _orders("bakker") == [ticket.order]
    ticket.order.name, ticket.holder_name = "Cleo Dekker", "Eva Faber"
    db.session.commit()
    assert _orders("bakker") == []
    assert _orders("dekker") == [ticket.order]
    assert (ticket.order.name_key, ticket.holder_key) == ("dekker\tcleo\t", "faber\teva\t")
    db.session.delete(ticket)
    db.session.commit()
    assert db.session.scalars(select(ticket_word.c.word)).all() == []


def test_a_ticket_follows_every_change_of_its_order(any_app: Flask) -> None:
    """It has the words of its order: a correction there reaches all of its tickets, old and new."""
    order = make.order(tickets=2, name="Ada Bakker", email="ada@example.org")
    edition, tickets = order.edition_id, order.tickets
    assert len(find_tickets(edition, "bakker")) == 2
    order.name, order.email, tickets[0].holder_name = "Cleo Dekker", "cleo@example.org", "Eva"
    db.session.commit()
    assert find_tickets(edition, "bakker") == find_tickets(edition, "ada@") == []
    assert len(find_tickets(edition, "dekker cleo@")) == 2
    assert list(find_tickets(edition, "eva dekker")) == [tickets[0]]
    order.code = "FPDMWTTG"
    db.session.commit()
    assert len(find_tickets(edition, "wttg")) == 2
    assert [search_index.wrong(model)[0] for model in (Order, Ticket)] == [0, 0]


def test_a_word_is_looked_up_in_one_table_and_joins_nothing(any_app: Flask) -> None:
    """A first name may be that of thousands: joining those to their tickets reads all tickets."""
    read = {
        frozenset(each.name for each in query.get_final_froms())
        for query in (*finding._tickets_with("jan"), *finding._orders_with("jan"))
    }
    assert read == {frozenset({"ticket_word"}), frozenset({"orders_word"})}


def test_words_of_a_row_that_is_inserted_unless_there(any_app: Flask) -> None:
    former = make.order()
    columns = Order.__table__.c
    values: dict[str, Any] = {column.key: getattr(former, column.key) for column in columns}
    del values["id"], values["name_key"]
    code = codes.readable()
    values |= {"name": "Nieuw Ingevoegd", "form_key": "anders", "secret": "s", "code": code}
    values["reference"] = reference(code)
    order = transactional(insert_unless_there)(Order, values, unique=one_order_per_form)
    assert order is not None
    assert _orders("ingevoegd") == [order]
    assert order.name_key == "ingevoegd\tnieuw\t"


@pytest.mark.parametrize(
    "statement",
    [
        update(Ticket).values(holder_name="Eva"),
        update(Ticket.__table__).where(Ticket.id == 1).values(holder_email="eva@example.org"),
        update(Order).values(lapsed_at=None, email="eva@example.org"),
        update(Order).values({Order.name: Order.name + "!"}),
        update(Letter).values(subject="Anders"),
        update(AuditEntry).values(subject="Anders"),
    ],
)
def test_no_update_changes_what_words_and_sort_keys_are_made_of(
    app: Flask, statement: Update
) -> None:
    with pytest.raises(RuntimeError, match="Set it on a loaded row"):
        db.session.execute(statement)


def test_many_rows_are_not_updated_past_their_words_either(app: Flask) -> None:
    ticket = make.ticket()
    rows = [{"id": ticket.id, "holder_name": "Eva"}]
    with pytest.raises(RuntimeError, match="holder_name"):
        db.session.execute(update(Ticket), rows)
    with pytest.raises(RuntimeError, match="name"):
        change_rows(
            update(Order.__table__).where(Order.id == bindparam("of")), [{"of": 1, "name": "Eva"}]
        )
    db.session.execute(update(Ticket), [{"id": ticket.id, "released_at": make.NOW}])
    change_rows(update(Order).where(Order.name == "Ada").values(lapsed_at=make.NOW))


def _many(number: int) -> None:
    """Orders of two tickets each, with names as common as real ones."""
    of, edition = make.ticket_type(), make.current_edition()
    first = ("Jan", "Mia", "Łukasz", "Özlem", "Émile", "Noor", "Sem", "Fatma")
    last = [f"{a}{b}" for a in ("Bak", "Dek", "Smit", "Yıl", "Mül") for b in range(100)]
    orders, tickets = [], []
    for n in range(1, number // 2 + 1):
        code = f"{n:08d}"
        name = f"{first[n % 8]} van {last[n * 7 % 500]}"
        orders.append(
            {"id": n, "edition_id": edition.id, "code": code, "secret": code, "form_key": code,
             "name": name, "email": f"{code}@example.org", "language": "nl", "total_cents": 0,
             "reference": f"RF00{code}", "placed_at": make.NOW, "confirmed_at": make.NOW}
        )  # fmt: skip
        for k in (0, 1):
            tickets.append(
                {"order_id": n, "type_id": of.id, "code": f"T{code}{k}", "secret": f"{code}{k}",
                 "pass_id": f"{code}{k}", "agenda_secret": f"a{code}{k}", "price_cents": 0,
                 "holder_name": f"{first[(n + k) % 8]} {last[n * 11 % 500]}"}
            )  # fmt: skip
    db.session.execute(insert(Order), orders)
    db.session.execute(insert(Ticket), tickets)
    search_index.fill(Order)
    search_index.fill(Ticket)
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def test_a_search_reads_an_index_and_not_all_tickets(any_app: Flask) -> None:
    _many(4000)
    query = select(Ticket.id).where(finding.tickets("lukasz mul1"))
    compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    prefix = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    plan = "\n".join(
        str(row[-1]) for row in db.session.execute(text(f"{prefix} {compiled}".replace(":", "\\:")))
    )
    assert "SCAN ticket_word" not in plan, plan
    assert "SCAN orders_word" not in plan, plan
    assert "Seq Scan on ticket_word" not in plan, plan
    assert "Seq Scan on orders_word" not in plan, plan
    assert len(find_tickets(make.current_edition().id, "lukasz mul1")) == 20


def test_rows_that_went_past_the_session_are_filled_in(any_app: Flask) -> None:
    ticket = make.ticket(name="Ada")
    db.session.execute(text("UPDATE ticket SET holder_name = 'Zonder Woorden'"))
    db.session.execute(order_word.delete())
    db.session.commit()
    assert [search_index.wrong(model) for model in (Order, Ticket)] == [(1, 1), (1, 1)]
    search_index.fill_all()
    assert [search_index.wrong(model) for model in (Order, Ticket)] == [(0, 1), (0, 1)]
    assert _orders("ada") == [ticket.order]
    assert len(find_tickets(make.current_edition().id, "zonder ada")) == 1
