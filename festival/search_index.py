"""Words by which rows are found: beside a table that people search, a table of its words.

A search reads a range of one index for each word, so it costs what it finds, not what there is.
PostgreSQL and SQLite do the same, without extensions. The model keeps its words itself: with every
insert and change that goes through the session, and with `insert_unless_there`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Select,
    Table,
    Text,
    and_,
    delete,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, UOWTransaction, mapped_column
from sqlalchemy.orm import Session as DatabaseSession

from festival import search
from festival.db import Base, db, on_insert
from festival.email_addresses import shown

# Compared by code point on both databases, so that a range of words is a range of the index.
Word = Text().with_variant(Text(collation="C"), "postgresql")
_LAST = "\U0010ffff"  # comes after every word that begins with what stands before it
_LONGEST = 60
_PART = 3

_tables: dict[type[Base], tuple[Table, Callable[[Any], Iterable[str]], frozenset[str]]] = {}


def word_table(
    model: type[Base], words: Callable[[Any], Iterable[str]], *, of: Sequence[str]
) -> Table:
    """Returns the table with the words of `model`, and keeps it. Columns `of` decide the words."""
    name = model.__table__.name  # type: ignore[attr-defined]
    table = Table(
        f"{name}_word",
        Base.metadata,
        Column("word", Word, primary_key=True),
        Column(
            "row_id",
            ForeignKey(f"{name}.id", ondelete="CASCADE"),
            primary_key=True,
            index=True,
        ),
    )
    _tables[model] = (table, words, frozenset(of))
    return table


def words_of(
    *names: str, email: str = "", whole: Iterable[str] = (), codes: Iterable[str] = ()
) -> set[str]:
    """Returns the words by which a row is found.

    A word of `names` is also found by a part of it, of _PART letters or more; those of `email` and
    `whole` by how they begin. Not by the `org` at the end of an address: half of all have that.
    People also type only the second half of one of `codes`.
    """
    halves = [code[len(code) // 2 :] for code in codes]
    addresses = {each.rpartition(".")[0] for each in (email, shown(email))}
    parts = [each.replace("_", " ") for each in addresses]  # jan_jansen@example.org
    found = set(search.folded(*addresses, *parts, *whole, *codes, *halves).split())
    for word in search.folded(*names).split():
        found |= {word, *(word[at:] for at in range(1, len(word) - _PART + 1))}
    return {word[:_LONGEST] for word in found}


def rows_with(table: Table, word: str) -> Select[int]:
    """Returns the query for the ids of the rows that have a word that begins with `word`."""
    column = table.c.word
    return select(table.c.row_id).where(column >= word, column < word[:_LONGEST] + _LAST)


def folded_column(*columns: str) -> MappedColumn[str]:
    """Returns a column with the texts of other columns, folded, for lists that are searched less.

    It is made when a row is inserted, in bulk too; the columns must not change after that.
    """

    def fold(context: Any) -> str:
        values = context.get_current_parameters()
        return search.folded(*(shown(values[name]) for name in columns))

    return mapped_column(Text, default=fold, server_default="")


def holds_all(column: InstrumentedAttribute[str], typed: str) -> ColumnElement[bool]:
    """Returns the condition that a folded column holds all words of `typed`."""
    return and_(*(column.contains(word, autoescape=True) for word in search.wanted(typed)))


def fill(model: type[Base]) -> None:
    """Write the words of all rows again, after rows were inserted without the session."""
    table, words, of = _tables[model]
    columns = model.__table__.c
    db.session.execute(delete(table))
    rows = db.session.execute(select(columns.id, *(columns[name] for name in sorted(of))))
    _write(db.session(), table, ((row.id, words(row)) for row in rows.all()))


def _keep(session: DatabaseSession, _work: UOWTransaction) -> None:
    """Write the words of the rows that were just flushed."""
    for model, (table, words, of) in _tables.items():
        new: list[Any] = [row for row in session.new if type(row) is model]
        changed: list[Any] = [
            row
            for row in session.dirty
            if type(row) is model and any(inspect(row).attrs[name].history.added for name in of)
        ]
        if changed:
            session.execute(delete(table).where(table.c.row_id.in_([row.id for row in changed])))
        _write(session, table, ((row.id, words(row)) for row in (*new, *changed)))


def _keep_inserted(row: Any) -> None:
    if type(row) in _tables:
        table, words, _of = _tables[type(row)]
        _write(db.session(), table, [(row.id, words(row))])


def _write(
    session: DatabaseSession, table: Table, rows: Iterable[tuple[int, Iterable[str]]]
) -> None:
    values = [{"word": word, "row_id": row_id} for row_id, words in rows for word in words]
    if values:
        session.execute(insert(table), values)


event.listen(DatabaseSession, "after_flush", _keep)
on_insert(_keep_inserted)
