"""The front page of the current edition and its fixed pages."""

from flask import Blueprint, current_app, render_template

from festival import clock
from festival.editions import dates
from festival.editions.addresses import current_edition_or_404
from festival.editions.queries import current_edition
from festival.home import queries
from festival.payments.stripe import client as stripe
from festival.programme.queries import stages
from festival.team.access import public
from festival.tickets import jsonld
from festival.timetable import reading
from festival.web import languages
from festival.web.pages import public_page

bp = Blueprint("home", __name__)

MOST_HIGHLIGHTS = 6


@bp.get("/")
@public
@public_page
def front() -> str:
    """What the festival is, and what to do next."""
    edition = current_edition()
    if edition is None:
        return render_template("home/nothing_yet.html")
    now = clock.now()
    highlights = list(reading.programme_of(edition).highlights.items())[:MOST_HIGHLIGHTS]
    return render_template(
        "home/front.html",
        edition=edition,
        highlights=[session_id for session_id, _card in highlights],
        offers=jsonld.offers(edition, now=now),
        when=dates.days(edition.days),
        year=edition.starts_on.year,
        cards=[card for _session_id, card in highlights],
        counts=queries.programme_counts(edition),
        days_to_go=(edition.starts_on - edition.local(now).date()).days,
        is_past=edition.day_of(now) > edition.ends_on,
        is_today=edition.day_of(now) in edition.days,
        partners=queries.partners(edition),
    )


@bp.get("/praktisch")
@public
@public_page
def praktisch() -> str:
    """Route, access, house rules and what people often ask."""
    edition = current_edition_or_404()
    return render_template(
        "home/praktisch.html",
        edition=edition,
        when=dates.days(edition.days),
        stages=stages(edition),
        questions=queries.questions(edition),
    )


@bp.get("/privacy")
@public
@public_page
def privacy() -> str:
    """Which data of visitors we keep, why and for how long."""
    return render_template(
        "home/privacy.html", edition=current_edition_or_404(), pays_online=stripe.is_on()
    )


@bp.get("/contact")
@public
@public_page
def contact() -> str:
    """How to reach the organiser."""
    return render_template("home/contact.html", edition=current_edition_or_404())


@bp.get("/favicon.ico")
@public
def favicon() -> tuple[str, int, dict[str, str]]:
    """Redirect to our icon: browsers ask for this address whatever the page says."""
    return "", 301, {"Location": f"{current_app.extensions['asset_root']}img/icon.svg"}


@bp.get("/robots.txt")
@public
def robots() -> tuple[str, dict[str, str]]:
    """Keep search engines out of the pages of one person and of the team."""
    personal = (
        "/adres/",
        "/afmelden/",
        "/agenda/",
        "/bestelling/",
        "/kaartje/",
        "/naam/",
        "/spreker/",
        "/T/",
        "/team/",
        "/wachtlijst/",
    )
    lines = [f"Disallow: {prefix}{path}" for path in personal for prefix in ("", "/en")]
    sitemap = f"Sitemap: {languages.url_in('nl', 'feeds.sitemap_xml')}"
    text = "\n".join(["User-agent: *", *lines, "", sitemap, ""])
    return text, {"Content-Type": "text/plain; charset=utf-8"}
