"""The programme on paper: the right size of paper, everything on it, nothing cut off."""

import re
from datetime import timedelta

import pypdfium2
import pytest

from festival import pdf, text_metrics
from festival.db import db
from festival.editions.rules import raise_programme_version
from festival.programme.models.timetable import Block
from festival.signage import prints, stage_schedule, wall_sheet
from festival.web.languages import Bilingual
from tests import make
from tests.crowd import crowd
from tests.make import FRIDAY
from tests.world import at

A3, A4, A5 = (420, 297), (210, 297), (148, 210)


def pages(answer):
    """The texts of the pages of a PDF without any white space, and the size of each in mm."""
    assert answer.status_code == 200, answer.text[:300]
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(answer.data)
    try:
        texts, sizes = [], []
        for number in range(len(document)):
            page = document[number]
            texts.append(squeezed(page.get_textpage().get_text_range()))
            sizes.append(tuple(round(points / 72 * 25.4) for points in page.get_size()))
        return texts, set(sizes)
    finally:
        document.close()


def squeezed(text):
    """`text` without spaces and hyphens, which depend on where lines end."""
    return re.sub(r"[\s\xad\ufffe\ufeff\u2010\u0002-]+", "", text)


def titles(edition, day=None):
    schedule = stage_schedule.schedule_of(edition)
    return {
        squeezed(entry.title.nl) for entry in schedule.entries if day is None or entry.day == day
    }


def test_a_wall_sheet_for_each_day_has_every_title_of_it(world, visitor):
    texts, sizes = pages(visitor.get("/programma-a3.pdf"))
    assert (len(texts), sizes) == (2, {A3})
    assert "Vrijdag23oktober" in texts[0]
    assert "Zaterdag24oktober" in texts[1]
    for title in titles(world.edition, FRIDAY):
        assert title in texts[0]
    assert "10.00–10.45Lezing" in texts[0]
    assert "13.00–17.55Coaching" in texts[0]
    assert "localhost/programma" in texts[0]
    one, _sizes = pages(visitor.get("/programma-a3.pdf?dag=2026-10-24"))
    assert len(one) == 1
    assert "Zaterdag24oktober" in one[0]
    assert visitor.get("/programma-a3.pdf?dag=2026-10-25").status_code == 404


def test_english_is_another_document(world, visitor):
    texts, _sizes = pages(visitor.get("/en/programma-a3.pdf"))
    assert "Friday23October" in texts[0]
    assert "Soupisnotaproject" in texts[0]
    # What is there in Dutch only, is there in Dutch.
    assert "Zagenvoorbeginners" in texts[0]


def test_twelve_stages_and_four_hundred_sessions_fit_on_more_sheets(app, visitor):
    edition = make.current_edition()
    crowd(edition)
    texts, sizes = pages(visitor.get("/programma-a3.pdf?dag=2026-10-23"))
    assert sizes == {A3}
    assert len(texts) == 2
    on_it = "".join(texts)
    assert [title for title in titles(edition, FRIDAY) if title not in on_it] == []
    assert "blad2van2" in texts[1]


def boxes(edition, day, language="nl"):
    schedule = stage_schedule.schedule_of(edition)
    return wall_sheet.sheets_of(edition, schedule.stages, schedule.entries_on(day), language)


def test_no_box_lies_on_another_or_beside_the_paper_or_is_too_small_for_its_words(app):
    edition = make.current_edition()
    crowd(edition)
    for sheet in boxes(edition, FRIDAY):
        for number, box in enumerate(sheet.boxes):
            assert box.x >= 0
            assert box.x + box.width <= wall_sheet.WIDTH + 0.01
            assert box.y >= 0
            assert box.y + box.height <= wall_sheet.HEIGHT + 0.01
            rows = text_metrics.count_lines(
                box.entry.title.nl, "title", sheet.size, box.width - 3.6
            )
            assert box.height >= rows * text_metrics.measure_line_height(sheet.size) + 3
            for other in sheet.boxes[number + 1 :]:
                beside = (
                    box.x + box.width <= other.x + 0.01 or other.x + other.width <= box.x + 0.01
                )
                above = (
                    box.y + box.height <= other.y + 0.01 or other.y + other.height <= box.y + 0.01
                )
                assert beside or above, (box.label, other.label)
        # Later is lower, on the whole sheet: it is one axis.
        in_time = sorted(sheet.boxes, key=lambda box: box.entry.expected.starts_at)
        assert [box.y for box in in_time] == sorted(box.y for box in in_time)
        assert [hour.y for hour in sheet.hours] == sorted(hour.y for hour in sheet.hours)


def test_what_goes_on_at_one_stage_at_the_same_time_stands_beside_each_other(world):
    for title in ("Tweede coach", "Derde coach"):
        make.slot(
            make.session(kind="coaching", title=Bilingual(title)),
            starts=at(23, 13, 30),
            minutes=20,
            stage=world.table,
        )
    raise_programme_version(world.edition.id)
    db.session.commit()
    (sheet,) = boxes(world.edition, FRIDAY)
    coaches = [box for box in sheet.boxes if box.entry.kind == "coaching"]
    assert len({box.x for box in coaches}) == 3
    table = sheet.columns[1]
    assert all(table.x <= box.x < table.x + table.width for box in coaches)


def test_measured_text_is_never_narrower_than_printed_text(world):
    """count_lines returns at least the number of lines that WeasyPrint makes."""
    words = [
        "Arbeidsmarktgerichte wijkontwikkelingsmaatschappijen en meervoudig ruimtegebruik 324",
        "Een dak boven je hoofd en een tafel in de straat 144",
        "Wat Łucja Wróżyńska en mevrouw Gündoğmuş deden; MMM WWW",
    ]
    for text in words:
        for width in (30, 45, 64):
            html = (
                '<!doctype html><html lang="nl"><head><title>x</title></head><body>'
                f'<div class="box" style="font-size: 12pt; width: {width + 3.6}mm"><h3>{text}</h3>'
                "</div></body></html>"
            )
            document = pypdfium2.PdfDocument(pdf.make(html, style="programme_wall"))
            rows = document[0].get_textpage().count_rects()
            document.close()
            assert rows <= text_metrics.count_lines(text, "title", 12, width), (text, width)


def test_a_booklet_folds_and_leads_from_a_name_to_a_page(world, visitor):
    texts, sizes = pages(visitor.get("/programma-a5.pdf"))
    assert sizes == {A5}
    assert len(texts) % 4 == 0
    for title in titles(world.edition):
        assert title in "".join(texts)
    index = next(text for text in texts if "Wiewaaris" in text)
    page = int(re.search(r"RiaWróżyńska(\d)", index)[1])
    assert "Soepisgeenproject" in texts[page - 1]
    assert "Zondertrap" in "".join(texts)


def test_a_full_booklet_prints_each_hour_once(app, visitor):
    edition = make.current_edition()
    crowd(edition, stages=4, sessions=80)
    texts, _sizes = pages(visitor.get("/programma-a5.pdf"))
    schedule = stage_schedule.schedule_of(edition)
    days = "".join(text for text in texts[1:] if "Wiewaaris" not in text)
    assert len(re.findall(r"\d\.[0-5]\d", days)) == 2 * len(schedule.entries)


def test_a_door_has_a_page_for_each_of_its_days(world, visitor):
    texts, sizes = pages(visitor.get("/podium/tafel.pdf"))
    assert (len(texts), sizes) == (2, {A4})
    assert "DeTafel" in texts[0]
    assert "Zagenvoorbeginners" in texts[0]
    assert "Soepisgeenproject" not in "".join(texts)
    assert visitor.get("/podium/geen.pdf").status_code == 404


def test_a_full_door_stays_one_page_a_day(app, visitor):
    edition = make.current_edition()
    crowd(edition)
    texts, _sizes = pages(visitor.get("/podium/zaal-9.pdf"))
    assert len(texts) == 3
    schedule = stage_schedule.schedule_of(edition)
    stage = next(each for each in schedule.stages if each.slug == "zaal-9")
    for day, text in zip(edition.days, texts, strict=True):
        of_day = [entry for entry in schedule.entries_of(stage) if entry.day == day]
        assert [t.title.nl for t in of_day if squeezed(t.title.nl) not in text] == []


def test_the_team_prints_all_doors_at_once(world, visitor):
    path = f"/team/programma/{world.edition.slug}/deurbladen.pdf"
    assert visitor.get(path).status_code == 302
    make.sign_in(visitor, "programme")
    assert visitor.get(path).headers["Cache-Control"] == "private, no-store"
    assert visitor.get("/podium/tafel.pdf").headers["Cache-Control"].startswith("public")
    texts, _sizes = pages(visitor.get(path))
    assert len(texts) == 3


def test_what_does_not_happen_says_so_and_a_break_is_on_the_wall(world, visitor):
    world.talk.slots[0].state = "cancelled"
    db.session.add(
        Block(
            edition_id=world.edition.id,
            kind="break",
            title=Bilingual("Soep voor iedereen"),
            starts_at=at(23, 12, 30),
            ends_at=at(23, 13),
            is_public=True,
        )
    )
    raise_programme_version(world.edition.id)
    db.session.commit()
    for path in ("/programma-a3.pdf", "/programma-a5.pdf", "/podium/hal.pdf"):
        texts, _sizes = pages(visitor.get(path))
        assert "Gaatnietdoor" in "".join(texts), path
    texts, _sizes = pages(visitor.get("/programma-a3.pdf"))
    assert "Soepvooriedereen" in texts[0]


def test_a_day_that_is_too_much_for_one_stage_goes_on_two_sheets(world):
    for number in range(60):
        make.slot(
            make.session(title=Bilingual(f"Heel kort maar met een lange titel erbij {number}")),
            starts=at(23, 14) + timedelta(minutes=5 * number),
            minutes=5,
            stage=world.hall,
        )
    raise_programme_version(world.edition.id)
    db.session.commit()
    sheets = boxes(world.edition, FRIDAY)
    assert len(sheets) > 2
    assert len([box for sheet in sheets for box in sheet.boxes]) == 63


def test_a_document_is_made_once_per_version(world, visitor, monkeypatch):
    made = []
    real = pdf.make
    monkeypatch.setattr(prints.pdf, "make", lambda *a, **k: made.append(1) or real(*a, **k))
    first = visitor.get("/podium/hal.pdf")
    again = visitor.get("/podium/hal.pdf", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, len(made)) == (304, 1)
    raise_programme_version(world.edition.id)
    db.session.commit()
    assert visitor.get("/podium/hal.pdf").status_code == 200
    assert len(made) == 2


def test_a_machine_that_makes_no_pdfs_says_what_does_work(world, visitor, monkeypatch):
    def cannot():
        raise pdf.CannotMakePdf("no Pango")

    monkeypatch.setattr(prints.pdf, "check", cannot)
    answer = visitor.get("/programma-a3.pdf")
    assert answer.status_code == 503
    assert "Naar het programma" in answer.text


@pytest.mark.parametrize("path", ["/programma-a3.pdf", "/programma-a5.pdf", "/podium/x.pdf"])
def test_without_a_programme_there_is_nothing_to_print(app, visitor, path):
    make.edition()
    assert visitor.get(path).status_code == 404


LONG = "Ontwikkelingsmaatschappij voor wijkgerichte samenwerking en meervoudig ruimtegebruik "


def ink(data, page, box, dpi=50):
    """The darkest grey in a box of millimetres on a page of a PDF."""
    document = pypdfium2.PdfDocument(data)
    try:
        picture = document[page].render(scale=dpi / 72, grayscale=True).to_pil()
    finally:
        document.close()
    return picture.crop([round(edge * dpi / 25.4) for edge in box]).getextrema()[0]


def test_long_names_of_stages_and_festivals_stay_in_their_place(world, visitor):
    for stage in (world.hall, world.table):
        stage.name = Bilingual((LONG * 2)[:120].upper())
    world.edition.name = Bilingual((LONG * 3)[:200])
    world.edition.theme = Bilingual((LONG * 3)[:200].upper())
    world.edition.venue_name, world.edition.city = (LONG * 2)[:120], "Rotterdam"
    world.edition.venue_address = (LONG * 3)[:200]
    raise_programme_version(world.edition.id)
    db.session.commit()
    wall = visitor.get("/programma-a3.pdf").data
    # Between the line of the festival and the stages, and between the stages and the grid.
    assert ink(wall, 0, (10, 31.6, 380, 32.4)) > 200
    assert ink(wall, 0, (201, 23, 209, 31)) > 200
    booklet = visitor.get("/programma-a5.pdf").data
    # Above the code on the cover, and beside it.
    assert ink(booklet, 0, (12, 160, 136, 163.5)) > 200
    door = visitor.get("/podium/hal.pdf").data
    assert ink(door, 0, (197, 20, 210, 90)) > 200


def test_a_door_with_too_much_for_one_page_takes_more(world, visitor):
    for number in range(40):
        title = Bilingual(f"{LONG} {number:02}")
        make.slot(
            make.session(title=title),
            starts=at(23, 10, 0) + timedelta(minutes=15 * number),
            minutes=10,
            stage=world.table,
        )
    raise_programme_version(world.edition.id)
    db.session.commit()
    answer = visitor.get("/podium/tafel.pdf")
    texts, _sizes = pages(answer)
    assert "blad1van" in texts[0]
    for number in range(40):
        assert squeezed(f"{LONG} {number:02}") in "".join(texts)
    for page in range(len(texts)):
        # Above the foot with its code there is a band of paper.
        assert ink(answer.data, page, (14, 257, 196, 260)) > 200
