"""The rules of editions, on both databases."""

from datetime import timedelta

import pytest
from flask import Flask

from festival.db import db
from festival.editions import rules
from festival.editions.models import Edition, Partner, Question
from festival.editions.queries import current_edition, public_edition
from festival.team.editing import ChangedMeanwhile, SlugTaken
from festival.team.models import AuditEntry
from festival.web.languages import Bilingual
from tests import make
from tests.make import FRIDAY, NOW, SUNDAY

DATES = {"starts_on": FRIDAY, "ends_on": SUNDAY}


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


def test_of_two_editors_the_later_one_is_told(any_app: Flask) -> None:
    edition = make.edition()
    seen, programme = edition.version, edition.programme_version
    rules.update_edition(edition, {**DATES, "city": "Tilburg"}, seen=seen, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        rules.update_edition(edition, {**DATES, "city": "Breda"}, seen=seen, now=NOW)
    assert edition.city == "Tilburg"
    assert edition.programme_version == programme + 1


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
    rules.save_partner(edition, first, {"name": "Drie", "position": 9}, now=NOW)
    db.session.expire_all()
    assert [partner.name for partner in edition.partners] == ["Twee", "Drie"]
    rules.remove_partner(second, now=NOW)
    assert db.session.query(Partner).count() == 1

    question = rules.save_question(edition, None, {"question": Bilingual("Wat?")}, now=NOW)
    rules.save_question(edition, question, {"question": Bilingual("Hoe?")}, now=NOW)
    assert question.question.nl == "Hoe?"
    rules.remove_question(question, now=NOW)
    assert db.session.query(Question).count() == 0


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
