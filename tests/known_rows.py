"""One row of each kind that stands in an address, for tests that go to every address."""

from collections import defaultdict
from datetime import date
from typing import Any

from werkzeug.routing import IntegerConverter, Rule

from festival.db import db
from festival.doorsales.models import DoorSale
from festival.editions.models import Partner, Question
from festival.mail.models import Letter
from festival.mail.prose import editable_letters
from festival.mailings.models import InvitationChoice
from festival.payments.models import BankLine
from festival.payments.stripe.models import PaymentAttempt, StripePayout
from festival.tickets.models import BuyerMailbox, Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW
from tests.world import World

# Words that an address chooses from; another one is no address at all.
FIXED = {
    "what": "onderdelen",
    "format_": "csv",
    "part": "dagen",
    "outcome": "gedaan",
    "kind": "pdf",
}


class KnownRows:
    """The rows, and what an address wants to be told of them."""

    def __init__(self, world: World, ticket: Ticket) -> None:
        order = ticket.order
        paid = make.order(of=make.ticket_type(price_cents=4500))
        make.refund(paid, 1000, reason="te veel")
        nameless = make.nameless()
        wait = make.wait(make.ticket_type(pool=make.pool(capacity=0)))
        voucher, extra = make.voucher(), make.extra()
        kept_long = {"kind": "file", "erase_on": date(2099, 1, 1)}
        asked, once = make.question(**kept_long), make.question(about="order", **kept_long)
        mailing = make.mailing()
        gate = make.gate(slug="poort")
        member = make.member("editor")
        sold = make.order(of=ticket.type, email="")
        edition_id = world.edition.id
        partner = Partner(edition_id=edition_id, name="Buurtbank", kind=Bilingual("Vriend"))
        often = Question(edition_id=edition_id, question=Bilingual("Hoe?"), answer=Bilingual("Zo."))
        letter = Letter(
            to="mia@example.org", language="nl", name="tickets/tickets_sent", subject="Je kaartje",
            body_text="Hier.", body_html="<p>Hier.</p>", message_id="<een@example.org>",
            queued_at=NOW, next_try_at=NOW,
        )  # fmt: skip
        db.session.add_all(
            [
                partner, often, letter,
                StripePayout(
                    payout_id="po_known", state="paid", amount_cents=100, arrives_on=NOW.date(),
                    read_at=NOW,
                ),
                BankLine(
                    key="regel", booked_on=NOW.date(), amount_cents=100, payer_name="Mia",
                    payer_iban="NL91ABNA0417164300", reference="", description="",
                    imported_at=NOW,
                ),
                BuyerMailbox(address="mia@example.org", secret="postvak", asked_at=NOW),
                InvitationChoice(address="mia@example.org", secret="keuze"),
                DoorSale(
                    order_id=sold.id, device=make.device(), gate=gate, sold_on=NOW.date(),
                    form_key="verkoop",
                ),
                PaymentAttempt(
                    order_id=paid.id, number=1, state="expired", amount_cents=4500, language="nl",
                    excludes_slow=False, begun_at=NOW, expires_at=NOW, session_id="cs_known",
                ),
            ]
        )  # fmt: skip
        db.session.commit()
        group, _, name = next(iter(editable_letters())).partition("/")
        slots = world.workshop.slots
        everywhere: dict[str, Any] = {
            **FIXED,
            "edition_slug": world.edition.slug,
            "slug": world.workshop.slug,
            "code": slots[1].code,
            "slot_code": slots[0].code,
            "secret": ticket.secret,
            "ticket": ticket.code,
            "type_slug": ticket.type.slug,
            "language": "nl",
            "token": "x",
            "year": 2027,
            "name": "hal",
            "number": 1,
            "partner_id": partner.id,
            "question_id": often.id,
            "letter_id": letter.id,
            "key": "regel",
            "payout_id": "po_known",
        }
        edition, of_order = {"slug": world.edition.slug}, {"code": order.code}
        ria, hall = {"slug": world.ria.slug}, {"slug": world.hall.slug}
        theme, secret = {"slug": world.care.slug}, {"secret": order.secret}
        people = ("speaker", "discard_speaker", "remove_speaker")
        by_screen = {
            "attendees_team": {"slug": asked.code, "code": ticket.code},
            "calling_off_team": edition,
            "checkin": {"slug": gate.slug},
            "coaching_team": {"slug": world.coach.slug, "code": world.coach.slots[0].code},
            "corrections_team": of_order,
            "corrections.ask_order": {"secret": order.secret},
            "corrections.correct_order": {"secret": order.secret},
            "corrections.ask_names": {"secret": nameless.secret},
            "corrections.name_all": {"secret": nameless.secret},
            "corrections.ask_own_name": {"secret": nameless.tickets[1].naming_secret},
            "corrections.name_own": {"secret": nameless.tickets[1].naming_secret},
            "doorsales": {"slug": gate.slug, "code": sold.code},
            "bookings.agenda_feed": {"secret": ticket.agenda_secret},
            "bookings.order_pdf": secret,
            "bookings.order_sheet": secret,
            "feeds.speaker_ics": ria,
            "feeds.stage_ics": hall,
            "mailings": {"secret": "keuze"},
            "tickets.this_is_me": {"secret": "postvak"},
            "timetable.speaker": ria,
            **{f"scheduling_team.{name}": ria for name in people},
            **{f"scheduling_team.{name}": hall for name in ("stages", "remove_stage")},
            **{f"scheduling_team.{name}": theme for name in ("themes", "remove_theme")},
            "editions_team": edition,
            "extras_team": {"slug": extra.slug},
            "home": edition,
            "letters_team": {"group": group, "name": name},
            "mailings_team": {"code": mailing.code},
            "members_team": {"code": member.code},
            "order_invoices": {"secret": paid.secret, "number": "2026-0001"},
            "order_invoices_team": {"code": paid.code, "number": "2026-0001"},
            "payments": {"secret": order.secret},
            "payments_by_hand": of_order,
            "payments_team": {"code": paid.code},
            "prints": edition,
            "questions": {"code": asked.code},
            "questions.of_order": {"secret": order.secret},
            "questions.file_of_order": secret | {"code": once.code},
            "questions.send_for_order": secret | {"code": once.code},
            "questions.take_away_of_order": secret | {"code": once.code},
            "questions_team": {"slug": asked.code},
            "refunds_team": {"code": paid.code},
            "speakers": {"secret": world.ria.secret, "slug": world.talk.slug},
            "speakers_team": {"slug": world.ria.slug},
            "stripe": {"secret": paid.secret},
            "stripe_team": {"code": paid.code},
            "swaps.ask": {"secret": paid.secret},
            "swaps.call_off": {"secret": paid.secret},
            "swaps.swap": {"secret": paid.secret},
            "swaps_team": {"code": paid.code, "ticket": paid.tickets[0].code},
            "ticket_waiting": {"secret": wait.secret, "slug": wait.type.slug},
            "ticket_waiting_team": {"code": wait.code},
            "tickets_team": {"slug": ticket.type.slug},
            "tickets_team.change_pool": {"slug": ticket.type.pool.slug},
            "tickets_team.delete_pool": {"slug": ticket.type.pool.slug},
            "vat_team": {"slug": ticket.type.slug},
            "vat_team.change_extra": {"slug": extra.slug},
            "vouchers_team": {"code": voucher.key},
        }
        self._everywhere = everywhere
        self._by_screen = defaultdict(dict, by_screen)

    def values(self, rule: Rule) -> dict[str, Any]:
        """Returns what to put in the address of `rule`: rows that are there."""
        screen = rule.endpoint.partition(".")[0]
        here = self._everywhere | self._by_screen[screen] | self._by_screen[rule.endpoint]
        return {
            name: here.get(name, 1 if isinstance(kind, IntegerConverter) else "x")
            for name, kind in rule._converters.items()
        }
