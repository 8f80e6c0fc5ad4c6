"""The team's dashboard: the main numbers, each with a link to what it counts."""

from typing import Any

from flask import render_template, url_for

from festival import clock
from festival.checkin.queries import counts as admitted
from festival.editions import dates
from festival.editions.addresses import chosen_edition
from festival.home import heartbeats, queries
from festival.home.checklist import checklist
from festival.home.views import bp
from festival.mail.queries import count_by_state
from festival.payments import queries as payments
from festival.payments.queries import unpaid_holds
from festival.team.access import may_open, team


@bp.get("/team/")
@team()
def dashboard() -> str:
    """Tickets, money, places, letters and admissions of the edition that the member works in."""
    edition = chosen_edition()
    now = clock.now()
    steps = checklist(edition, now=now)
    if edition is None:
        return render_template("home/dashboard_empty.html", steps=steps)
    orders = queries.orders_by_state(edition)
    letters = count_by_state()
    valid = queries.valid_tickets_by_day(edition)
    days_to_go = (edition.starts_on - edition.local(now).date()).days
    return render_template(
        "home/dashboard.html",
        shown=edition,
        steps=steps,
        days_to_go=days_to_go,
        # Before six in the morning of the first day, `day_of` still gives the day before.
        is_today=days_to_go == 0 or edition.day_of(now) in edition.days,
        pools=queries.pools(edition),
        tickets=queries.ticket_counts(edition),
        orders=orders,
        money={
            state: payments.owed(edition, state) if may_open("payments_team.index") else None
            for state in ("due", "refund", "partial")
        },
        places=queries.places_by_session(edition),
        letters_wrong=letters["failed"] + letters["unsure"],
        letters_waiting=letters["waiting"] + letters["sending"],
        days=[
            {
                "label": dates.day(day),
                "inside": sum(admitted(edition.id, day).values()),
                "valid": valid.get(day, 0),
            }
            for day in edition.days
        ],
        holds=unpaid_holds(edition),
        jobs=heartbeats.states(now),
        link=_link,
    )


def _link(endpoint: str, **values: Any) -> str:
    """Returns the address of `endpoint`, or '' if this member may not open it."""
    return url_for(endpoint, **values) if may_open(endpoint) else ""
