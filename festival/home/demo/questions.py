"""What the demo edition asks with an order, and what its invented people answered."""

import random
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select

from festival.db import db
from festival.editions.models import Edition
from festival.questions import queries, rules
from festival.questions.models import OrderAnswer, OrderQuestion
from festival.questions.values import OptionValues, QuestionValues
from festival.speakers import files
from festival.tickets.models import Order, Ticket, TicketType
from festival.web.languages import Bilingual

SEED = 20270917
_NEEDS = ("Ik kom met een rolstoel.", "Een plek vooraan, want ik hoor slecht.", "Hulphond.")
_DIET = (
    Bilingual("Ik eet alles", "I eat everything"),
    Bilingual("Vegetarisch", "Vegetarian"),
    Bilingual("Veganistisch", "Vegan"),
    Bilingual("Glutenvrij", "Gluten-free"),
)
_TRAVEL = (
    Bilingual("Met de fiets", "By bicycle"),
    Bilingual("Met trein of bus", "By train or bus"),
    Bilingual("Met de auto", "By car"),
    Bilingual("Te voet", "On foot"),
)


def load_questions(edition: Edition, *, now: datetime) -> None:
    """Ask four questions, and let most holders answer them."""
    types = db.session.scalars(
        select(TicketType).where(TicketType.edition_id == edition.id).order_by(TicketType.id)
    ).all()
    weekend = [each for each in types if len(each.admits_on) > 1]
    students = [each for each in types if each.audience_kind == "student"]
    _ask(
        edition, Bilingual("Wat eet je?", "What do you eat?"),
        Bilingual(
            "Zo koken we genoeg voor iedereen.", "So that we cook enough for everybody."
        ),
        kind="choice", sensitivity="diet", options=_DIET, types=weekend, now=now,
    )  # fmt: skip
    _ask(
        edition, Bilingual("Wat heb je nodig om erbij te zijn?", "What do you need to take part?"),
        Bilingual(
            "Dan zorgen we dat het er is: een plek, een ringleiding, een hand.",
            "So that we have it ready: a place, a hearing loop, a hand.",
        ),
        kind="text", sensitivity="access", now=now,
    )  # fmt: skip
    _ask(
        edition, Bilingual("Hoe kom je?", "How do you travel?"),
        Bilingual(
            "Zo weten we hoeveel fietsenrekken we neerzetten.",
            "So that we know how many bicycle racks to set up.",
        ),
        kind="several", sensitivity="ordinary", options=_TRAVEL, now=now,
    )  # fmt: skip
    _ask(
        edition, Bilingual("Je studentenkaart", "Your student card"),
        Bilingual(
            "Zo hoef je hem aan de deur niet te laten zien. Je foto mag je afdekken.",
            "Then you need not show it at the door. You may cover your photo.",
        ),
        kind="file", sensitivity="ordinary", is_required=True, types=students, now=now,
    )  # fmt: skip
    _answer(edition)


def _ask(
    edition: Edition,
    label: Bilingual,
    purpose: Bilingual,
    *,
    kind: str,
    sensitivity: str,
    options: tuple[Bilingual, ...] = (),
    types: list[TicketType] | None = None,
    is_required: bool = False,
    now: datetime,
) -> None:
    values = QuestionValues(
        label=label,
        purpose=purpose,
        about="ticket",
        kind=kind,
        sensitivity=sensitivity,
        erase_on=edition.ends_on + timedelta(days=14),
        position=100,
        is_required=is_required,
        is_on=True,
        types=types or [],
        options=[OptionValues("", each, True) for each in options],
    )
    rules.save_question(edition, None, values, now=now)


def _answer(edition: Edition) -> None:
    chance = random.Random(SEED)  # noqa: S311  invented people need no cryptography
    asked = queries.questions(edition)
    for ticket in db.session.scalars(
        select(Ticket).join(Ticket.order).where(Order.edition_id == edition.id).order_by(Ticket.id)
    ):
        for question in asked:
            if question.is_file and question.is_for(ticket.type) and ticket.id % 3:
                db.session.add(_card(question, ticket))
            elif question.is_for(ticket.type) and (value := _value(question, chance)):
                db.session.add(
                    OrderAnswer(
                        question_id=question.id,
                        order_id=ticket.order_id,
                        ticket_id=ticket.id,
                        value=value,
                        answered_at=ticket.order.placed_at,
                    )
                )


def _card(question: OrderQuestion, ticket: Ticket) -> OrderAnswer:
    """A drawn card of a school that does not exist."""
    card = Image.new("RGB", (540, 340), "#f4efe3")
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, 540, 64), fill="#1d4ed8")
    pen.ellipse((36, 110, 166, 240), fill="#d8cfbb")
    for top in (120, 160, 200):
        pen.rectangle((210, top, 480, top + 16), fill="#8a8372")
    picture = BytesIO()
    card.save(picture, "PNG")
    return OrderAnswer(
        question_id=question.id,
        order_id=ticket.order_id,
        ticket_id=ticket.id,
        value="studentenkaart.png",
        stored=files.keep(picture.getvalue(), folder="answers"),
        mimetype="image/png",
        answered_at=ticket.order.placed_at,
    )


def _value(question: OrderQuestion, chance: random.Random) -> str:
    codes = [each.code for each in question.options]
    match question.kind:
        case "choice":
            return chance.choices([*codes, ""], weights=[10, 5, 2, 1, 3])[0]
        case "several":
            return " ".join(sorted(chance.sample(codes, k=chance.choice([0, 1, 1, 1, 2]))))
        case "file":
            return ""
    return chance.choice(_NEEDS) if chance.random() < 0.03 else ""
