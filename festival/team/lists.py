"""Long lists on the team's screens, sorted and divided into pages by plain GET."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ColumnElement, Select, func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Mapper

from festival.db import db

T = TypeVar("T")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]

PER_PAGE = 50


@dataclass(frozen=True)
class ListPage(Generic[T]):
    """One page of a list, with what parts/tables.html needs."""

    rows: Sequence[T]
    total: int
    page: int
    pages: int
    sort: str
    descending: bool


def as_asked(address: str) -> str:
    """Returns `address` with the arguments of the current page: its search, filters and order.

    They are added as text. As keywords of url_for they would also name its own (`_external`).
    """
    return (
        f"{address}?{urlencode(asked)}"
        if (asked := list(request.args.items(multi=True)))
        else address
    )


def listing(
    query: Select[T],
    columns: Mapping[str, Column],
    *,
    default: str,
    per_page: int = PER_PAGE,
) -> ListPage[T]:
    """Returns the page of `query` that ?sort= and ?page= ask for, in two queries.

    `columns` maps the names that ?sort= may hold to columns; `default` is such a name, or `-name`
    for descending.
    """
    sort, descending = _wanted(columns, default)
    total = db.session.scalar(select(func.count()).select_from(_bare(query).subquery())) or 0
    pages = max(1, -(-total // per_page))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    rows = db.session.scalars(
        ordered(query, columns, sort, descending=descending)
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()
    return ListPage(rows, total, page, pages, sort, descending)


def listing_of(
    rows: Iterable[T],
    keys: Mapping[str, Callable[[T], Any]],
    *,
    default: str,
    per_page: int = PER_PAGE,
) -> ListPage[T]:
    """Like `listing`, for rows in memory that no query can find or sort.

    `keys` maps the names that ?sort= may hold to sort keys; rows with equal keys keep their order.
    """
    sort, descending = _wanted(keys, default)
    found = sorted(rows, key=keys[sort], reverse=descending)
    pages = max(1, -(-len(found) // per_page))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    start = (page - 1) * per_page
    return ListPage(found[start : start + per_page], len(found), page, pages, sort, descending)


def ordered(
    query: Select[T], columns: Mapping[str, Column], sort: str, *, descending: bool
) -> Select[T]:
    """Returns `query` ordered by column `sort`; empty values last, ties by primary key."""
    column = columns[sort]
    direction = column.desc() if descending else column.asc()
    return query.order_by(None).order_by(direction.nulls_last(), *_key(query))


def _wanted(columns: Mapping[str, Any], default: str) -> tuple[str, bool]:
    asked = request.args.get("sort", default)
    if asked.removeprefix("-") not in columns:
        asked = default
    return asked.removeprefix("-"), asked.startswith("-")


def _bare(query: Select[T]) -> Select[Any]:
    # Counting needs neither the columns nor the order.
    return query.with_only_columns(*_key(query), maintain_column_froms=True).order_by(None)


def _key(query: Select[T]) -> Sequence[ColumnElement[Any]]:
    mapper: Mapper[Any] = inspect(query.column_descriptions[0]["entity"])
    return mapper.primary_key
