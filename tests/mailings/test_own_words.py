"""Automatic letters in which the team writes sentences: filled safely, shown, and put back."""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from festival.db import db, transactional
from festival.home import rules as home
from festival.mail import prose
from festival.mail.fields import LooseBrace, UnknownField
from festival.mail.models import Letter
from festival.mailings import own_words
from festival.mailings.models import LetterText
from festival.releases import letters as releases
from festival.team.editing import ChangedMeanwhile
from festival.tickets import letters
from festival.tickets.models import Order
from festival.web.languages import LANGUAGES, Bilingual
from tests import make
from tests.make import NOW

TEMPLATES = Path(__file__).parents[2] / "templates"
NAME = "tickets/order_confirmed"
OWN = {
    "subject": "Joepie, {voornaam}!",
    "opening": "Bestelling {bestelling} is klaar.\n\nKijk op https://example.org/x?a=1&b=2. Dag!",
    "closing": "Neem {festival} mee\nen een trui.",
}


def change(edition, name=NAME, *, nl=None, en=None, seen=None):
    letter = prose.editable_letters()[name]
    empty = dict.fromkeys(prose.BLOCKS, "")
    texts = {"nl": {**empty, **(nl or {})}, "en": {**empty, **(en or {})}}
    before = own_words.seen(own_words.texts_of(edition, letter))
    own_words.change_texts(
        edition, letter, texts, seen_before=before if seen is None else seen, now=NOW
    )


def confirmed(**values):
    """The letter that confirms an order by Mia."""
    order = make.order(name="Mia Jansen", email="mia@example.org", **values)
    transactional(letters.order_confirmed)(order, now=NOW)
    return order, db.session.query(Letter).order_by(Letter.id.desc()).first()


def test_the_team_s_sentences_stand_in_the_letter_and_the_facts_stay(app):
    change(make.edition(), nl=OWN)
    order, letter = confirmed()
    assert letter.subject == "Joepie, Mia!"
    assert letter.body_text.startswith(
        f"Dag Mia Jansen,\n\nBestelling {order.code} is klaar.\n\n"
        "Kijk op https://example.org/x?a=1&b=2. Dag!\n\n* "
    )
    assert "\n\nNeem Innovatiefestival mee\nen een trui.\n\nJe hele bestelling" in letter.body_text
    assert "Joepie, Mia!</h1>" in letter.body_html
    assert '<a href="https://example.org/x?a=1&amp;b=2">' in letter.body_html
    assert "Neem Innovatiefestival mee<br>en een trui." in letter.body_html
    for text in (letter.body_text, letter.body_html):
        assert f"/kaartje/{order.tickets[0].secret}" in text
        assert f"/bestelling/{order.secret}" in text
        assert order.tickets[0].code in text
        assert "Tot op het festival" not in text


def test_another_language_and_another_edition_keep_our_text(app):
    edition = make.edition()
    change(edition, nl=OWN)
    _order, english = confirmed(language="en")
    assert english.subject == "Your ticket for Innovation festival"
    other = make.edition(is_current=False)
    _order, dutch = confirmed(of=make.ticket_type(edition_id=other.id))
    assert dutch.subject == "Je kaartje voor Innovatiefestival"


def test_one_block_alone(app):
    change(make.edition(), nl={"closing": "Tot dan."})
    _order, letter = confirmed()
    assert letter.subject == "Je kaartje voor Innovatiefestival"
    assert "Tot op het festival!" in letter.body_text
    assert "\n\nTot dan.\n\n" in letter.body_text
    assert "QR-code" not in letter.body_text


@pytest.mark.parametrize(
    "typed", ["Mia\nBcc: all@example.org", "{festival} x", "<script>x</script>", "evil.shop Mia"]
)
def test_what_strangers_type_stays_text(app, typed):
    change(make.edition(), nl={"subject": "Dag {naam}", "opening": "{bestelling} van {naam}"})
    order = make.order(name=typed)
    transactional(letters.order_confirmed)(order, now=NOW)
    letter = db.session.query(Letter).one()
    assert "\n" not in letter.subject
    assert "<script>" not in letter.body_html
    assert "evil.shop" not in letter.subject + letter.body_text + letter.body_html
    assert "Innovatiefestival" not in letter.subject


def test_what_the_team_types_is_neither_markup_nor_code(app):
    change(make.edition(), nl={"opening": "<b>{bestelling}</b> <script>1</script> %(code)s"})
    _order, letter = confirmed()
    assert "<script>" not in letter.body_html
    assert "<b>" not in letter.body_html
    assert "%(code)s" in letter.body_text


@pytest.mark.parametrize(
    ("texts", "refusal"),
    [
        ({"subject": "Dag {geheim}"}, UnknownField),
        ({"opening": "{{bestelling}}"}, LooseBrace),
        ({"opening": "{% raw %} {bestelling}"}, UnknownField),
        ({"closing": "Dag {naam"}, LooseBrace),
        ({"opening": "Alles is klaar."}, own_words.FieldMissing),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_cannot_be_filled_or_lacks_a_fact_is_refused(app, texts, refusal, language):
    with pytest.raises(refusal):
        change(make.edition(), **{language: texts})
    assert db.session.query(LetterText).count() == 0


def test_put_back(app):
    edition = make.edition()
    change(edition, nl=OWN, en={"closing": "See you."})
    assert own_words.changed_letters(edition) == {NAME}
    own_words.put_back(edition, prose.editable_letters()[NAME], now=NOW)
    assert own_words.changed_letters(edition) == set()
    _order, letter = confirmed()
    assert letter.subject == "Je kaartje voor Innovatiefestival"


def test_of_two_people_the_later_one_is_told(any_app):
    edition = make.edition()
    letter = prose.editable_letters()[NAME]
    before = own_words.seen(own_words.texts_of(edition, letter))
    change(edition, nl={"closing": "De eerste."})
    with pytest.raises(ChangedMeanwhile):
        change(edition, nl={"closing": "De tweede."}, seen=before)
    assert own_words.texts_of(edition, letter)["nl"]["closing"] == "De eerste."


def test_a_copy_of_an_edition_has_the_texts_and_a_deleted_one_takes_them_along(app):
    edition = make.edition(is_current=False)
    change(edition, nl=OWN)
    copy = home.copy_edition(
        edition,
        name=Bilingual("Volgend jaar"),
        slug="volgend-jaar",
        first_day=make.date(2027, 10, 22),
        with_partners=False,
        now=NOW,
    )
    letter = prose.editable_letters()[NAME]
    assert own_words.texts_of(copy, letter)["nl"] == OWN
    home.delete_edition(copy, now=NOW)
    assert {row.edition_id for row in db.session.query(LetterText)} == {edition.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_letter_can_be_shown_before_anything_is_ordered(app, language):
    """With an invented order, which is not saved; and its blocks are where the list says."""
    edition = make.edition()
    slot = make.slot()
    for name, letter in prose.editable_letters().items():
        found = own_words.example(edition, letter, language, now=NOW)
        assert found, name
        assert found[0].language == language
        ours = own_words.our_texts(edition, letter, language, now=NOW)
        assert list(ours) == list(letter.blocks), name
        assert all(ours.values()), name
        for block, fields in letter.needed.items():
            assert all(f"{{{field}}}" in ours[block] for field in fields), (name, ours)
        own = {block: f"Eigen {block}" + "".join(f" {{{f}}}" for f in letter.needed.get(block, ()))
               for block in letter.blocks}  # fmt: skip
        change(edition, name, **{language: own})
        changed, _values = own_words.example(edition, letter, language, now=NOW)
        if "subject" in letter.blocks:
            wanted = {f: str(letter.fields[f](_values)) for f in letter.needed.get("subject", ())}
            assert changed.subject == " ".join(["Eigen subject", *wanted.values()])
        for block in letter.blocks:
            for text in (changed.body_text, changed.body_html):
                assert f"Eigen {block}" in text or block == "subject", (name, block)
        # Whatever the team writes, the letter's own links stay.
        links = re.findall(r"http://localhost\S+", found[0].body_text)
        assert links == re.findall(r"http://localhost\S+", changed.body_text), name
    db.session.rollback()
    assert db.session.query(Letter).count() == 0
    assert db.session.query(Order).count() == 0
    assert slot.taken == 0


@pytest.fixture
def team(visitor):
    make.edition()
    make.sign_in(visitor, "organiser")
    return visitor


def test_from_the_list_to_a_changed_letter_and_back(team):
    page = team.get("/team/brieven/").text
    assert 'href="/team/brieven/vast/"' in page
    page = team.get("/team/brieven/vast/").text
    assert "eigen tekst" not in page
    here = f"/team/brieven/vast/{NAME}"
    assert f'href="{here}"' in page
    page = team.get(here).text
    assert "Onze tekst: Je bestelling {bestelling} is rond. Tot op het festival!" in page
    assert "Zet onze tekst terug" not in page
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', page)[1]
    data = {"seen": seen, "opening_nl": "Hoera, {bestelling}!"}
    assert team.post(here, data=data).status_code == 303
    page = team.get(here).text
    assert "Hoera, {bestelling}!</textarea>" in page
    assert "Zet onze tekst terug" in page
    assert "Hoera, VOORBEELD!" in team.get(f"{here}/voorbeeld/nl").text
    assert "eigen tekst" in team.get("/team/brieven/vast/").text
    assert team.post(here, data={**data, "opening_nl": "x {bestelling}"}).status_code == 409
    assert team.post(f"{here}/terug").status_code == 302
    assert "Hoera" not in team.get(f"{here}/voorbeeld/nl").text


def test_what_was_typed_stays_after_a_mistake(team):
    here = f"/team/brieven/vast/{NAME}"
    answer = team.post(here, data={"seen": "x", "opening_nl": "Hoera, {code}!"})
    assert answer.status_code == 409
    assert "Het veld {code} kennen we hier niet" in answer.text
    assert "Hoera, {code}!</textarea>" in answer.text


def test_the_example_shows_the_latest_order_without_its_links(team):
    order, _letter = confirmed()
    for language in LANGUAGES:
        page = team.get(f"/team/brieven/vast/{NAME}/voorbeeld/{language}").text
        assert order.secret not in page
        assert order.tickets[0].secret not in page
        assert "/kaartje/…" in page
    assert order.code in team.get(f"/team/brieven/vast/{NAME}/voorbeeld/nl").text
    assert "VOORBEELD" in team.get(f"/team/brieven/vast/{NAME}/voorbeeld/en").text


def test_before_there_is_a_slot_there_is_nothing_to_show(team):
    here = "/team/brieven/vast/bookings/place_booked"
    assert "Nog niets om te laten zien" in team.get(here).text
    assert team.get(f"{here}/voorbeeld/nl").status_code == 404


@pytest.mark.parametrize("role", ["finance", "programme", "checkin", "editor"])
def test_only_organisers_change_letters(app, visitor, role):
    make.edition()
    make.sign_in(visitor, role)
    assert visitor.get("/team/brieven/vast/").status_code == 403
    assert visitor.post(f"/team/brieven/vast/{NAME}/terug").status_code == 403


# The team writes all of these.
TO_MANY = {"mailings/service", "mailings/invitation"}


def test_each_letter_can_be_changed_or_says_why_not(app):
    written = {
        f"{path.parent.parent.name}/{path.stem}"
        for path in TEMPLATES.glob("*/letters/*.txt")
        if 'extends "mail/letter_base.txt"' in path.read_text(encoding="utf-8")
    }
    editable, fixed = set(prose.editable_letters()), prose.fixed_letters()
    assert editable | set(fixed) | TO_MANY == written
    assert not editable & set(fixed)
    assert all(str(letter.why) for letter in fixed.values())


def test_the_page_says_why_a_letter_cannot_be_changed(team):
    page = team.get("/team/brieven/vast/").text
    for letter in prose.fixed_letters().values():
        assert str(letter.words) in page
        assert str(letter.why) in page


def test_letters_that_go_together_look_their_texts_up_once(app):
    edition = make.edition()
    change(edition, "releases/edition_moved", nl={"subject": "Verhuisd!"})
    of = make.ticket_type()
    for _number in range(3):
        make.order(of=of)
    days = list(edition.days)
    with counted_statements("letter_text") as statements:
        transactional(releases.edition_moved)(edition, days, now=NOW)
    assert len(statements) == 1
    assert {row.subject for row in db.session.query(Letter)} == {"Verhuisd!"}


@contextmanager
def counted_statements(table):
    found = []

    def note(_connection, _cursor, statement, *_rest):
        if f"FROM {table}" in statement:
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
