"""The team's dashboard: the main numbers, each with a link to what it counts."""

from typing import Any

from flask import render_template, url_for

from festival import clock
from festival.bookings.queries.waiting_list import lengths_of_lines
from festival.checkin.queries import counts as admitted
from festival.editions import dates
from festival.editions.addresses import chosen_edition
from festival.home import heartbeats, queries
from festival.home.checklist import checklist
from festival.home.sales_curve import sales_picture
from festival.home.views import bp
from festival.mail.queries import count_by_state
from festival.payments import queries as payments
from festival.payments.bank import queries as bank
from festival.payments.queries import unpaid_holds
from festival.payments.refunds import queries as refunds
from festival.payments.stripe import queries as stripe_queries
from festival.scheduling.session_states import count_by_release_state
from festival.speakers import queries as speakers
from festival.team.access import may_open, team
from festival.tickets import small_business
from festival.tickets.waiting.queries import number_in_line


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
    pools = queries.pools(edition)
    valid = queries.valid_tickets_by_day(edition)
    days_to_go = (edition.starts_on - edition.local(now).date()).days
    return render_template(
        "home/dashboard.html",
        shown=edition,
        steps=steps,
        days_to_go=days_to_go,
        # Before six in the morning of the first day, `day_of` still gives the day before.
        is_today=days_to_go == 0 or edition.day_of(now) in edition.days,
        pools=pools,
        tickets=queries.ticket_counts(edition),
        by_type=queries.tickets_by_type(edition),
        picture=sales_picture(edition, today=edition.local(now).date()),
        orders=orders,
        received=payments.received(edition) if may_open("payments_team.index") else None,
        unbooked=bank.waiting() if may_open("bank_team.index") else None,
        money={
            state: payments.owed(edition, state) if may_open("payments_team.index") else None
            for state in ("due", "refund", "partial")
        },
        to_pay_back=refunds.refund_sum(edition, "open"),
        sessions=count_by_release_state(edition) if may_open("scheduling_team.sessions") else None,
        speakers=speakers.count_by_state(speakers.people(edition))
        if may_open("speakers_team.index")
        else None,
        in_ticket_line=number_in_line(edition),
        lines=lengths_of_lines(edition).values(),
        stuck=stripe_queries.stuck(edition),
        places=queries.places_by_session(edition),
        letters_wrong=letters["failed"] + letters["unsure"],
        letters_waiting=letters["waiting"] + letters["sending"],
        days=[
            {
                "label": dates.day(day),
                "slug": day.isoformat(),
                "inside": sum(admitted(edition.id, day).values()),
                "valid": valid.get(day, queries.TicketsOfDay(0, 0)),
            }
            for day in edition.days
        ],
        holds=unpaid_holds(edition, [each.pool for each in pools]),
        is_near_scheme_limit=may_open("vat_team.index")
        and small_business.is_near_limit(edition.local(now).year),
        jobs=heartbeats.states(now),
        link=_link,
    )


def _link(endpoint: str, **values: Any) -> str:
    """Returns the address of `endpoint`, or '' if this member may not open it."""
    return url_for(endpoint, **values) if may_open(endpoint) else ""
