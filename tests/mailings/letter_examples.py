"""How each letter to many comes to be, for tests/test_letters.py."""

from festival.mailings import sending
from festival.web.languages import Bilingual
from tests import make


def service(language: str) -> None:
    """To Mia, who did not pay yet for herself and for Zoë."""
    of = make.ticket_type(name=Bilingual("Bewoner", "Resident"), price_cents=4500)
    order = make.order(
        tickets=2, of=of, language=language, name="Mia Jansen", email="mia@example.org",
        confirmed_at=None, due_at=make.NOW,
    )  # fmt: skip
    mia, zoe = order.tickets
    mia.holder_name = "Mia Jansen"
    zoe.holder_name, zoe.holder_email = "Zoë Bakker", "zoe@example.org"
    text = "{aanhef} {{voornaam}},\n\n{{kaartjes}}\n\n{{bestelling}}\n\n{uitleg}\nhttps://example.org/ov"
    mailing = make.mailing(
        state="sending",
        criteria={"payment": ["unpaid"]},
        subject=Bilingual("Nog even betalen voor {festival}", "Please pay for {festival}"),
        body=Bilingual(
            text.format(aanhef="Dag", uitleg="Zo kom je er:"),
            text.format(aanhef="Hello", uitleg="How to get there:"),
        ),
    )
    sending.write_piece(mailing.id, at_most=9, now=make.NOW)


def invitation(language: str) -> None:
    """To Mia, who came last year."""
    make.order(language=language, name="Mia Jansen", email="mia@example.org")
    mailing = make.mailing(
        state="sending",
        kind="invitation",
        subject=Bilingual("Kom je weer, {voornaam}?", "Will you come again, {voornaam}?"),
        body=Bilingual("Dag {naam},\n\nHet wordt leuk.", "Hello {naam},\n\nIt will be fun."),
    )
    sending.write_piece(mailing.id, at_most=9, now=make.NOW)
