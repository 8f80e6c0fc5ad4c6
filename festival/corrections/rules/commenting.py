"""Writing something about an order, for the team alone."""

from datetime import datetime

from festival.corrections.models import OrderComment
from festival.db import insert_unless_there, transactional
from festival.digests import digest
from festival.team import audit
from festival.tickets.models import Order


@transactional
def comment(order: Order, words: str, form_key: str, *, member_id: int, now: datetime) -> None:
    """Keep what a member wrote about `order`. The same words from the same form are kept once."""
    row = {
        "order_id": order.id,
        "member_id": member_id,
        "words": words,
        "written_at": now,
        "form_key": digest(form_key, order.id, words),
    }
    if insert_unless_there(OrderComment, row):
        audit.record("comment_order", f"order {order.code}", now=now)
