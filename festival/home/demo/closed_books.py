"""A month of the demo's books that is closed."""

from datetime import datetime, timedelta

from festival.accounts.queries import member_by_email
from festival.books import rules
from festival.editions.models import Edition
from festival.home.demo.team import MEMBERS
from festival.payments import closing_queries


def load_closed_books(edition: Edition, *, now: datetime) -> None:
    """Close the month before the last one: all that the demo still has to do lies after it."""
    today = edition.local(now).date()
    last_month = today.replace(day=1) - timedelta(days=1)
    before = last_month.replace(day=1) - timedelta(days=1)
    [bookkeeper] = [each.email for each in MEMBERS if each.role == "finance"]
    member = member_by_email(bookkeeper)
    assert member is not None
    assert closing_queries.last_day(before) < today
    rules.close_month(before, today=today, member_id=member.id, now=now)
