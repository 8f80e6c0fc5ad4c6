from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from festival.db import db, transactional
from festival.editions.models import Edition
from tests import make


def test_a_rule_commits_when_it_returns_and_rolls_back_when_it_raises(any_app):
    edition = make.edition(slug="een")

    @transactional
    def rename(row: Edition, slug: str, *, fail: bool = False) -> None:
        row.slug = slug
        if fail:
            raise ZeroDivisionError

    rename(edition, "twee")
    with pytest.raises(ZeroDivisionError):
        rename(edition, "drie", fail=True)
    assert db.session.get(Edition, edition.id).slug == "twee"


def test_a_rule_called_by_a_rule_joins_it(any_app):
    @transactional
    def inner() -> None:
        db.session.execute(text("UPDATE edition SET slug = 'binnen'"))

    @transactional
    def outer() -> None:
        inner()
        raise ZeroDivisionError

    make.edition(slug="buiten")
    with pytest.raises(ZeroDivisionError):
        outer()
    assert db.session.query(Edition).one().slug == "buiten"


def test_changes_outside_a_rule_are_refused(any_app):
    edition = make.edition()

    @transactional
    def rule() -> None: ...

    edition.slug = "zomaar"
    with pytest.raises(RuntimeError, match="outside a rule"):
        rule()
    db.session.rollback()


def test_moments_come_back_in_utc_and_naive_ones_are_refused(any_app):
    slot = make.slot(starts=datetime(2026, 10, 24, 23, 30, tzinfo=UTC))
    db.session.expire_all()
    assert slot.starts_at == datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert slot.starts_at.tzinfo is UTC
    with pytest.raises(Exception, match="naive"):
        make.slot(starts=datetime(2026, 10, 24, 23, 30))  # noqa: DTZ001
    db.session.rollback()


def test_the_night_belongs_to_the_day_before(app):
    edition = make.edition()
    assert edition.day_of(datetime(2026, 10, 24, 1, 0, tzinfo=UTC)) == make.FRIDAY
    assert len(edition.days) == 3
