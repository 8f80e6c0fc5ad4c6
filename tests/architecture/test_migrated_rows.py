"""What old databases hold survives a migration, up and down, on both databases."""

import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import flask_migrate
import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from festival import create_app
from festival.db import db
from tests.conftest import POSTGRES, settings_of

Go = Callable[[str], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def go(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Go]:
    """Takes an empty database of its own to a revision."""
    if request.param == "sqlite":
        yield from _database(f"sqlite:///{tmp_path / 'old.sqlite3'}", tmp_path)
        return
    request.getfixturevalue("postgres_url")  # skipped where there is no server
    name = f"festival_old_{os.getpid()}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield from _database(POSTGRES.rpartition("/")[0] + f"/{name}", tmp_path)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _database(url: str, folder: Path) -> Iterator[Go]:
    app: Flask = create_app(settings_of(folder, url))
    at = [""]

    def go(revision: str) -> None:
        db.session.remove()
        move = flask_migrate.downgrade if revision < at[0] else flask_migrate.upgrade
        at[0] = revision
        move(revision=revision)

    with app.app_context():
        yield go
        db.session.remove()
        db.engine.dispose()
    logging.disable(logging.NOTSET)


def _insert(table: str, **values: object) -> int:
    """Insert a row, with something in every other column that needs it."""
    with db.engine.begin() as connection:
        columns = sa.inspect(connection).get_columns(table)
        blanks = {
            column["name"]: _blank(column["type"])
            for column in columns
            if not column["nullable"]
            and column["default"] is None
            and column["name"] not in {"id", *values}
        }
        own = sa.table(table, sa.column("id"), *(sa.column(c["name"], c["type"]) for c in columns))
        row_id: int = connection.execute(
            own.insert().values({**blanks, **values}).returning(own.c.id)
        ).scalar_one()
        return row_id


def _blank(kind: sa.types.TypeEngine[object]) -> object:
    made = {bool: False, int: 1, str: "", dict: {}, list: []}
    python = kind.python_type
    return made[python] if python in made else sa.func.current_timestamp()


def _rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(map(str, row)) for row in connection.execute(sa.text(statement))]


def test_the_days_of_ticket_types_become_rows_of_their_edition(go: Go) -> None:
    go("0013")
    kept = _insert("edition", slug="2026", starts_on=date(2026, 10, 23), ends_on=date(2026, 10, 24))
    # Moved in its form to next year, which left its tickets on days that it does not have.
    moved = _insert("edition", slug="2027", starts_on=date(2027, 9, 17), ends_on=date(2027, 9, 18))
    for edition_id, slug, days in [
        (kept, "weekend", ["2026-10-23", "2026-10-24", "2026-10-25"]),
        (kept, "zaterdag", ["2026-10-24"]),
        (moved, "beide", ["2026-10-23", "2026-10-24"]),
        (moved, "tweede", ["2026-10-24"]),
    ]:
        pool = _insert("pool", edition_id=edition_id, slug=slug)
        _insert(
            "ticket_type", edition_id=edition_id, pool_id=pool, slug=slug,
            days=sa.type_coerce(days, sa.JSON()), max_per_order=1, min_per_order=1,
            sale_from=datetime(2026, 1, 1, tzinfo=UTC), sale_until=datetime(2026, 9, 1, tzinfo=UTC),
        )  # fmt: skip
    go("0014")
    found = _rows(
        "SELECT slug, held_on FROM ticket_type"
        " JOIN ticket_type_day ON type_id = ticket_type.id"
        " JOIN edition_day ON edition_day.id = day_id ORDER BY ticket_type.id, held_on"
    )
    assert found == [
        ("weekend", "2026-10-23"),
        ("weekend", "2026-10-24"),
        ("zaterdag", "2026-10-24"),
        ("beide", "2027-09-17"),
        ("beide", "2027-09-18"),
        ("tweede", "2027-09-18"),
    ]
    go("0013")
    assert [days.replace("'", '"') for _slug, days in _rows(
        "SELECT slug, days FROM ticket_type ORDER BY id"
    )] == [
        '["2026-10-23", "2026-10-24"]',
        '["2026-10-24"]',
        '["2027-09-17", "2027-09-18"]',
        '["2027-09-18"]',
    ]  # fmt: skip
    go("0014")
    assert len(_rows("SELECT * FROM ticket_type_day")) == 6


def test_languages_survive_and_go_back_to_what_was_known(go: Go) -> None:
    go("0020")
    edition = _insert("edition", slug="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 1))
    for slug, draft in (("a", {}), ("b", {"languages": "nl"}), ("c", {})):
        _insert(
            "session", edition_id=edition, slug=slug, kind="talk", level="open",
            languages="nl+en", access=sa.type_coerce([], sa.JSON()),
            draft=sa.type_coerce(draft, sa.JSON()),
        )  # fmt: skip
    go("0021")
    assert _rows("SELECT DISTINCT languages FROM session") == [("nl+en",)]
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE session SET languages = 'tr' WHERE slug = 'a'"))
        connection.execute(sa.text("UPDATE session SET languages = 'en+ku' WHERE slug = 'c'"))
        draft = '{"languages": "ar+en"}'
        connection.execute(
            sa.text("UPDATE session SET draft = :draft WHERE slug = 'b'"), {"draft": draft}
        )
    go("0020")
    assert _rows("SELECT languages FROM session ORDER BY slug") == [("nl",), ("nl+en",), ("en",)]
    [(draft,)] = _rows("SELECT draft FROM session WHERE slug = 'b'")
    assert draft.replace("'", '"') == '{"languages": "en"}'
    go("0021")


def test_a_tick_stays_a_yes_and_no_tick_says_nothing(go: Go) -> None:
    go("0017")
    edition = _insert("edition", slug="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 1))
    fields = {"is_step_free": True, "has_hearing_loop": False, "is_quiet": False}
    _insert("stage", edition_id=edition, slug="hal", **fields)
    _insert(
        "session", edition_id=edition, slug="soep", kind="talk", level="open", languages="nl",
        access=sa.type_coerce(["quiet"], sa.JSON()), draft=sa.type_coerce({}, sa.JSON()),
    )  # fmt: skip
    read = "SELECT is_step_free, has_hearing_loop, is_quiet FROM stage"
    go("0018")
    assert [each.replace("True", "1") for each in _rows(read)[0]] == ["1", "None", "None"]
    assert _rows("SELECT no_access FROM session") == [("[]",)]
    go("0017")
    values = [each.replace("True", "1").replace("False", "0") for each in _rows(read)[0]]
    assert values == ["1", "0", "0"]


def test_old_orders_and_tickets_are_found_by_their_words_and_addresses_get_one_form(go: Go) -> None:
    go("0018")
    edition = _insert("edition", slug="2026", organiser_email="Hallo@B\u00fccher.example")
    pool = _insert("pool", edition_id=edition, slug="a")
    of = _insert(
        "ticket_type", edition_id=edition, pool_id=pool, slug="a", max_per_order=1, min_per_order=1,
        sale_from=datetime(2026, 1, 1, tzinfo=UTC), sale_until=datetime(2026, 9, 1, tzinfo=UTC),
    )  # fmt: skip
    order = _insert(
        "orders", edition_id=edition, name="\u0141ucja van der M\u00fcller", code="FPDMWTTG",
        reference="RF18FPDMWTTG", email="mia@b\u00fccher.example", secret="s", form_key="k",
    )  # fmt: skip
    ticket = _insert(
        "ticket", order_id=order, type_id=of, code="GHJK3467", holder_name="An D\u2019Hondt",
            secret="t", pass_id="p", agenda_secret="a"
    )  # fmt: skip
    _insert("letter", to_address="mia@xn--bcher-kva.example", subject="Caf\u00e9", message_id="m",
            attachments=sa.type_coerce([], sa.JSON()), state="sent")  # fmt: skip
    for email in ("Ada@b\u00fccher.example", "ada@xn--bcher-kva.example"):
        _insert("team_member", email=email, fs_uniquifier=email, code=email)
    go("0019")
    words = {word for (word,) in _rows("SELECT word FROM orders_word")}
    assert {"lucja", "muller", "ler", "fpdmwttg", "wttg", "rf18fpdmwttg", "bucher", "mia"} <= words
    assert ("dhondt",) in _rows("SELECT word FROM ticket_word")
    assert _rows("SELECT name_key, email FROM orders") == [
        ("muller\tlucja\tvan der", "mia@xn--bcher-kva.example")
    ]
    assert _rows("SELECT holder_key FROM ticket") == [("dhondt\tan\t",)]
    [(found_by,)] = _rows("SELECT found_by FROM letter")
    assert {"mia", "bucher", "cafe"} <= set(found_by.split())
    assert _rows("SELECT organiser_email FROM edition") == [("hallo@xn--bcher-kva.example",)]
    # Two accounts stay two.
    assert len(set(_rows("SELECT email FROM team_member"))) == 2
    go("0022")
    words = {word for (word,) in _rows("SELECT word FROM ticket_word")}
    assert {"dhondt", "muller", "rf18fpdmwttg", "bucher", "wttg"} <= words
    assert _rows("SELECT DISTINCT order_id, row_id FROM ticket_word") == [(str(order), str(ticket))]
    go("0021")
    words = {word for (word,) in _rows("SELECT word FROM ticket_word")}
    assert "dhondt" in words
    assert "muller" not in words
    go("0018")
    assert _rows("SELECT email FROM orders") == [("mia@xn--bcher-kva.example",)]
    go("0019")
    assert ("dhondt",) in _rows("SELECT word FROM ticket_word")


def test_what_was_ordered_and_paid_becomes_a_ledger(go: Go) -> None:
    go("0022")
    edition = _insert(
        "edition", slug="2026", starts_on=date(2026, 10, 23), ends_on=date(2026, 10, 25)
    )
    pool = _insert("pool", edition_id=edition, slug="p", capacity=9)
    times = {
        "sale_from": datetime(2026, 1, 1, tzinfo=UTC),
        "sale_until": datetime(2026, 10, 1, tzinfo=UTC),
    }
    types = [
        _insert(
            "ticket_type", edition_id=edition, pool_id=pool, slug=f"t{percent}", name_nl="Kaart",
            price_cents=cents, vat_percent=percent, **times,
        )
        for percent, cents in ((21, 4500), (9, 3750), (0, 0))
    ]  # fmt: skip
    orders = [
        _insert("orders", edition_id=edition, code=code, secret=code, form_key=code, reference=code)
        for code in ("A", "B")
    ]
    for number, (order, of, cents, percent) in enumerate(
        [(0, 1, 3750, 9)] * 30 + [(0, 0, 4500, 21), (0, 2, 0, 0), (1, 0, 4500, 21)]
    ):
        given_back = {"released_at": datetime(2026, 9, 1, tzinfo=UTC)} if order else {}
        _insert(
            "ticket", order_id=orders[order], type_id=types[of], code=f"c{number}",
            secret=f"s{number}", pass_id=f"p{number}", agenda_secret=f"a{number}",
            price_cents=cents, vat_percent=percent, **given_back,
        )  # fmt: skip
    for key, cents in (("in", 5000), ("terug", -500)):
        _insert(
            "payment", order_id=orders[1], method="bank_transfer", amount_cents=cents, form_key=key
        )

    go("0023")
    sums = "SELECT order_id, kind, SUM(amount_cents), SUM(vat_cents) FROM ledger_entry"
    assert _rows(f"{sums} GROUP BY order_id, kind ORDER BY order_id, kind") == [
        (str(orders[0]), "sale", "117000", str(9289 + 781)),
        (str(orders[1]), "payment", "-5000", "0"),
        (str(orders[1]), "refund", "500", "0"),
        (str(orders[1]), "reversal", "-4500", "-781"),
        (str(orders[1]), "sale", "4500", "781"),
    ]
    assert _rows("SELECT slug, vat_category FROM ticket_type ORDER BY id") == [
        ("t21", "standard"), ("t9", "reduced"), ("t0", ""),
    ]  # fmt: skip
    assert _rows("SELECT amount_cents, form_key, state FROM refund") == [("500", "terug", "done")]
    assert _rows("SELECT amount_cents, form_key FROM payment") == [("5000", "in")]

    go("0022")
    assert _rows("SELECT amount_cents, form_key FROM payment ORDER BY id") == [
        ("5000", "in"), ("-500", "terug"),
    ]  # fmt: skip
    numbers = "SELECT price_cents, vat_percent, COUNT(*) FROM ticket"
    assert _rows(f"{numbers} GROUP BY 1, 2 ORDER BY 1") == [
        ("0", "0", "1"), ("3750", "9", "30"), ("4500", "21", "2"),
    ]  # fmt: skip
    assert _rows("SELECT slug, vat_percent FROM ticket_type ORDER BY id") == [
        ("t21", "21"), ("t9", "9"), ("t0", "0"),
    ]  # fmt: skip


def test_codes_of_hidden_types_become_vouchers(go: Go) -> None:
    go("0026")
    edition = _insert(
        "edition", slug="2026", starts_on=date(2026, 10, 23), ends_on=date(2026, 10, 25)
    )
    pool = _insert("pool", edition_id=edition, slug="p", capacity=9)
    times = {
        "sale_from": datetime(2026, 1, 1, tzinfo=UTC),
        "sale_until": datetime(2026, 10, 1, tzinfo=UTC),
    }
    codes = ("", "HESJE27", "hesje 27", "PARTNER", "-")
    types = [
        _insert(
            "ticket_type", edition_id=edition, pool_id=pool, slug=f"t{number}", name_nl="Kaart",
            code=code, **times,
        )
        for number, code in enumerate(codes)
    ]  # fmt: skip
    order = _insert("orders", edition_id=edition, code="A", secret="A", form_key="A", reference="A")
    for number, (of, given_back) in enumerate([(0, 0), (1, 0), (2, 0), (2, 1), (3, 1)]):
        _insert(
            "ticket", order_id=order, type_id=types[of], code=f"c{number}", secret=f"s{number}",
            pass_id=f"p{number}", agenda_secret=f"a{number}",
            released_at=datetime(2026, 9, 1, tzinfo=UTC) if given_back else None,
        )  # fmt: skip

    go("0027")
    hidden = [of for (of,) in _rows("SELECT slug FROM ticket_type WHERE is_hidden ORDER BY id")]
    assert hidden == ["t1", "t2", "t3"]
    assert _rows("SELECT code, key, effect, uses, used FROM voucher ORDER BY id") == [
        ("HESJE27", "HESJE27", "opens", "None", "2"),
        ("PARTNER", "PARTNER", "opens", "None", "0"),
    ]
    opened = "SELECT code, slug FROM voucher_type JOIN voucher ON voucher_id = voucher.id"
    opened += " JOIN ticket_type ON type_id = ticket_type.id ORDER BY ticket_type.id"
    assert _rows(opened) == [("HESJE27", "t1"), ("HESJE27", "t2"), ("PARTNER", "t3")]
    used = "SELECT ticket.code, voucher.code FROM ticket JOIN voucher ON voucher_id = voucher.id"
    assert _rows(f"{used} ORDER BY ticket.id") == [
        ("c1", "HESJE27"), ("c2", "HESJE27"), ("c3", "HESJE27"), ("c4", "PARTNER"),
    ]  # fmt: skip

    go("0026")
    assert _rows("SELECT code FROM ticket_type ORDER BY id") == [
        ("",), ("HESJE27",), ("HESJE27",), ("PARTNER",), ("",),
    ]  # fmt: skip
