"""Preview pictures of shared pages: complete, legible whatever the title, cached for ever."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageChops

from festival.feeds import pictures
from festival.feeds.pictures import Poster
from festival.fonts import FALLBACKS, Fallback, unwritable
from festival.programme.models.sessions import KINDS
from festival.web.languages import Bilingual
from tests.feeds.test_schedule import changed
from tests.feeds.test_sharing import meta
from tests.world import World

LONG = "Arbeidsongeschiktheidsverzekeringsmaatschappijen en meervoudigepersoonlijkheidsstoornissen"


def poster(**values: str) -> Poster:
    return Poster(
        **{
            "kind": "talk",
            "label": "Lezing",
            "title": "Soep is geen project",
            "language": "nl",
            "names": "Ria Wróżyńska",
            "when": "vrijdag 23 oktober, 10.00–10.45 uur",
            "where": "De Hal",
            "festival": "Innovatiefestival",
            **values,
        }
    )


def drawn(of: Poster) -> Image.Image:
    with Image.open(BytesIO(pictures.draw(of))) as picture:
        assert picture.format == "PNG"
        return picture.convert("RGB")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_poster(kind: str) -> None:
    picture = drawn(poster(kind=kind))
    assert picture.size == (1200, 630)
    assert len(pictures.draw(poster(kind=kind))) < 60_000


@pytest.mark.parametrize(
    "title",
    ["Galm", LONG, f"{LONG} {LONG} {LONG}", "a" * 300, "W" * 40, "", "Мария 日本 😀", "x\n\ny"],
)
def test_every_title_stays_within_its_margins(title: str) -> None:
    """The margins show what they show without any title."""
    with_title, without = (drawn(poster(title=each, names="")) for each in (title, ""))
    box = ImageChops.difference(with_title, without).getbbox()
    if box:
        left, top, right, bottom = box
        assert left >= 48
        assert right <= 1200 - 48
        assert top >= 108
        assert bottom < 452
    if "Galm" in title or "Arbeid" in title:
        assert box


def test_many_names_stay_off_the_thread() -> None:
    names = ", ".join(["Annemarie van der Merwede-Oosterhoutschebroek"] * 12)
    left, _top, right, bottom = ImageChops.difference(
        drawn(poster(names=names)), drawn(poster(names=" "))
    ).getbbox()
    assert left >= 56
    assert right <= 1090 - 27
    assert bottom < 452


@pytest.mark.parametrize("script", FALLBACKS)
def test_a_title_in_every_script_is_drawn(script: Fallback) -> None:
    """All its letters, so each word that is left out makes another picture."""
    whole = pictures.draw(poster(title=script.sample))
    for word in script.sample.split():
        less = " ".join(each for each in script.sample.split() if each != word)
        assert pictures.draw(poster(title=less, festival="")) != whole
    assert not unwritable(script.sample)


def test_a_title_that_cannot_be_drawn_is_replaced_by_the_festival() -> None:
    festival = poster().festival
    linear_b = "\N{LINEAR B SYLLABLE B008 A}\N{LINEAR B SYLLABLE B038 E}"
    assert pictures.draw(poster(title=linear_b)) == pictures.draw(poster(title=festival))
    assert pictures.draw(poster(title=linear_b)) != pictures.draw(poster(title="", festival=""))


def test_another_text_has_another_digest() -> None:
    assert poster().digest == poster().digest
    assert poster().digest != poster(when="zaterdag").digest
    assert poster(title="\ud800").digest


def test_a_picture_is_cached_for_ever(world: World, visitor: FlaskClient) -> None:
    address = meta(visitor, "/programma/soep")["og:image"]
    answer = visitor.get(address)
    assert answer.content_type == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with Image.open(BytesIO(answer.data)) as picture:
        assert picture.size == (1200, 630)
    world.talk.slots[0].delay_minutes = 15
    changed(world)
    new = meta(visitor, "/programma/soep")["og:image"]
    assert new != address, "it says another time"
    old = visitor.get(address)
    assert (old.status_code, old.location) == (302, new)
    assert "immutable" not in old.headers["Cache-Control"]


def test_a_guessed_digest_redirects_without_drawing(
    world: World, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(_poster: Poster) -> bytes:
        raise AssertionError

    monkeypatch.setattr(pictures, "draw", draw)
    for number in range(5):
        guessed = f"/plaatje/{number:016x}/programma/soep.png"
        assert visitor.get(guessed).status_code == 302


def test_pictures_speak_the_language_of_the_page(world: World, visitor: FlaskClient) -> None:
    dutch, english = (meta(visitor, f"{prefix}/programma/soep") for prefix in ("", "/en"))
    assert "Lezing, Soep is geen project, Ria Wróżyńska" in dutch["og:image:alt"]
    assert "Talk, Soup is not a project" in english["og:image:alt"]
    assert english["og:image"].startswith("http://localhost/en/plaatje/")
    assert visitor.get(english["og:image"]).status_code == 200


def test_what_is_cancelled_says_so(world: World, visitor: FlaskClient) -> None:
    world.talk.slots[0].state = "cancelled"
    world.talk.slots[0].reason = Bilingual("Ria is ziek.")
    changed(world)
    assert "Gaat niet door" in meta(visitor, "/programma/soep")["og:image:alt"]
