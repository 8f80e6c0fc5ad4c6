"""Letters to many in the demo: one that was sent, and drafts to visitors and to speakers."""

from datetime import datetime, timedelta

from festival.db import db
from festival.editions.models import Edition
from festival.home.demo.texts import read
from festival.mailings import queries, rules, sending
from festival.mailings.audiences import VISITORS
from festival.mailings.models import Mailing
from festival.web.languages import Bilingual


def load_mailings(edition: Edition, *, now: datetime) -> None:
    """Write the letters of mailings.toml; of one that is `sent` everybody has theirs."""
    for each in read("mailings")["mailings"]:
        written = now - timedelta(days=each["days_ago"])
        whom = each.get("whom", VISITORS)
        mailing = rules.make_mailing(
            edition, edition, each["kind"], each["criteria"], whom=whom, now=written
        )
        rules.change_mailing(
            mailing,
            title=Bilingual(**each["subject"]),
            body=Bilingual(each["body"]["nl"].strip(), each["body"]["en"].strip()),
            criteria=each["criteria"],
            seen=mailing.version,
            now=written,
        )
        if each["is_sent"]:
            _send(mailing, now=written)


def _send(mailing: Mailing, *, now: datetime) -> None:
    total = queries.count(mailing).total
    rules.start_mailing(mailing, seen=mailing.version, counted=total, now=now)
    while sending.write_piece(mailing.id, at_most=sending.PIECE, now=now):
        db.session.flush()
    db.session.flush()
