"""Every page of a full festival, in both languages: valid HTML, and usable by everybody.

axe-core looks for what a program can find of WCAG 2.2, in light and dark, on a phone and a desk.
"""

import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

from festival import clock, codes, create_app
from festival.accounts.models import TeamMember
from festival.bookings.queries import held_places
from festival.checkin.models import Gate
from festival.db import db
from festival.doorsales.models import DoorSale
from festival.editions.models import Edition
from festival.home.demo.commands import load_demo
from festival.invoices.models import Invoice
from festival.mail import prose
from festival.mail.models import Letter
from festival.mailings.models import InvitationChoice, Mailing
from festival.payments import queries as payments
from festival.payments.models import BankLine, Refund
from festival.programme.models.sessions import Session, Slot, Speaker
from festival.programme.rules import slots
from festival.questions.models import OrderQuestion
from festival.releases.rules import on_the_day
from festival.tickets import ticket_qr
from festival.tickets.changes import OrderMerge
from festival.tickets.extras.models import Extra
from festival.tickets.models import BuyerMailbox, Order, Pool, Ticket, TicketType, Voucher
from festival.tickets.queries import is_alone
from festival.tickets.waiting.models import TicketWait
from festival.web.languages import Bilingual
from tests import make
from tests.architecture.test_csrf import WITHOUT_TOKEN
from tests.browser import chromium
from tests.browser import page as new_page
from tests.conftest import Browser as Client
from tests.conftest import settings_of

pytestmark = pytest.mark.xdist_group("every-page")

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

# GET addresses that answer with something else than a page of ours, or only lead on.
NO_PAGES = {
    "questions.file_of_order",
    "questions.file_of_ticket",
    "questions.of_order",  # the demo asks nothing of a whole order
    "accounts.begin",
    "attendees_team.answered_file",
    "attendees_team.catering",
    "attendees_team.export",
    "attendees_team.workshops",
    "team.audit_csv",
    "books_team.export",
    "bookings.agenda",
    "bookings.agenda_feed",
    "bookings.order_pdf",
    "bookings.order_sheet",
    "bookings.service_worker",
    "bookings.ticket_pdf",
    "bookings_team.who_comes_csv",
    "checkin.counts",
    "feedback_team.opinions_csv",
    "feeds.picture",
    "feeds.schedule_ics",
    "feeds.schedule_json",
    "feeds.schedule_xml",
    "feeds.session_ics",
    "feeds.sitemap_xml",
    "feeds.speaker_ics",
    "feeds.stage_ics",
    "health.healthz",
    "health.readyz",
    "home.favicon",
    "home.robots",
    "outbox_team.attachment",
    "payments_team.orders_csv",
    "payouts_team.lines_csv",
    "refunds_team.refunds_csv",
    "timetable.my_days_ics",
    "prints.booklet",
    "prints.door",
    "prints.doors",
    "prints.wall",
    "timetable.photo",
    "timetable.programme_json",
    "scheduling_team.blank",
    "scheduling_team.export",
    "scheduling_team.index",
    "scheduling_team.preview",
    "scheduling_team.wrong_rows",
    "scheduling_team.example",
    "releases.atom",
    "releases_team.today",
    "screens.fragment",
    "screens.service_worker",
    "security.wan_delete",
    "editor_team.version",
    "speakers.agenda",
    "speakers.own_file",
    "speakers_team.file",
    "tickets_team.blank",
    "tickets_team.example",
    "tickets_team.export",
    "tickets_team.preview",
    "tickets_team.wrong_rows",
    "doorsales.sheets",
    "doorsales_team.tills_csv",
    "invoices_team.download",
    "invoices_team.invoices_csv",
    "invoices_team.month_zip",
    "order_invoices.download",
    "payments_by_hand.sheet",
    "payments_by_hand.sheets",
    "stripe.back",  # leads on, but while Stripe makes up its mind
    # Letters, in a frame as those of the outbox.
    "letters_team.preview",
    "mailings_team.preview",
    "extras_team.numbers_csv",
    "extras_team.numbers_xlsx",
    "extras_team.who_csv",
    "vouchers_team.codes_csv",
    "vouchers_team.codes_pdf",
}
# Pages in the middle of signing in, which tests/accounts walks through.
WHILE_SIGNING_IN = {
    "accounts.link",
    "security.mf_recovery",
    "security.tf_select",
    "security.two_factor_rescue",
    "security.two_factor_token_validation",
    "security.wan_verify",
}
# Buttons whose words have the colour of their ground: axe takes these for meant to be hidden.
UNREADABLE = """[...document.querySelectorAll(".button")].filter((button) => {
  const look = getComputedStyle(button);
  return button.checkVisibility() && look.color === look.backgroundColor;
}).map((button) => button.textContent.trim())"""
# A letter is shown in a sandbox that runs no script, axe's neither.
WITHOUT_SCRIPTS = {"outbox_team.html"}
SIGNED_OUT = {"security.login", "accounts.forgot", "security.wan_signin"}


@dataclass
class Site:
    """The demo festival behind a real server."""

    app: Flask
    address: str


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo edition, loaded once for all pages."""
    folder = tmp_path_factory.mktemp("every-page")
    shutil.copy(sqlite_template, folder / "festival.sqlite3")
    app = create_app(settings_of(folder, f"sqlite:///{folder / 'festival.sqlite3'}"))
    app.test_client_class = Client
    with app.app_context():
        load_demo(now=clock.now())
        _change_something(clock.now())
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        app.config["PUBLIC_URL"] = address
        yield Site(app, address)
        server.shutdown()
        thread.join()
        server.server_close()
        db.session.remove()
        db.engine.dispose()


def _change_something(now: datetime) -> None:
    """One session does not happen, a draft waits for the next release, Mia wants invitations."""
    walk_in = select(Slot).join(Slot.session).where(Slot.places.is_(None)).order_by(Slot.id)
    off, moved, dropped = db.session.scalars(walk_in.limit(3))
    on_the_day.cancel_slots(
        off.session.edition,
        seen={off.code: off.version},
        reason=Bilingual("De spreker is ziek.", "The speaker is ill."),
        now=now,
    )
    places = {"stage": off.stage, "starts_at": off.starts_at, "ends_at": off.ends_at}
    slots.move_slot(moved, **places, seen=moved.version, now=now)
    slots.drop_slot(dropped, seen=dropped.version, now=now)
    db.session.add(InvitationChoice(address="mia@example.org", secret=codes.secret()))
    db.session.commit()


def first(model, *where):
    """One row of `model`, the first for which `where` holds."""
    row = db.session.scalars(select(model).where(*where).order_by(model.id)).first()
    assert row is not None, (model, where)
    return row


def pages() -> dict[str, list[str]]:
    """The addresses of every page, by endpoint, each in the states that look different."""
    edition = first(Edition)
    confirmed = first(Order, Order.confirmed_at.is_not(None), Order.total_cents > 0)
    pending = first(
        Order, Order.confirmed_at.is_(None), Order.lapsed_at.is_(None), Order.cancelled_at.is_(None)
    )
    lapsed = first(Order, Order.lapsed_at.is_not(None))
    failed = first(Refund, Refund.state == "failed")
    ticket = first(Ticket, Ticket.released_at.is_(None))
    alone = next(
        each
        for each in db.session.scalars(select(Ticket).where(Ticket.released_at.is_(None)))
        if each.is_valid and is_alone(each)
    )
    to = first(
        TicketType,
        TicketType.edition_id == edition.id,
        TicketType.id != confirmed.tickets[0].type_id,
        TicketType.price_cents > 0,
    )
    swapped = f"?kaartje={confirmed.tickets[0].code}&soort={to.slug}"
    booked = next(
        each
        for each in db.session.scalars(select(Ticket).where(Ticket.released_at.is_(None)))
        if held_places.live_bookings([each.id])
    )
    asked = first(OrderQuestion)
    merged = first(OrderMerge)
    nameless = first(Ticket, Ticket.naming_secret.is_not(None))
    booking = held_places.live_bookings([booked.id])[0]
    workshop = first(Session, Session.kind == "workshop")
    slot = first(Slot, Slot.session_id == workshop.id)
    coach = first(Session, Session.kind == "coaching")
    coached_by = coach.speakers
    speaker, gate, letter = first(Speaker), first(Gate), first(Letter)
    mailbox = first(BuyerMailbox)
    member, pool, type_ = first(TeamMember), first(Pool), first(TicketType)
    off = first(Slot, Slot.state == "cancelled")
    invoice = first(Invoice, Invoice.kind == "invoice")
    sale = first(DoorSale)
    counter = f"/team/deur/{sale.gate.slug}"
    line, choice = first(BankLine), first(InvitationChoice)
    draft = first(Mailing, Mailing.started_at.is_(None))
    letter_text = next(iter(prose.editable_letters().values()))
    team = f"/team/programma/{edition.slug}"
    return {
        "feedback.form": [f"/programma/{workshop.slug}/mening"],
        "feedback.thanks": [f"/programma/{workshop.slug}/mening/dank"],
        "feedback_team.index": [f"{team}/meningen"],
        "feedback_team.session": [f"{team}/meningen/{workshop.slug}"],
        "home.front": ["/"],
        "home.praktisch": ["/praktisch"],
        "home.privacy": ["/privacy"],
        "home.contact": ["/contact"],
        "home.stijl": ["/_stijl"],
        "home.dashboard": ["/team/"],
        "timetable.programme": [
            "/programma",
            "/programma?dag=2027-09-18",
            "/programma?vorm=lijst",
            "/programma?soort=workshop&plek=1",
            "/programma?q=bestaatniet",
            f"/{edition.slug}/programma",
        ],
        "timetable.session": [f"/programma/{workshop.slug}", f"/programma/{coach.slug}"],
        "timetable.now": ["/nu"],
        "timetable.my_days": ["/mijn-dag"],
        "timetable.speakers": ["/sprekers"],
        "timetable.speaker": [f"/sprekers/{speaker.slug}"],
        "feeds.take_along": ["/meenemen"],
        "tickets.choose": [
            "/kaartjes",
            "/kaartjes?code=HESJE27",
            "/kaartjes?code=verkeerd",
            "/kaartjes?code=BUREN2027",
        ],
        "tickets.again": ["/kaartjes/opnieuw"],
        "ticket_waiting.join": [f"/kaartjes/wachtlijst/{type_.slug}"],
        "ticket_waiting.joined": [f"/kaartjes/wachtlijst/{type_.slug}/gelukt"],
        "ticket_waiting.show": [f"/wachtlijst/{first(TicketWait).secret}"],
        "ticket_waiting_team.index": ["/team/wachtlijst-kaartjes/"],
        "tickets.this_is_me": [f"/adres/{mailbox.secret}"],
        "tickets.sent_again": ["/kaartjes/opnieuw/verstuurd"],
        "payments.checkout": ["/bestellen?n-weekend=2&n-bewoner=1", "/bestellen"],
        "payments.order": [
            f"/bestelling/{row.secret}"
            for row in (confirmed, pending, lapsed, nameless.order, merged.merged)
        ],
        "corrections.ask_names": [f"/bestelling/{nameless.order.secret}/namen"],
        "corrections.ask_own_name": [f"/naam/{nameless.naming_secret}"],
        "corrections_team.ask_names": [f"/team/bestellingen/{nameless.order.code}/namen"],
        "corrections.ask_order": [f"/bestelling/{pending.secret}/gegevens"],
        "corrections_team.ask_merge": [
            f"/team/bestellingen/{each.code}/samenvoegen" for each in (confirmed, merged.order)
        ],
        "corrections_team.ask_correct": [f"/team/bestellingen/{pending.code}/gegevens"],
        "corrections_team.ask_hand_on": [
            f"/team/bestellingen/{confirmed.code}/doorgeven/{confirmed.tickets[0].code}"
        ],
        "corrections.ask_hand_on": [f"/kaartje/{booked.secret}/doorgeven"],
        "swaps.ask": [
            f"/bestelling/{confirmed.secret}/wisselen{query}"
            for query in ("", f"?kaartje={confirmed.tickets[0].code}", swapped)
        ],
        "swaps.ask_ticket": [f"/kaartje/{alone.secret}/wisselen"],
        "swaps_team.ask": [
            f"/team/bestellingen/{confirmed.code}/wisselen/{confirmed.tickets[0].code}{query}"
            for query in ("", swapped)
        ],
        "corrections.ask_ticket": [f"/kaartje/{booked.secret}/gegevens"],
        "payments.ask_cancel": [
            f"/bestelling/{pending.secret}/annuleren",
            f"/bestelling/{pending.secret}/annuleren?kaartje={pending.tickets[0].code}",
        ],
        "order_invoices.ask": [f"/bestelling/{confirmed.secret}/factuur/"],
        "invoices_team.index": ["/team/facturen/", "/team/facturen/?q=niemand"],
        "bank_team.index": ["/team/bank/"],
        "bank_team.line": [f"/team/bank/{line.key}"],
        "stripe_team.index": ["/team/bestellingen/online"],
        "payouts_team.index": ["/team/bestellingen/uitbetalingen/"],
        "payouts_team.show": ["/team/bestellingen/uitbetalingen/po_demo_1"],
        "payments_by_hand.order": ["/team/bestellingen/nieuw"],
        "vat_team.index": ["/team/btw/"],
        "vat_team.change": [f"/team/btw/{type_.slug}"],
        "vat_team.change_extra": [f"/team/btw/erbij/{first(Extra).slug}"],
        "letters_team.index": ["/team/brieven/vast/"],
        "letters_team.change": [f"/team/brieven/vast/{letter_text.name}"],
        "mailings.choose": [f"/afmelden/{choice.secret}"],
        "mailings_team.index": ["/team/brieven/"],
        "mailings_team.make": ["/team/brieven/nieuw"],
        "mailings_team.show": [
            f"/team/brieven/{row.code}" for row in db.session.scalars(select(Mailing))
        ],
        "mailings_team.change": [f"/team/brieven/{draft.code}/wijzig"],
        "bookings.ticket": [
            f"/kaartje/{row.secret}"
            for row in (ticket, booked, pending.tickets[0], lapsed.tickets[0])
        ],
        "bookings.choose": [f"/kaartje/{booked.secret}/boeken"],
        "bookings.place": [f"/kaartje/{row.secret}/boeken/{slot.code}" for row in (ticket, booked)],
        "bookings.ask_cancel": [f"/kaartje/{booked.secret}/afzeggen/{booking.slot.code}"],
        "bookings.ask_swap": [f"/kaartje/{booked.secret}/ruilen/{booking.slot.code}"],
        "bookings.choose_stars": [
            f"/kaartje/{booked.secret}/sterren",
            f"/kaartje/{booked.secret}/sterren?q=bestaatniet",
        ],
        "bookings.offline": ["/geen-internet"],
        "checkin.show_pass": [f"/T/{ticket_qr.token(ticket)}", "/T/ONZIN"],
        "checkin.index": ["/team/deur"],
        "checkin.gate": [f"/team/deur/{gate.slug}", f"/team/deur/{gate.slug}?q=a+e"],
        "checkin_team.gates": ["/team/ingangen/"],
        "checkin_team.scans": ["/team/ingangen/scans"],
        "doorsales.choose": [f"{counter}/verkoop"],
        "doorsales.sell": [f"{counter}/verkoop/{sale.order.tickets[0].type.slug}"],
        "doorsales.sold": [f"{counter}/verkocht/{sale.order.code}"],
        "doorsales.show": [f"{counter}/verkocht/{sale.order.code}/laat-zien"],
        "doorsales.receipt": [f"{counter}/verkocht/{sale.order.code}/bon"],
        "doorsales.till": ["/team/deurverkoop/kassa"],
        "doorsales_team.index": ["/team/bestellingen/aan-de-deur/"],
        "attendees_team.index": ["/team/wie-komt/", "/team/wie-komt/?q=niemand"],
        "attendees_team.choose_columns": ["/team/wie-komt/bestand"],
        "attendees_team.door_list": ["/team/wie-komt/deurlijst"],
        "questions_team.index": ["/team/vragen/"],
        "questions_team.add": ["/team/vragen/nieuw"],
        "questions_team.change": [f"/team/vragen/{asked.code}"],
        "questions.of_ticket": [f"/kaartje/{booked.secret}/vragen"],
        "accounts.account": ["/team/toegang"],
        "accounts.forgot": ["/team/wachtwoord-vergeten"],
        "members_team.index": ["/team/leden/"],
        "members_team.invite": ["/team/leden/nieuw"],
        "members_team.member": [f"/team/leden/{member.code}"],
        "team.audit": ["/team/logboek/"],
        "bookings_team.index": ["/team/plekken/"],
        "bookings_team.who_comes": [f"/team/plekken/{workshop.slug}"],
        "editions_team.index": ["/team/edities/"],
        "editions_team.create": ["/team/edities/nieuw"],
        "editions_team.edit": [f"/team/edities/{edition.slug}"],
        "editions_team.texts": [f"/team/edities/{edition.slug}/teksten"],
        "editions_team.partners": [f"/team/edities/{edition.slug}/partners"],
        "editions_team.questions": [f"/team/edities/{edition.slug}/vragen"],
        "calling_off_team.ask": [f"/team/edities/{edition.slug}/afgelasten"],
        "home.copy_edition": [f"/team/edities/{edition.slug}/kopie"],
        "outbox_team.index": ["/team/post/"],
        "outbox_team.letter": [f"/team/post/{letter.id}"],
        "outbox_team.html": [f"/team/post/{letter.id}/html"],
        "order_invoices_team.ask_replace": [
            f"/team/bestellingen/{invoice.subject_code}/factuur/{invoice.number}/vervangen"
        ],
        "books_team.index": ["/team/boeken/", "/team/boeken/?van=2027-08-01&tot=2027-08-31"],
        "payments_team.index": ["/team/bestellingen/", "/team/bestellingen/?q=niemand"],
        "payments_team.order": [
            f"/team/bestellingen/{row.code}" for row in (confirmed, pending, lapsed)
        ],
        "refunds_team.index": [
            "/team/bestellingen/terug",
            "/team/bestellingen/terug?state=failed",
            "/team/bestellingen/terug?q=niemand",
        ],
        "refunds_team.ask_cancel": [
            f"/team/bestellingen/{confirmed.code}/annuleren",
            f"/team/bestellingen/{confirmed.code}/annuleren?verder=1&how=amount&amount_cents=?",
            f"/team/bestellingen/{confirmed.code}/annuleren?verder=1&how=all"
            f"&kaartje={confirmed.tickets[0].code}",
        ],
        "refunds_team.ask_pay_back": [
            f"/team/bestellingen/{confirmed.code}/teruggeven",
            f"/team/bestellingen/{confirmed.code}/teruggeven?verder=1&amount_cents=10",
        ],
        "refunds_team.ask_further": [
            f"/team/bestellingen/{failed.order.code}/terugbetaling/{number}"
            for number, each in enumerate(payments.refunds_of(failed.order), start=1)
            if each is failed
        ],
        "scheduling_team.sessions": [f"{team}/onderdelen", f"{team}/onderdelen?kies=alles"],
        "scheduling_team.copy_session": [f"{team}/onderdelen/{workshop.slug}/kopie"],
        "scheduling_team.upload": [f"{team}/invoer/onderdelen", f"{team}/invoer/podia"],
        "scheduling_team.session": [
            f"{team}/onderdelen/{workshop.slug}",
            f"{team}/onderdelen/nieuw",
        ],
        "scheduling_team.slot": [f"{team}/onderdelen/{workshop.slug}/momenten/{slot.code}"],
        "scheduling_team.speakers": [f"{team}/mensen"],
        "scheduling_team.speaker": [f"{team}/mensen/{speaker.slug}"],
        "scheduling_team.stages": [f"{team}/podia", f"{team}/podia/{slot.stage.slug}"],
        "scheduling_team.themes": [f"{team}/themas"],
        "speakers.show": [f"/spreker/{row.secret}" for row in (speaker, *coached_by)],
        "speakers.profile": [f"/spreker/{speaker.secret}/over-jou"],
        "speakers.contact": [f"/spreker/{speaker.secret}/nodig"],
        "speakers.availability": [f"/spreker/{speaker.secret}/wanneer"],
        "speakers.own_files": [f"/spreker/{speaker.secret}/bestanden"],
        "speakers_team.index": [
            f"{team}/sprekers-post",
            f"{team}/sprekers-post?toestand=geen-antwoord",
        ],
        "speakers_team.person": [f"{team}/sprekers-post/{speaker.slug}"],
        "speakers_team.all_files": [f"{team}/bestanden"],
        "coaching_team.index": [f"{team}/coaching"],
        "coaching_team.make": [
            f"{team}/coaching/{coach.slug}",
            f"{team}/coaching/{coach.slug}?kijk=1&coach={coached_by[0].slug}"
            "&stage=coachhoek&minutes=20&pause=5&most=20&spans-0-day=2027-09-17"
            "&spans-0-starts=11:00&spans-0-ends=18:00",
        ],
        "coaching_team.meeting": [
            f"{team}/coaching/{coach.slug}/{coach.all_slots[0].code}",
        ],
        "screens.index": ["/scherm/"],
        "screens.stage": [
            "/scherm/foyer",
            f"/scherm/{slot.stage.slug}",
            f"/scherm/{slot.stage.slug}?papier=1",
        ],
        "releases.changes": ["/wijzigingen", f"/{edition.slug}/wijzigingen"],
        "releases.release": ["/wijzigingen/1", "/wijzigingen/2", "/wijzigingen/3"],
        "releases_team.move_edition": [
            f"{team}/verplaatsen",
            f"{team}/verplaatsen?eerste={edition.starts_on + timedelta(days=7)}",
        ],
        "releases_team.publish": [f"{team}/publiceren"],
        "releases_today.index": ["/team/vandaag/", "/team/vandaag/?dag=2027-09-18"],
        "releases_today.moment": [
            f"/team/vandaag/{each.code}" for each in (slot, coach.all_slots[0], off)
        ],
        "releases_today.delay": [
            f"/team/vandaag/{slot.code}/later",
            f"/team/vandaag/{coach.all_slots[0].code}/later?minuten=30",
            f"/team/vandaag/{slot.code}/later?minuten=0",
        ],
        "releases_today.move": [f"/team/vandaag/{slot.code}/verplaatsen"],
        "releases_today.cancel": [
            f"/team/vandaag/{slot.code}/vervalt",
            f"/team/vandaag/{coach.all_slots[0].code}/vervalt?alle=1",
        ],
        "releases_today.restore": [f"/team/vandaag/{off.code}/toch"],
        "releases_today.full": [f"/team/vandaag/{slot.code}/vol"],
        "releases_today.substitute": [f"/team/vandaag/{slot.code}/vervangen"],
        "security.login": ["/team/inloggen"],
        "security.change_password": ["/team/wachtwoord"],
        "security.verify": ["/team/bevestigen"],
        "security.mf_recovery_codes": ["/team/herstelcodes"],
        "security.two_factor_setup": ["/team/code-app"],
        "security.wan_register": ["/team/passkeys"],
        "security.wan_signin": ["/team/passkey"],
        "editor_team.block": [f"{team}/rooster/blokken/nieuw"],
        "editor_team.editor": [f"{team}/rooster", f"{team}/rooster?dag=2027-09-18"],
        "editor_team.move": [f"{team}/rooster/momenten/{slot.code}"],
        "editor_team.place": [f"{team}/rooster/onderdelen/{workshop.slug}"],
        "tickets_team.index": ["/team/kaartsoorten/"],
        "tickets_team.upload": ["/team/kaartsoorten/invoer"],
        "tickets_team.add_type": ["/team/kaartsoorten/nieuw"],
        "tickets_team.change_type": [f"/team/kaartsoorten/{type_.slug}"],
        "vouchers_team.index": ["/team/codes/", "/team/codes/?stand=off"],
        "vouchers_team.change_batch": [
            f"/team/codes/label?label={first(Voucher, Voucher.tag != '').tag}"
        ],
        "vouchers_team.add": ["/team/codes/nieuw", "/team/codes/nieuw?potje=1"],
        "extras_team.index": ["/team/erbij/"],
        "extras_team.add": ["/team/erbij/nieuw"],
        "extras_team.change": ["/team/erbij/lunch-zaterdag"],
        "vouchers_team.solidarity": ["/team/codes/potje"],
        "vouchers_team.change": ["/team/codes/HESJE27"],
        "tickets_team.add_pool": ["/team/kaartsoorten/contingenten/nieuw"],
        "tickets_team.change_pool": [f"/team/kaartsoorten/contingenten/{pool.slug}"],
    }


def visitors(app: Flask) -> dict[bool, FlaskClient]:
    """An organiser with a named phone, and somebody who is not signed in."""
    signed_in = app.test_client()
    make.sign_in(signed_in, first(TeamMember, TeamMember.email == "organiser@example.org"))
    signed_in.post("/team/deur", data={"name": "Toestel", "gate": first(Gate).slug})
    return {True: signed_in, False: app.test_client()}


def test_no_page_is_forgotten(site):
    every = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    }
    assert every - NO_PAGES - WHILE_SIGNING_IN == pages().keys()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_is_valid_html_in_its_language(site, prefix):
    faults = []
    clients = visitors(site.app)
    for endpoint, addresses in pages().items():
        client = clients[endpoint not in SIGNED_OUT]
        for address in addresses:
            answer = client.get(prefix + address)
            if answer.status_code not in {200, 409}:
                faults.append(f"{prefix}{address}: {answer.status}")
                continue
            parser = html5lib.HTMLParser(namespaceHTMLElements=False)
            document = parser.parse(answer.data, transport_encoding="utf-8")
            if answer.cache_control.public and "csrf_token" in answer.text:
                faults.append(f"{prefix}{address}: everybody gets the token of one person")
            faults += [
                f"{prefix}{address}: no token in the form for {form.get('action')}"
                for form in document.iter("form")
                if form.get("method") == "post" and not has_token(site.app, form, address)
            ]
            faults += [f"{prefix}{address}: {where} {what}" for where, what, _ in parser.errors]
            ids = re.findall(r'\sid="([^"]+)"', answer.text)
            if len(ids) != len(set(ids)):
                faults.append(f"{prefix}{address}: an id twice")
            if (
                f'<html lang="{prefix[1:] or "nl"}"' not in answer.text
                and endpoint != "outbox_team.html"
            ):
                faults.append(f"{prefix}{address}: not in its language")
    assert faults == []


def has_token(app: Flask, form: Element, address: str) -> bool:
    """Whether the form holds the token of its session, or goes where none is asked for."""
    if form.find(".//input[@name='csrf_token']") is not None:
        return True
    path = urlsplit(form.get("action") or address).path.removeprefix("/en")
    endpoint, _ = app.url_map.bind("localhost").match(path, method="POST")
    return endpoint in WITHOUT_TOKEN


@pytest.mark.parametrize(("scheme", "width", "prefix"), [("light", 360, ""), ("dark", 1280, "/en")])
def test_every_page_is_usable_by_everybody(site, scheme, width, prefix):
    faults = []
    look = {"width": width, "color_scheme": scheme}
    with (
        chromium() as browser,
        new_page(browser, **look) as nobody,
        new_page(browser, **look) as organiser,
    ):
        cookies = visitors(site.app)[True]
        organiser.context.add_cookies(
            [
                {"name": name, "value": cookies.get_cookie(name).value, "url": site.address}
                for name in (site.app.config["SESSION_COOKIE_NAME"], "festival-device")
            ]
        )
        for endpoint, addresses in pages().items():
            if endpoint in WITHOUT_SCRIPTS:
                continue
            page = nobody if endpoint in SIGNED_OUT else organiser
            for address in addresses:
                page.goto(site.address + prefix + address)
                faults += [f"{prefix}{address}: {each}" for each in problems(page)]
    assert faults == []


def problems(page) -> list[str]:
    """What axe finds on this page, and whether it must be scrolled sideways."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    faults = [
        f"{each['id']}: {each['nodes'][0]['html'][:120]} ({len(each['nodes'])} times)"
        for each in found["violations"]
    ]
    faults += [f"cannot be read: {words}" for words in page.evaluate(UNREADABLE)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append("scrolls sideways")
    return faults
