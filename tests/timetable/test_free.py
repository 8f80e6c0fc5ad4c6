"""What is open to everybody, also without a ticket: made, published, found and said."""

import json
import re

from flask.testing import FlaskClient

from festival.db import db
from festival.programme import draft
from festival.programme.changes import Edit
from festival.programme.rules import publishing
from festival.programme.rules import sessions as session_rules
from festival.releases.change_descriptions import describe_edit
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.scheduling.test_imports import bring_in, look, only, session
from tests.timetable.test_timetable import FRIDAY, page, titles
from tests.world import World


def open_to_all(world: World, *sessions: str) -> None:
    for slug in sessions:
        row = session(slug)
        session_rules.save_session(
            world.edition, row, {"is_free": True}, speakers=row.speakers, hosts=row.hosts,
            seen=row.version, now=make.NOW,
        )  # fmt: skip


def test_visitors_see_it_after_a_release_and_find_it(visitor: FlaskClient, world: World) -> None:
    open_to_all(world, "soep", "zagen")
    assert "gratis, zonder kaartje" not in page(visitor, FRIDAY)
    assert titles(page(visitor, f"{FRIDAY}&gratis=1")) == []
    _release, changes = publishing.publish_draft(
        world.edition, name=Bilingual("Gratis"), now=make.NOW
    )
    assert [edit.field for change in changes for edit in change.edits] == ["is_free", "is_free"]
    assert describe_edit(changes[0].edits[0]).after == "gratis, zonder kaartje"
    assert describe_edit(Edit("is_free", True, False)).after == "met een kaartje"
    forget_pages()
    html = page(visitor, FRIDAY)
    assert html.count("gratis, zonder kaartje") == 1, "for a workshop one books with a ticket"
    assert titles(page(visitor, f"{FRIDAY}&gratis=1")) == ["Soep is geen project"]
    assert 'name="gratis" value="1" checked' in page(visitor, f"{FRIDAY}&gratis=1")
    assert "je hebt geen kaartje nodig" in page(visitor, "/programma/soep")
    assert "you need no ticket" in page(visitor, "/en/programma/soep")
    assert "kaartje nodig" not in page(visitor, "/programma/zagen")


def test_search_engines_read_it(visitor: FlaskClient, world: World) -> None:
    world.talk.is_free = True
    world.edition.programme_version += 1
    db.session.commit()
    html = page(visitor, "/programma/soep")
    [written] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert '"isAccessibleForFree": true' in json.dumps(json.loads(written))
    html = page(visitor, "/programma/zagen")
    [written] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert '"isAccessibleForFree": true' not in json.dumps(json.loads(written))


def test_in_a_spreadsheet(world: World) -> None:
    bring_in(world.edition, ["adres", "gratis, zonder kaartje"], ["soep", "ja"])
    assert draft.value(session("soep"), "is_free") is True
    row = only(look(world.edition, ["adres", "gratis, zonder kaartje"], ["soep", "misschien"]))
    assert row.fate == "wrong"
