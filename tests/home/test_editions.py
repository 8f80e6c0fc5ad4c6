"""A copy of an edition for next year, and away with an empty one."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.checkin.models import Gate
from festival.db import Model, db
from festival.editions.models import Edition, Partner, Question
from festival.home import rules
from festival.home.forms import next_year
from festival.programme.models.places import Stage, Theme, Walk
from festival.programme.models.sessions import Session, Speaker
from festival.programme.models.timetable import AcceptedClash, Block
from festival.programme.rules import stages_and_themes
from festival.team.editing import SlugTaken
from festival.team.models import AuditEntry
from festival.tickets.extras.models import Extra
from festival.tickets.models import Order, Pool, TicketType
from festival.web.languages import Bilingual
from tests import make
from tests.make import FRIDAY, NOW, SUNDAY
from tests.scheduling.test_backoffice import form_of, shown
from tests.world import World

# After the night in which the clocks change: ten in the morning is another moment of UTC there.
NEXT_YEAR = date(2027, 11, 5)
NAME = Bilingual("Volgend jaar", "Next year")


def copied(edition: Edition, **values: Any) -> Edition:
    wanted = {"name": NAME, "slug": "later", "first_day": NEXT_YEAR, "with_partners": True}
    return rules.copy_edition(edition, **wanted | values, now=NOW)


def of(kind: type[Any], edition: Edition) -> list[Any]:
    rows: list[Any] = db.session.query(kind).filter_by(edition_id=edition.id).order_by("id").all()
    return rows


def facts(row: Model, *without: str) -> dict[str, object]:
    """Returns the columns of `row`, except what is never the same in two editions."""
    keys = {each.key for each in row.__mapper__.column_attrs}
    left_out = {"id", "edition_id", "version", *without}
    return {key: getattr(row, key) for key in keys - left_out}


def furnish(world: World) -> None:
    """Everything that a copy takes along."""
    edition = world.edition
    opens, closes = edition.moment(FRIDAY, time(9)), edition.moment(FRIDAY, time(17))
    stages_and_themes.set_hours(world.hall, [(opens, closes)], now=NOW)
    stages_and_themes.set_walks(world.table, {world.hall: 12}, now=NOW)
    world.hall.is_step_free = False
    edition.route = Bilingual("Met de trein", "By train")
    edition.timezone = "Europe/Brussels"
    edition.walk_minutes = 8
    pool = make.pool(capacity=300, taken=3)
    make.ticket_type(pool=pool, days=[str(FRIDAY + timedelta(1))], code="BUREN", price_cents=1250)
    make.ticket_type(pool=pool, days=[str(FRIDAY), str(SUNDAY)])
    make.gate(name="Noord")
    db.session.add(Partner(edition_id=edition.id, name="De gemeente", kind=Bilingual("gemeente")))
    db.session.add(Question(edition_id=edition.id, question=NAME, answer=NAME, position=4))
    db.session.commit()


def test_a_copy_has_what_comes_back_every_year(any_world: World) -> None:
    furnish(any_world)
    edition = any_world.edition
    copy = copied(edition)
    changed = ("slug", "name_nl", "name_en", "starts_on", "ends_on", "is_current")
    versions = ("programme_version", "draft_version")
    assert facts(copy, *changed, *versions) == facts(edition, *changed, *versions)
    assert (copy.slug, copy.name, copy.starts_on) == ("later", NAME, NEXT_YEAR)
    assert copy.ends_on == NEXT_YEAR + (SUNDAY - FRIDAY)
    assert [day.held_on for day in copy.day_rows] == copy.days
    assert (copy.draft_version, copy.version) == (0, 1)
    for kind in (Stage, Theme, Gate, Question, Partner):
        assert [facts(row) for row in of(kind, copy)] == [facts(row) for row in of(kind, edition)]
        assert of(kind, copy), kind
    hall, table = of(Stage, copy)
    [hours] = hall.hours
    assert edition.local(hours.starts_at).isoformat() == "2027-11-05T09:00:00+01:00"
    assert edition.local(hours.ends_at).isoformat() == "2027-11-05T17:00:00+01:00"
    walk = db.session.get_one(Walk, sorted((hall.id, table.id)))
    assert walk.minutes == 12


def test_extras_are_for_the_day_of_the_same_number_and_unsold(any_world: World) -> None:
    furnish(any_world)
    edition = any_world.edition
    make.extra(slug="lunch", day_id=edition.day_rows[1].id, capacity=9, taken=4)
    copy = copied(edition)
    [lunch] = of(Extra, copy)
    [former] = of(Extra, edition)
    assert facts(lunch, "taken", "day_id") == facts(former, "taken", "day_id")
    assert (lunch.taken, former.taken) == (0, 4)
    assert lunch.day.held_on == NEXT_YEAR + timedelta(1)


def test_ticket_types_are_for_the_days_of_the_same_number(any_world: World) -> None:
    furnish(any_world)
    edition = any_world.edition
    copy = copied(edition)
    [pool] = of(Pool, copy)
    [former_pool] = of(Pool, edition)
    assert facts(pool, "taken") == facts(former_pool, "taken")
    assert (pool.taken, former_pool.taken) == (0, 3)
    fresh, former = of(TicketType, copy), of(TicketType, edition)
    moved = ("pool_id", "sale_from", "sale_until")
    assert [facts(row, *moved) for row in fresh] == [facts(row, *moved) for row in former]
    assert {row.pool_id for row in fresh} == {pool.id}
    assert [row.admits_on for row in fresh] == [
        [NEXT_YEAR + timedelta(1)],
        [NEXT_YEAR, NEXT_YEAR + timedelta(2)],
    ]
    for row, old in zip(fresh, former, strict=True):
        for name in ("sale_from", "sale_until"):
            then, now = (edition.local(getattr(each, name)) for each in (old, row))
            assert (now.date() - then.date(), now.time()) == (NEXT_YEAR - FRIDAY, then.time())


def test_a_copy_has_no_people_and_no_programme_and_changes_nothing(any_world: World) -> None:
    furnish(any_world)
    edition = any_world.edition
    make.order()
    before = {kind: [facts(row) for row in of(kind, edition)] for kind in rules.GOES_ALONG}
    copy = copied(edition, with_partners=False)
    for kind in (Session, Speaker, Order, Block, AcceptedClash, Partner):
        assert of(kind, copy) == [], kind
    assert before == {kind: [facts(row) for row in of(kind, edition)] for kind in before}
    assert len(edition.partners) == 1
    last = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert last
    assert (last.verb, last.details) == ("copy_edition", {"of": edition.slug})


def test_a_copy_that_is_refused_leaves_nothing(any_world: World) -> None:
    furnish(any_world)
    with pytest.raises(SlugTaken):
        copied(any_world.edition, slug=any_world.edition.slug)
    with pytest.raises(SlugTaken):
        copied(any_world.edition, slug="programma")
    with pytest.raises(rules.CopyWouldBePast):
        copied(any_world.edition, first_day=FRIDAY - timedelta(7))
    assert db.session.query(Edition).count() == 1
    copied(any_world.edition)
    with pytest.raises(SlugTaken):
        copied(any_world.edition)
    assert db.session.query(Pool).count() == 2


def test_a_copy_of_a_copy_can_be_deleted(any_world: World) -> None:
    furnish(any_world)
    copy = copied(copied(any_world.edition), slug="nog-later")
    kept = {table: db.session.query(table).count() for table in db.metadata.sorted_tables}
    again = copied(copy, slug="derde")
    db.session.add(
        Block(
            edition_id=again.id, kind="break", title=NAME, stage_id=of(Stage, again)[0].id,
            starts_at=NOW, ends_at=NOW + timedelta(hours=1),
        )
    )  # fmt: skip
    db.session.commit()
    rules.delete_edition(again, now=NOW)
    kept[AuditEntry.__table__] += 2
    assert {table: db.session.query(table).count() for table in kept} == kept


def test_what_is_in_the_way_is_said(any_world: World) -> None:
    furnish(any_world)
    edition = any_world.edition
    make.order()
    make.scan()
    edition.is_current = False
    db.session.commit()
    with pytest.raises(rules.EditionNotEmpty) as refused:
        rules.delete_edition(edition, now=NOW)
    said = str(refused.value)
    assert said.endswith(": 1 bestelling, 1 uitgave, 3 onderdelen, 1 mens, 1 scan."), said
    copy = copied(edition)
    rules.delete_edition(copy, now=NOW)


def test_the_current_edition_stays(any_app: Flask) -> None:
    edition = make.edition()
    with pytest.raises(rules.EditionIsCurrent):
        rules.delete_edition(edition, now=NOW)
    assert db.session.query(Edition).one().is_current


def test_every_table_of_an_edition_goes_along_or_is_in_the_way(app: Flask) -> None:
    goes = {kind.__table__.name for kind in rules.GOES_ALONG}
    # Of an order with an invoice, the order is named.
    in_the_way = {"orders", "release", "session", "speaker", "mailing", "till_count", "invoice"}
    referring = {
        (table.name, key.ondelete == "CASCADE")
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "edition"
    }
    assert {name for name, cascades in referring if not cascades} == goes | in_the_way


def test_the_form_begins_with_next_year(app: Flask) -> None:
    named = make.edition(slug="pluk-2026", name=Bilingual("Pluk 2026", "Pluk 2026"))
    assert next_year(named) == {
        "name_nl": "Pluk 2027",
        "name_en": "Pluk 2027",
        "slug": "pluk-2027",
        "first_day": date(2027, 10, 22),
    }
    plain = make.edition(slug="pluk", is_current=False, name=Bilingual("Pluk"))
    assert (next_year(plain)["slug"], next_year(plain)["name_nl"]) == ("pluk-2027", "Pluk")


def test_from_page_to_copy_and_away(visitor: FlaskClient, world: World) -> None:
    base = f"/team/edities/{world.edition.slug}"
    make.sign_in(visitor, "organiser")
    html = shown(visitor.get(base))
    assert f'href="{base}/kopie"' in html
    assert f"{base}/weg" not in html, "the current one"
    sent = form_of(shown(visitor.get(f"{base}/kopie")))
    bad = sent | {"name_nl": "", "name_en": "", "first_day": ""}
    html = shown(visitor.post(f"{base}/kopie", data=bad), 422)
    assert "Kies de eerste dag." in html
    html = shown(visitor.post(f"{base}/kopie", data=sent | {"first_day": "9999-12-31"}), 422)
    assert "Dit jaar kan niet kloppen." in html
    html = shown(visitor.post(f"{base}/kopie", data=sent | {"first_day": "2026-10-01"}), 409)
    assert "Deze dagen liggen vóór de huidige editie." in html
    answer = visitor.post(f"{base}/kopie", data=sent | {"slug": "later"})
    assert answer.location.endswith("/team/edities/later")
    html = shown(visitor.get(answer.location))
    assert "De kopie is gemaakt." in html
    assert "/team/edities/later/weg" in html
    assert visitor.get("/later/programma").status_code == 404, "visitors do not see it"
    make.session(edition_id=db.session.query(Edition).filter_by(slug="later").one().id)
    html = shown(visitor.get(visitor.post("/team/edities/later/weg").location))
    assert "er hoort nog iets bij: 1 onderdeel." in html
    db.session.delete(db.session.query(Session).filter(Session.edition.has(slug="later")).one())
    db.session.commit()
    html = shown(visitor.get(visitor.post("/team/edities/later/weg").location))
    assert "De editie is weg." in html
    assert visitor.get("/team/edities/later").status_code == 404


def test_only_organisers_copy_and_delete(visitor: FlaskClient, app: Flask) -> None:
    slug = make.edition(is_current=False).slug
    make.sign_in(visitor, "programme")
    assert visitor.get(f"/team/edities/{slug}/kopie").status_code == 403
    assert visitor.post(f"/team/edities/{slug}/weg").status_code == 403
    assert db.session.query(Edition).count() == 1
