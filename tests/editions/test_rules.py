"""The rules of editions, on both databases."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask

from festival.db import db
from festival.editions import rules
from festival.editions.models import TEXTS, Edition, Partner, Question
from festival.editions.queries import current_edition, public_edition
from festival.team.editing import ChangedMeanwhile, SlugTaken
from festival.team.models import AuditEntry
from festival.web.languages import Bilingual
from tests import make
from tests.make import FRIDAY, NOW, SUNDAY

DATES = {"starts_on": FRIDAY, "ends_on": SUNDAY}
VERBS = ("add", "update", "remove")


def test_an_edition_is_made_and_shown_to_nobody(any_app: Flask) -> None:
    edition = rules.create_edition({"slug": "2026", **DATES}, now=NOW)
    assert not edition.is_current
    assert current_edition() is None
    rules.make_current(edition, now=NOW)
    assert current_edition() == edition
    verbs = [entry.verb for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert verbs == ["create_edition", "make_current"]


def test_one_edition_is_current(any_app: Flask) -> None:
    old, new = make.edition(), make.edition(is_current=False)
    versions = old.programme_version, new.programme_version
    rules.make_current(new, now=NOW)
    assert [row.slug for row in db.session.query(Edition).filter(Edition.is_current)] == [new.slug]
    assert old.programme_version > versions[0], "its pages have other addresses now"
    assert new.programme_version > versions[1]
    with pytest.raises(rules.AlreadyCurrent):
        rules.make_current(new, now=NOW)


def test_dates_in_order(any_app: Flask) -> None:
    with pytest.raises(rules.EndsBeforeItStarts):
        rules.create_edition({"slug": "x", "starts_on": SUNDAY, "ends_on": FRIDAY}, now=NOW)
    edition = make.edition()
    with pytest.raises(rules.EndsBeforeItStarts):
        rules.update_edition(
            edition,
            {"starts_on": SUNDAY, "ends_on": FRIDAY},
            seen=edition.version,
            now=NOW,
        )
    assert edition.starts_on == FRIDAY


def test_a_slip_in_the_year_is_refused(any_app: Flask) -> None:
    """An edition of centuries would keep the front page busy for minutes."""
    longest = {"starts_on": FRIDAY, "ends_on": FRIDAY + timedelta(days=30)}
    edition = rules.create_edition({"slug": "lang", **longest}, now=NOW)
    for wrong in ({"ends_on": FRIDAY + timedelta(days=31)}, {"starts_on": date(202, 10, 23)}):
        with pytest.raises(rules.TooManyDays, match="hooguit 31 dagen"):
            rules.update_edition(edition, longest | wrong, seen=edition.version, now=NOW)
        with pytest.raises(rules.TooManyDays):
            rules.create_edition({"slug": "langer", **longest, **wrong}, now=NOW)
    assert (edition.starts_on, len(edition.days)) == (FRIDAY, 31)


def test_of_two_editors_the_later_one_is_told(any_app: Flask) -> None:
    edition = make.edition()
    seen, programme = edition.version, edition.programme_version
    rules.update_edition(edition, {**DATES, "city": "Tilburg"}, seen=seen, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        rules.update_edition(edition, {**DATES, "city": "Breda"}, seen=seen, now=NOW)
    assert edition.city == "Tilburg"
    assert edition.programme_version == programme + 1


def test_of_an_organiser_and_an_editor_the_later_one_is_told(any_app: Flask) -> None:
    edition = make.edition()
    seen, programme = edition.version, edition.programme_version
    texts = dict.fromkeys(TEXTS, Bilingual("Nieuw"))
    rules.update_texts(edition, texts, seen=seen, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        rules.update_edition(edition, {**DATES, "route": Bilingual("Oud")}, seen=seen, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        rules.update_texts(edition, dict.fromkeys(TEXTS, Bilingual()), seen=seen, now=NOW)
    assert [str(getattr(edition, name)) for name in TEXTS] == ["Nieuw"] * len(TEXTS)
    assert edition.programme_version == programme + 1
    assert db.session.query(AuditEntry.verb).one() == ("update_texts",)


def test_an_address_is_of_one_edition(any_app: Flask) -> None:
    edition = make.edition(slug="2026")
    with pytest.raises(SlugTaken, match="2026"):
        rules.create_edition({"slug": "2026", **DATES}, now=NOW)
    other = make.edition(slug="2027", is_current=False)
    with pytest.raises(SlugTaken):
        rules.update_edition(other, {**DATES, "slug": "2026"}, seen=other.version, now=NOW)
    assert (edition.slug, other.slug) == ("2026", "2027")


def test_partners_and_questions(any_app: Flask) -> None:
    edition = make.edition()
    first = rules.save_partner(edition, None, {"name": "Een"}, now=NOW)
    second = rules.save_partner(edition, None, {"name": "Twee"}, now=NOW)
    assert (first.position, second.position) == (1, 2)
    rules.save_partner(edition, first, {"name": "Drie", "position": 9}, seen=first.version, now=NOW)
    db.session.expire_all()
    assert [partner.name for partner in edition.partners] == ["Twee", "Drie"]
    rules.remove_partner(second, now=NOW)
    assert db.session.query(Partner).count() == 1

    question = rules.save_question(edition, None, {"question": Bilingual("Wat?")}, now=NOW)
    rules.save_question(edition, question, {"question": Bilingual("Hoe?")}, seen=1, now=NOW)
    assert question.question.nl == "Hoe?"
    rules.remove_question(question, now=NOW)
    assert db.session.query(Question).count() == 0


def test_what_is_added_comes_last(any_app: Flask) -> None:
    edition = make.edition()
    make.edition(is_current=False)
    old = [rules.save_partner(edition, None, {"name": name}, now=NOW) for name in "abcde"]
    for partner in old[:2]:
        rules.remove_partner(partner, now=NOW)
    rules.save_partner(edition, None, {"name": "f"}, now=NOW)
    rules.save_partner(edition, old[4], {"position": 999}, seen=1, now=NOW)
    rules.save_partner(edition, None, {"name": "g"}, now=NOW)
    db.session.expire_all()
    in_order = [(partner.name, partner.position) for partner in edition.partners]
    assert in_order == [("c", 3), ("d", 4), ("f", 6), ("e", 999), ("g", 999)]


def test_which_editions_visitors_may_read(any_app: Flask) -> None:
    year = timedelta(days=365)
    former = make.edition(
        slug="oud", is_current=False, starts_on=FRIDAY - year, ends_on=SUNDAY - year
    )
    coming = make.edition(
        slug="nieuw", is_current=False, starts_on=FRIDAY + year, ends_on=SUNDAY + year
    )
    assert public_edition("oud") is None, "there is no current one yet"
    current = make.edition(slug="nu")
    assert public_edition(None) == public_edition("nu") == current
    assert public_edition("oud") == former
    assert public_edition("nieuw") is None
    rules.make_current(coming, now=NOW)
    assert public_edition("nu") == current


@pytest.mark.parametrize("slug", ["contingenten", "en", "nieuw", "team"])
def test_a_word_that_means_something_else_is_no_address(any_app: Flask, slug: str) -> None:
    edition = make.edition(slug="2026")
    with pytest.raises(SlugTaken, match=slug):
        rules.create_edition({"slug": slug, **DATES}, now=NOW)
    with pytest.raises(SlugTaken, match=slug):
        rules.update_edition(edition, {"slug": slug, **DATES}, seen=edition.version, now=NOW)
    assert (edition.slug, edition.version) == ("2026", 1)
    assert db.session.query(Edition).count() == 1
    assert db.session.query(AuditEntry).count() == 0


def test_a_new_edition_has_a_version_that_nobody_remembers(app: Flask) -> None:
    edition = rules.create_edition({"slug": "2026", **DATES}, now=NOW)
    assert edition.programme_version == int(NOW.timestamp())
    later = rules.create_edition({"slug": "2027", **DATES}, now=NOW + timedelta(seconds=1))
    assert later.programme_version > edition.programme_version


@pytest.mark.parametrize("seen", [0, 2, -1, 2**31, 10**30])
def test_a_version_that_nobody_saw_changes_nothing(any_app: Flask, seen: int) -> None:
    edition = make.edition()
    with pytest.raises(ChangedMeanwhile):
        rules.update_edition(edition, {**DATES, "city": "Breda"}, seen=seen, now=NOW)
    assert (edition.version, edition.city, edition.programme_version) == (1, "", 0)


def test_each_change_is_noted_and_changes_one_edition(any_app: Flask) -> None:
    edition, other = make.edition(slug="2026"), make.edition(is_current=False)
    for n, city in enumerate(("Breda", "Breda"), start=1):
        rules.update_edition(edition, {**DATES, "city": city}, seen=n, now=NOW)
    assert (edition.version, edition.programme_version) == (3, 2)
    assert (other.version, other.programme_version, other.city) == (1, 0, "")
    noted = [(entry.verb, entry.subject, entry.at) for entry in db.session.query(AuditEntry)]
    assert noted == [("update_edition", "edition 2026", NOW)] * 2


def test_an_edition_may_change_its_address(any_app: Flask) -> None:
    edition = make.edition(slug="2026")
    rules.update_edition(edition, {**DATES, "slug": "zomer"}, seen=1, now=NOW)
    assert public_edition("zomer") == edition
    assert public_edition("2026") is None
    assert rules.create_edition({"slug": "2026", **DATES}, now=NOW).slug == "2026"


def test_the_first_edition_that_becomes_current_has_no_former(any_app: Flask) -> None:
    edition = make.edition(is_current=False, slug="2026")
    rules.make_current(edition, now=NOW)
    assert (edition.is_current, edition.programme_version, edition.version) == (True, 1, 1)
    with pytest.raises(rules.AlreadyCurrent):
        rules.make_current(edition, now=NOW)
    [entry] = db.session.query(AuditEntry)
    assert (entry.verb, entry.subject) == ("make_current", "edition 2026")


SHORTER = {"starts_on": FRIDAY, "ends_on": FRIDAY + timedelta(days=1)}


def test_a_day_for_which_there_are_tickets_stays(any_app: Flask) -> None:
    edition = make.edition()
    sunday = make.slot(starts=edition.moment(SUNDAY, time(11)))
    ticket = make.ticket()
    for values in (
        SHORTER,
        {"starts_on": FRIDAY + timedelta(365), "ends_on": SUNDAY + timedelta(365)},
    ):
        with pytest.raises(rules.DayHasTickets):
            rules.update_edition(edition, values, seen=1, now=NOW)
        assert (edition.days[0], edition.days[-1], edition.version) == (FRIDAY, SUNDAY, 1)
        assert ticket.admits(sunday)


def test_a_day_that_goes_takes_no_sessions_with_it(any_app: Flask) -> None:
    """What is on a day that is taken off stays, and is on the programme when the day is back."""
    edition = make.edition()
    sunday = make.slot(starts=edition.moment(SUNDAY, time(11)))
    ticket = make.ticket(of=make.ticket_type(days=[str(FRIDAY)]))
    rules.update_edition(edition, SHORTER, seen=1, now=NOW)
    db.session.expire_all()
    assert edition.days == [row.held_on for row in edition.day_rows] == list(SHORTER.values())
    assert edition.day_of(sunday.starts_at) == SUNDAY
    assert ticket.type.admits_on == [FRIDAY]
    rules.update_edition(edition, DATES, seen=2, now=NOW)
    assert edition.days[-1] == edition.day_rows[-1].held_on == SUNDAY


def test_a_day_that_is_added_is_not_on_tickets_that_were_sold(any_app: Flask) -> None:
    edition, ticket = make.edition(), make.ticket()
    monday = SUNDAY + timedelta(days=1)
    rules.update_edition(edition, {"starts_on": FRIDAY, "ends_on": monday}, seen=1, now=NOW)
    assert edition.days[-1] == monday
    assert monday not in ticket.type.admits_on


@pytest.mark.parametrize(
    ("kind", "save", "remove", "values"),
    [
        ("partner", rules.save_partner, rules.remove_partner, {"name": "Meander"}),
        ("question", rules.save_question, rules.remove_question, {"question": Bilingual("Wat?")}),
    ],
)
def test_what_happens_to_a_row_is_noted_with_its_edition(
    any_app: Flask, kind: str, save: Any, remove: Any, values: dict[str, object]
) -> None:
    edition = make.edition(slug="2026")
    row = save(edition, None, values, now=NOW)
    named = "Meander" if kind == "partner" else row.id
    save(edition, row, {}, seen=row.version, now=NOW)
    remove(row, now=NOW)
    entries = db.session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [entry.verb for entry in entries] == [f"{verb}_{kind}" for verb in VERBS]
    assert {entry.subject for entry in entries} == {f"{kind} {named}"}
    assert [entry.details for entry in entries[:2]] == [{"edition": "2026"}] * 2
