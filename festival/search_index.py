"""Words by which rows are found: beside a table that people search, a table of its words.

A search reads a range of one index for each word, so it costs what it finds, not what there is.
PostgreSQL and SQLite do the same, without extensions. The model keeps its words itself: with every
insert and change that goes through the session, and with `insert_unless_there`. A statement that
would change what the words are made of without the session is refused.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    Select,
    Table,
    Text,
    Update,
    and_,
    delete,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import (
    InstrumentedAttribute,
    MappedColumn,
    ORMExecuteState,
    UOWTransaction,
    mapped_column,
)
from sqlalchemy.orm import Session as DatabaseSession

from festival import search
from festival.db import Base, db, on_insert, transactional
from festival.email_addresses import shown

# Compared by code point on both databases, so that a range of words is a range of the index.
Word = Text().with_variant(Text(collation="C"), "postgresql")
_LAST = "\U0010ffff"  # comes after every word that begins with what stands before it
_LONGEST = 60
_PART = 3

_AT_A_TIME = 1000
_MADE_OF = "made_of"
_IS_SET = re.compile(r"(?:^|, )\"?(\w+)\"?=")


@dataclass(frozen=True)
class _Kept:
    """The words of one model. With `whole`, each row has those of the row it is a part of too."""

    model: type[Base]
    table: Table
    words: Callable[[Any], Iterable[str]]
    of: frozenset[str]
    whole: "_Kept | None"
    whole_id: str

    @property
    def columns(self) -> dict[str, ColumnElement[Any]]:
        """The id and the columns that decide the words, by name."""
        columns = self.model.__table__.c
        return {name: columns[name] for name in sorted({"id", *self.of})}

    def values(self, row: Any, whole: Any) -> list[dict[str, Any]]:
        """Returns the rows of the table for `row`, which is a part of `whole`."""
        if self.whole is None:
            return [{"word": word, "row_id": row.id} for word in set(self.words(row))]
        words = {*self.words(row), *self.whole.words(whole)}
        beside = {"row_id": row.id, self.whole_id: whole.id}
        return [{"word": word, **beside} for word in words]


_kept: dict[type[Base], _Kept] = {}


def word_table(
    model: type[Base],
    words: Callable[[Any], Iterable[str]],
    *,
    of: Sequence[str],
    part_of: tuple[type[Base], str] | None = None,
) -> Table:
    """Returns the table with the words of `model`, and keeps it. Columns `of` decide the words.

    `part_of` is a model that has words and the foreign key to it: then a row is also found by the
    words of what it is a part of, whose id stands beside each word.
    """
    name = model.__table__.name  # type: ignore[attr-defined]
    whole, whole_id = part_of or (None, "")
    # In the middle of the key, so that the index alone tells which wholes have a word.
    middle = [Column(whole_id, Integer, primary_key=True)] if whole else []
    table = Table(
        f"{name}_word",
        Base.metadata,
        Column("word", Word, primary_key=True),
        *middle,
        Column(
            "row_id",
            ForeignKey(f"{name}.id", ondelete="CASCADE"),
            primary_key=True,
            index=True,
        ),
    )
    decide = {*of, whole_id} if whole else {*of}
    _kept[model] = _Kept(
        model, table, words, frozenset(decide), _kept[whole] if whole else None, whole_id
    )
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


def rows_with(table: Table, word: str, *, ids: str = "row_id") -> Select[int]:
    """Returns the query for the ids of the rows that have a word that begins with `word`.

    `ids` is the foreign key of `part_of` for the ids of the wholes.
    """
    column = table.c.word
    return select(table.c[ids]).where(column >= word, column < word[:_LONGEST] + _LAST)


def folded_column(*columns: str) -> MappedColumn[str]:
    """Returns a column with the texts of other columns, folded, for lists that are searched less.

    It is made when a row is inserted, in bulk too; the columns must not change after that.
    """

    def fold(context: Any) -> str:
        values = context.get_current_parameters()
        return search.folded(*(shown(values[name]) for name in columns))

    return mapped_column(Text, default=fold, server_default="", info=made_of(*columns))


def sort_column(column: str, key: Callable[[str], str]) -> MappedColumn[str]:
    """Returns a column to sort by another one, as `key` says, also for rows inserted in bulk.

    If the other column may change, the model sets this one along with it.
    """

    def made(context: Any) -> str:
        return key(context.get_current_parameters()[column])

    return mapped_column(Text, default=made, info=made_of(column))


def made_of(*columns: str) -> dict[str, Any]:
    """Returns the `info` of a column that the model makes of other columns."""
    return {_MADE_OF: columns}


def holds_all(column: InstrumentedAttribute[str], typed: str) -> ColumnElement[bool]:
    """Returns the condition that a folded column holds all words of `typed`."""
    return and_(*(column.contains(word, autoescape=True) for word in search.wanted(typed)))


def fill(model: type[Base]) -> None:
    """Write the words of all rows again, after rows were inserted without the session."""
    kept = _kept[model]
    db.session.execute(delete(kept.table))
    for rows in _stored(kept):
        _write(db.session(), kept, rows)


@transactional
def fill_all() -> None:
    """Write all words of all models again."""
    for model in _kept:
        fill(model)


def wrong(model: type[Base]) -> tuple[int, int]:
    """Returns how many rows have not the words they should have, and how many rows there are."""
    kept = _kept[model]
    number = different = 0
    for rows in _stored(kept):
        there: dict[int, set[tuple[Any, ...]]] = {row.id: set() for row, _whole in rows}
        of_rows = kept.table.c.row_id.in_(there)
        for each in db.session.execute(select(kept.table).where(of_rows)):
            there[each.row_id].add(tuple(each))
        for row, whole in rows:
            order = kept.table.c.keys()
            wanted = {tuple(value[name] for name in order) for value in kept.values(row, whole)}
            different += wanted != there[row.id]
        number += len(rows)
    return different, number


def _stored(kept: _Kept) -> Iterator[list[tuple[Any, Any]]]:
    """Yields all rows of the database and what each is a part of, _AT_A_TIME, by id."""
    last = 0
    while rows := _read(kept, kept.columns["id"] > last, at_most=_AT_A_TIME):
        yield rows
        last = rows[-1][0].id


def _read(
    kept: _Kept, condition: ColumnElement[bool], *, at_most: int | None = None
) -> list[tuple[Any, Any]]:
    """Returns rows of the database in which `condition` holds, and what each is a part of."""
    query = select(*kept.columns.values()).where(condition).order_by(kept.columns["id"])
    rows = db.session.execute(query.limit(at_most)).all()
    if kept.whole is None:
        return [(row, None) for row in rows]
    columns = kept.whole.columns
    ids = {getattr(row, kept.whole_id) for row in rows}
    wholes = db.session.execute(select(*columns.values()).where(columns["id"].in_(ids)))
    of = {whole.id: whole for whole in wholes}
    return [(row, of[getattr(row, kept.whole_id)]) for row in rows]


def _keep(session: DatabaseSession, _work: UOWTransaction) -> None:
    """Write the words of the rows that were just flushed, and of their parts."""
    for kept in _kept.values():
        new: dict[int, Any] = {row.id: row for row in _new(session, kept.model)}
        changed: dict[int, Any] = {row.id: row for row in _changed(session, kept)}
        rows = [(row, _whole_of(session, kept, row)) for row in (*new.values(), *changed.values())]
        if kept.whole and (wholes := [whole.id for whole in _changed(session, kept.whole)]):
            of_them = kept.columns[kept.whole_id].in_(wholes)
            parts = [part for part in _read(kept, of_them) if part[0].id not in {*new, *changed}]
            changed |= {part.id: part for part, _whole in parts}
            rows += parts
        if changed:
            session.execute(delete(kept.table).where(kept.table.c.row_id.in_(list(changed))))
        _write(session, kept, rows)


def _new(session: DatabaseSession, model: type[Base]) -> list[Any]:
    return [row for row in session.new if type(row) is model]


def _changed(session: DatabaseSession, kept: _Kept) -> list[Any]:
    return [
        row
        for row in session.dirty
        if type(row) is kept.model
        and any(inspect(row).attrs[name].history.added for name in kept.of)
    ]


def _whole_of(session: DatabaseSession, kept: _Kept, row: Any) -> Any:
    """Returns what `row` is a part of. It is read by its id: what is being flushed loads nothing.

    What was flushed along with it is not known by its id yet, so that is looked for first.
    """
    if kept.whole is None:
        return None
    of, whole_id = kept.whole.model, getattr(row, kept.whole_id)
    flushed = (each for each in _new(session, of) if each.id == whole_id)
    return next(flushed, None) or session.get(of, whole_id)


def _keep_inserted(row: Any) -> None:
    if kept := _kept.get(type(row)):
        session = db.session()
        _write(session, kept, [(row, _whole_of(session, kept, row))])


def _write(session: DatabaseSession, kept: _Kept, rows: Iterable[tuple[Any, Any]]) -> None:
    values = [value for row, whole in rows for value in kept.values(row, whole)]
    if values:
        session.execute(insert(kept.table), values)


def _refuse_bypass(running: ORMExecuteState) -> None:
    """Raises RuntimeError for an UPDATE past the model of what words or sort keys are made of."""
    statement = running.statement
    if not isinstance(statement, Update) or not (sources := _sources(statement.table)):
        return
    sent = running.parameters or ()
    names = {name for each in ([sent] if isinstance(sent, dict) else sent) for name in each}
    written = str(statement.compile(column_keys=sorted(names) or None))
    is_set = set(_IS_SET.findall(written.partition(" SET ")[2].partition(" WHERE ")[0]))
    if past := is_set & sources:
        raise RuntimeError(
            f"{', '.join(sorted(past))} set by an UPDATE: the words and sort keys that are made of"
            " it would stay as they were. Set it on a loaded row."
        )


def _sources(table: Any) -> set[str]:
    """Returns the names of the columns of which the model makes words or other columns."""
    of_columns = {name for column in table.columns for name in column.info.get(_MADE_OF, ())}
    kept = (kept for model, kept in _kept.items() if model.__table__ is table)
    return of_columns.union(*(each.of for each in kept))


event.listen(DatabaseSession, "do_orm_execute", _refuse_bypass)
event.listen(DatabaseSession, "after_flush", _keep)
on_insert(_keep_inserted)
