"""Queueing letters: a row in the outbox, in the transaction of the deed it tells of."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import make_msgid
from typing import Any

from flask import current_app, render_template

from festival import languages
from festival.db import db
from festival.mail.models import Attachment, Letter


def queue(
    name: str,
    *,
    to: str,
    language: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    **values: Any,
) -> Letter:
    """Write letter `name` (such as `tickets/order_confirmed`) to `to`, in `language`.

    The templates are `tickets/letters/order_confirmed.txt` and `.html`; the first line of the
    text template is `Subject: …`, then an empty line, then the text. Call it inside a rule.
    """
    folder, _, letter = name.partition("/")
    with languages.speaking(language):
        text = render_template(f"{folder}/letters/{letter}.txt", **values)
        html = render_template(f"{folder}/letters/{letter}.html", **values)
    subject, _, body = text.lstrip().partition("\n")
    row = Letter(
        to=to,
        language=language,
        name=name,
        subject=subject.removeprefix("Subject:").strip(),
        body_text=body.strip() + "\n",
        body_html=html,
        attachments=[attachment.as_row() for attachment in attachments],
        message_id=make_msgid(
            domain=current_app.config["PUBLIC_URL"].partition("://")[2].partition(":")[0]
        ),
        queued_at=now,
        next_try_at=now,
    )
    db.session.add(row)
    return row
