"""Names that others receive as a file, on paper or in a calendar, hold no link that works."""

import re

import icalendar
import pypdfium2
from flask.testing import FlaskClient

from festival.bookings import documents
from festival.db import db
from festival.programme.rules import people, publishing
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.world import World

LINK = "win.shop"


def publish_speaker_with_link(world: World) -> None:
    people.save_speaker(
        world.edition, world.ria, {"name": f"Ria {LINK}"}, seen=world.ria.version, now=NOW
    )
    host = people.save_speaker(world.edition, None, {"slug": "ko", "name": f"Ko {LINK}"}, now=NOW)
    people.set_speakers(world.talk, [world.ria], [host])
    publishing.publish_draft(world.edition, name=Bilingual("Tweede"), now=NOW)
    db.session.commit()
    forget_pages()


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    title = document.get_metadata_dict()["Title"]
    return " ".join([title, *pages])


def assert_without_link(text: str) -> None:
    assert LINK not in text
    assert re.search(r"win\.\s*shop", text), "the name is there"


def test_a_ticket_on_paper_holds_no_link_in_its_name(app) -> None:
    ticket = make.ticket()
    ticket.holder_name = f"Jo {LINK}"
    text = words_of(documents.tickets_pdf([ticket], "nl"))
    assert_without_link(text)


def test_the_programme_on_paper_holds_no_link_in_names(world: World, visitor: FlaskClient) -> None:
    publish_speaker_with_link(world)
    for address in ("/programma-a3.pdf", "/programma-a5.pdf", "/podium/hal.pdf"):
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        assert_without_link(words_of(answer.data))


def test_calendars_hold_no_link_in_names(world: World, visitor: FlaskClient) -> None:
    publish_speaker_with_link(world)
    for address in (
        "/schedule.ics",
        "/sprekers/ria.ics",
        f"/spreker/{world.ria.secret}/agenda.ics",
    ):
        calendar = icalendar.Calendar.from_ical(visitor.get(address).data)
        texts = [str(calendar.get("X-WR-CALNAME"))]
        texts += [str(event.get("DESCRIPTION", "")) for event in calendar.walk("VEVENT")]
        assert_without_link(" ".join(texts))
