"""The team's screens of editions."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.db import db
from festival.editions.models import Edition, Partner, Question
from tests import make
from tests.scheduling.test_backoffice import form_of, shown

NEW = {
    "name_nl": "Festival 2028",
    "starts_on": "2028-09-15",
    "ends_on": "2028-09-16",
    "organiser_name": "Pluk",
    "organiser_email": "hallo@example.org",
}


@pytest.fixture
def organiser(visitor: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    make.sign_in(visitor, "organiser")
    return visitor


def test_only_organisers(visitor: FlaskClient, app: Flask) -> None:
    edition = make.edition()
    make.sign_in(visitor, "programme")
    for path in ("", "nieuw", edition.slug, f"{edition.slug}/partners", f"{edition.slug}/vragen"):
        assert visitor.get(f"/team/edities/{path}").status_code == 403, path


def test_the_first_edition_from_nothing_to_the_front_page(organiser: FlaskClient) -> None:
    assert "Maak de eerste editie" in shown(organiser.get("/team/edities/"))
    sent = form_of(shown(organiser.get("/team/edities/nieuw")))
    answer = organiser.post("/team/edities/nieuw", data=sent | NEW)
    assert answer.location.endswith("/team/edities/festival-2028")
    assert "Hier komt een festival" in shown(organiser.get("/"))
    organiser.post("/team/edities/festival-2028/huidige")
    assert "Festival 2028" in shown(organiser.get("/"))


def test_walking_and_feedback(organiser: FlaskClient) -> None:
    edition = make.edition()
    path = f"/team/edities/{edition.slug}"
    sent = form_of(shown(organiser.get(path)))
    assert (sent["walk_minutes"], sent["takes_feedback"]) == (["5"], ["y"])
    del sent["takes_feedback"]
    assert organiser.post(path, data=sent | {"walk_minutes": "0"}).status_code == 302
    assert (edition.walk_minutes, edition.takes_feedback) == (0, False)


def test_mistakes(organiser: FlaskClient) -> None:
    sent = form_of(shown(organiser.get("/team/edities/nieuw"))) | NEW
    for wrong, words in (
        ({"name_nl": ""}, "in een van de twee talen"),
        ({"starts_on": ""}, "Kies de eerste dag."),
        ({"organiser_email": "hallo"}, "Dit e-mailadres klopt niet"),
        ({"organiser_iban": "NL91 ABNA 0417 1643 01"}, "Deze IBAN klopt niet"),
        ({"payment_days": "0"}, "Kies 1 tot 90 dagen."),
        ({"walk_minutes": "241"}, "Kies 0 tot 240 minuten."),
    ):
        html = shown(organiser.post("/team/edities/nieuw", data=sent | wrong), 422)
        assert words in html, words
    html = shown(organiser.post("/team/edities/nieuw", data=sent | {"ends_on": "2028-09-14"}), 409)
    assert "De laatste dag ligt voor de eerste" in html
    assert db.session.query(Edition).count() == 0


def test_a_form_that_nobody_touched_changes_nothing(organiser: FlaskClient) -> None:
    edition = make.edition(route_nl="Met de trein.\n\nMet de fiets.")
    path = f"/team/edities/{edition.slug}"
    sent = form_of(shown(organiser.get(path)))
    before = {name: getattr(edition, name) for name in ("name", "theme", "route", "starts_on")}
    assert organiser.post(path, data=sent).status_code == 302
    db.session.expire_all()
    assert {name: getattr(edition, name) for name in before} == before
    assert edition.version == 2
    html = shown(organiser.post(path, data=sent | {"city": "Gent"}), 409)
    assert "Iemand anders heeft dit intussen gewijzigd" in html
    assert edition.city == ""


def test_partners_and_questions(organiser: FlaskClient) -> None:
    edition = make.edition()
    base = f"/team/edities/{edition.slug}"
    sent = form_of(shown(organiser.get(f"{base}/partners")))
    organiser.post(f"{base}/partners", data=sent | {"name": "Meander", "url": "https://x.example"})
    html = shown(organiser.post(f"{base}/partners", data={"name": "X", "url": "javascript:1"}), 422)
    assert "Begin het adres met https://" in html
    partner = db.session.query(Partner).one()
    again = form_of(shown(organiser.get(f"{base}/partners/{partner.id}")))
    organiser.post(f"{base}/partners/{partner.id}", data=again | {"kind_nl": "school"})
    assert (partner.name, partner.kind.nl) == ("Meander", "school")
    organiser.post(f"{base}/partners/{partner.id}/weg")
    assert db.session.query(Partner).count() == 0

    organiser.post(f"{base}/vragen", data={"question_nl": "Mag de hond mee?", "answer_nl": "Ja."})
    question = db.session.query(Question).one()
    assert "Mag de hond mee?" in shown(organiser.get(f"{base}/vragen"))
    other = make.edition(is_current=False)
    wrong = f"/team/edities/{other.slug}/vragen/{question.id}"
    assert organiser.get(wrong).status_code == 404
    assert organiser.post(f"{wrong}/weg").status_code == 404
    organiser.post(f"{base}/vragen/{question.id}/weg")
    assert db.session.query(Question).count() == 0
