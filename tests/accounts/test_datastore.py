"""What Flask-Security writes goes through db.py: others may write beside it, never half a rule."""

import threading

import pytest
from flask import Flask

from festival.accounts.models import TeamMember
from festival.accounts.signing_in import datastore
from festival.db import db, transactional
from tests import make


def rename(app: Flask, number: int, name: str) -> None:
    def write() -> None:
        with app.app_context():
            change(number, name)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


@transactional
def change(number: int, name: str) -> None:
    db.session.get_one(TeamMember, number).name = name


def test_sign_in_is_written_though_others_wrote_since_it_was_read(any_app: Flask) -> None:
    mine, other = make.member("checkin"), make.member("checkin")
    ids = mine.id, other.id
    db.session.rollback()
    member = db.session.get_one(TeamMember, ids[0])  # a read transaction begins
    rename(any_app, ids[1], "Ondertussen")
    member.login_count = 7
    datastore.commit()
    db.session.expire_all()
    assert db.session.get_one(TeamMember, ids[0]).login_count == 7
    assert db.session.get_one(TeamMember, ids[1]).name == "Ondertussen"


def test_half_a_rule_is_never_committed(any_app: Flask) -> None:
    number = make.member("checkin", name="Zo was het").id

    @transactional
    def half() -> None:
        change(number, "Half")
        datastore.commit()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert db.session.get_one(TeamMember, number).name == "Zo was het"
