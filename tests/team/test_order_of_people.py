"""Lists of people and titles are in one order on both databases."""

from festival.accounts import queries as accounts
from festival.db import db
from festival.programme import queries as programme
from festival.programme.models.sessions import Speaker
from festival.team import rules
from festival.tickets import queries as tickets
from festival.web.languages import Bilingual
from tests import make
from tests.make import NOW

PEOPLE = [
    *("Mia Aa", "Jan van der Berg", "Émile", "Bas ’t Hart", "Łukasz Nowak", "Özlem", "Şule Şahin"),
    *("Anna de Vries", "Zara"),
]


def test_people_of_the_team(any_app):
    for number, name in enumerate(reversed(PEOPLE)):
        rules.add_member(name, f"a{number}@example.org", ["editor"], now=NOW)
    assert [member.name for member in accounts.team()] == PEOPLE


def test_speakers_sessions_and_pools(any_app):
    edition = make.edition()
    for number, name in enumerate(reversed(PEOPLE)):
        db.session.add(Speaker(edition_id=edition.id, slug=f"s{number}", name=name))
    titles = ["Café Één", "“De Grote Loods”", "Émile", "Zaal 2", "Zaal 10"]
    for number, title in enumerate(reversed(titles)):
        make.session(slug=f"t{number}", title=Bilingual(title, ""))
        make.pool(name=title)
    db.session.commit()
    assert [each.name for each in programme.team_speakers(edition)] == PEOPLE
    assert [each.title.nl for each in programme.all_sessions(edition)] == titles
    assert [each.name for each in tickets.pools(edition)] == titles
