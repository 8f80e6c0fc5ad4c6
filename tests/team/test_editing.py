"""Editing what others edit too, and the words that stand in addresses."""

import re
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from festival.db import db, transactional
from festival.editions.models import Edition
from festival.programme.models.places import Stage
from festival.team import editing
from festival.team.editing import ChangedMeanwhile, SlugTaken, slug_of
from festival.tickets.models import Pool
from tests import make
from tests.races.at_once import at_once

A_CODE = re.compile(r"[34679acdefghjkmnpqrtwxy]{8}")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Brood bakken", "brood-bakken"),
        ("  Brood -- bakken!  ", "brood-bakken"),
        ("Łódź, derde binnenplaats", "lodz-derde-binnenplaats"),
        ("Café Één, naïef & coöperatief", "cafe-een-naief-cooperatief"),
        ("Straße Ørsted Ægir Đorđe ısı", "strasse-orsted-aegir-dorde-isi"),
        ("Œuvre, Þór og Garðar", "oeuvre-thor-og-gardar"),
        ("İstanbul", "istanbul"),
        ("’s-Hertogenbosch in 2026", "s-hertogenbosch-in-2026"),
        ("Ħal ǾÐ 𝐁𝐫𝐨𝐨𝐝", "hal-od-brood"),
        ("½ liter ﬁne soep №5", "1-2-liter-fine-soep-no5"),
        ("Dansen 💃 met 👩‍👧 Mia", "dansen-met-mia"),
        ("Brood van An D’Hondt", "brood-van-an-dhondt"),
        ("UPPER_case/and.dots", "upper-case-and-dots"),
    ],
)
def test_a_text_as_it_stands_in_an_address(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@pytest.mark.parametrize("text", ["", "   ", "Мария", "💃", "—", "ﷺ", "…"])
def test_a_text_without_letters_for_an_address_gets_a_code(text: str) -> None:
    first, second = slug_of(text), slug_of(text)
    assert A_CODE.fullmatch(first)
    assert first != second, "two of those do not collide"


def test_a_long_title_is_cut_without_a_dash_at_its_end() -> None:
    assert slug_of("a" * 100) == "a" * 60
    assert slug_of("a" * 59 + " en verder") == "a" * 59
    assert slug_of("a" * 58 + " en verder") == "a" * 58 + "-e"


@given(st.text())
def test_a_slug_always_fits_into_an_address_and_is_its_own_slug(text: str) -> None:
    slug = slug_of(text)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 60
    assert slug_of(slug) == slug


def test_no_slug_can_hide_one_of_our_own_pages(app: Flask) -> None:
    """`/team/leden/nieuw` is a form: what is called "nieuw" there could never be opened."""
    rules = [rule.rule.strip("/").split("/") for rule in app.url_map.iter_rules()]
    hidden = {
        (rule[-1], "/".join(other))
        for rule in rules
        for other in rules
        if other[-1] in {"<slug>", "<edition_slug>"} and other[:-1] == rule[:-1]
        if "<" not in rule[-1] and "." not in rule[-1]
    }
    assert hidden, "there are such pages"
    assert {word for word, _where in hidden} <= editing.reserved_words(Stage)


@pytest.mark.parametrize(
    "word", ["kaartje", "programma", "sprekers", "bestelling", "agenda", "wijzigingen", "en"]
)
def test_no_edition_hides_a_page_of_visitors(app: Flask, word: str) -> None:
    edition = make.edition()
    with pytest.raises(SlugTaken, match=f"“{word}”"):
        write(edition, slug=word)


def test_what_lies_below_an_edition_may_have_the_name_of_a_page(app: Flask) -> None:
    write(make.stage(slug="hal"), slug="contact")


# -- writing ----------------------------------------------------------------------------------


@transactional
def write(row: Any, **values: Any) -> None:
    editing.save(row, values)


@transactional
def change(row: Any, seen: int, **values: Any) -> None:
    editing.take_version(row, seen)
    editing.save(row, values)


def test_what_is_written_is_in_the_database_before_the_rule_ends(app: Flask) -> None:
    row = Pool(edition_id=make.edition().id, taken=0)

    @transactional
    def rule() -> int:
        editing.save(row, {"slug": "nieuwkomers", "name": "Nieuwkomers", "capacity": 5})
        return row.id

    assert db.session.get_one(Pool, rule()).capacity == 5


def test_a_field_that_does_not_exist_is_a_fault_and_not_forgotten(app: Flask) -> None:
    stage = make.stage()
    with pytest.raises(AttributeError, match="Stage has no capasity"):
        write(stage, capasity=5)


@pytest.mark.parametrize("word", ["contingenten", "en", "nieuw", "nl"])
def test_our_own_words_are_refused(app: Flask, word: str) -> None:
    stage = make.stage(slug="hal")
    with pytest.raises(SlugTaken, match=f"“{word}”"):
        write(stage, slug=word, capacity=5)
    db.session.expire_all()
    assert (stage.slug, stage.capacity) == ("hal", 100)


def test_two_of_one_edition_cannot_share_an_address(any_app: Flask) -> None:
    first, second = make.stage(slug="hal"), make.stage(slug="zaal")
    with pytest.raises(SlugTaken) as refused:
        write(second, slug="hal", capacity=5)
    assert str(refused.value).startswith("Het adres “hal” is al van iets anders.")
    db.session.expire_all()
    assert (first.slug, second.slug, second.capacity) == ("hal", "zaal", 100)

    elsewhere = make.edition(is_current=False)
    write(make.stage(edition_id=elsewhere.id), slug="hal")
    write(make.pool(), slug="hal")
    write(second, slug="zaal", capacity=7)
    assert second.capacity == 7


def test_editions_share_no_address_either(any_app: Flask) -> None:
    make.edition(slug="2026", is_current=False)
    second = make.edition(slug="2027")
    with pytest.raises(SlugTaken):
        write(second, slug="2026")


def test_another_clash_is_not_called_a_taken_address(any_app: Flask) -> None:
    pool = make.pool(slug="een")
    with pytest.raises(IntegrityError):
        write(pool, slug="twee", edition_id=None)
    with pytest.raises(IntegrityError):
        write(make.stage(), capacity=-1)


# -- two people at one thing ------------------------------------------------------------------


def test_the_later_of_two_editors_is_told(any_app: Flask) -> None:
    stage = make.stage(capacity=100)
    seen = stage.version
    change(stage, seen, capacity=120)
    with pytest.raises(ChangedMeanwhile):
        change(stage, seen, capacity=80)
    db.session.expire_all()
    assert (stage.capacity, stage.version) == (120, seen + 1)
    change(stage, stage.version, capacity=80)
    assert (stage.capacity, stage.version) == (80, seen + 2)


def test_a_refused_change_does_not_count_as_one(any_app: Flask) -> None:
    make.stage(slug="hal")
    stage = make.stage()
    seen = stage.version
    with pytest.raises(SlugTaken):
        change(stage, seen, slug="hal")
    change(stage, seen, slug="zaal")
    assert stage.version == seen + 1


def test_of_two_who_save_at_the_same_instant_one_is_told(any_app: Flask) -> None:
    stage_id, seen = make.stage().id, 1
    db.session.query(Stage).update({"version": seen})
    db.session.commit()

    def save(number: int) -> str:
        try:
            change(db.session.get_one(Stage, stage_id), seen, capacity=number + 1)
        except ChangedMeanwhile:
            return "told"
        return "saved"

    assert sorted(at_once(any_app, save, 4)) == ["saved", "told", "told", "told"]
    db.session.expire_all()
    assert db.session.get_one(Stage, stage_id).version == seen + 1


@pytest.mark.parametrize("seen", [-1, 2**31, 2**63, 10**30])
def test_a_version_that_no_database_counted_is_not_even_asked_for(
    any_app: Flask, seen: int
) -> None:
    """PostgreSQL takes no such number: it would be a fault, for what is a form gone wrong."""
    stage = make.stage()
    with pytest.raises(ChangedMeanwhile):
        change(stage, seen, capacity=5)
    assert not editing.is_version(seen)


def test_the_borders_of_what_counts_as_a_version() -> None:
    assert editing.is_version(0)
    assert editing.is_version(2**31 - 1)


def test_what_was_removed_meanwhile_was_changed_meanwhile(app: Flask) -> None:
    stage = make.stage()
    db.session.execute(db.delete(Stage).where(Stage.id == stage.id))
    db.session.commit()
    with pytest.raises(ChangedMeanwhile):
        change(stage, 1, capacity=5)


def test_other_rows_keep_their_versions(app: Flask) -> None:
    """The guard names its row: without that, every editor of a list would be told."""
    stage, other = make.stage(), make.stage()
    before = other.version
    change(stage, stage.version, capacity=5)
    db.session.expire_all()
    assert other.version == before


def test_what_a_row_says_after_its_version_is_taken_is_what_stands_there_now(app: Flask) -> None:
    edition = make.edition(city="Tilburg")

    @transactional
    def rule() -> str:
        assert edition.city == "Tilburg"
        table = Edition.__table__
        db.session.execute(table.update().values(city="Breda"))
        editing.take_version(edition, edition.version)
        return edition.city

    assert rule() == "Breda"
