"""Of two members of the team who change one thing at once, the later one is told."""

import pytest

from festival.editions import rules as editions
from festival.programme.rules import slots
from festival.web.languages import Bilingual
from tests import make
from tests.scheduling.test_backoffice import form_of
from tests.world import at

SENTENCE = "Iemand anders heeft dit intussen gewijzigd."
# What else a form may say of what its editor saw, where that is more than one row.
SAYS_WHAT_WAS_SEEN = {
    "letters_team.change": "a digest of the texts; see tests/mailings",
    "mailings_team.change": "the version of the draft; see tests/mailings",
    "scheduling_team.preview": "a digest of all rows; see tests/scheduling",
    "tickets_team.preview": "a digest of all types; see tests/tickets",
}
CHANGES_NOTHING_THAT_WAS_TYPED = {
    "accounts.link": "chooses a password",
    "coaching_team.make": "adds meetings",
    "editor_team.place": "adds a moment",
    "doorsales.sell": "adds an order",
    "home.copy_edition": "adds an edition",
    "scheduling_team.copy_session": "adds a session",
    "scheduling_team.upload": "keeps a file until its preview",
}
TYPED = {
    "releases_today": {"why_nl": ["De spreker is ziek."], "session": ["zagen"]},
    "editor_team": {"starts": ["14:00"], "ends": ["15:00"]},
}


@pytest.fixture
def things(world, monkeypatch):
    """The page of one of everything that the team edits, by endpoint."""
    monkeypatch.setattr("festival.clock.now", lambda: make.NOW)
    edition, slot, meeting = world.edition, world.talk.slots[0], world.coach.slots[0]
    partner = editions.save_partner(edition, None, {"name": "Meander"}, now=make.NOW)
    words = {"question": Bilingual("Wat?"), "answer": Bilingual("Dat.")}
    often_asked = editions.save_question(edition, None, words, now=make.NOW)
    of = make.ticket_type()
    edition_page, team = f"/team/edities/{edition.slug}", f"/team/programma/{edition.slug}"
    cancelled = make.slot(world.talk, state="cancelled")
    asked = make.question()
    hours = {"starts_at": at(23, 12), "ends_at": at(23, 13)}
    block = slots.save_block(
        edition,
        None,
        {"stage_id": world.hall.id, "kind": "break", "title": Bilingual("Pauze"), **hours},
        now=make.NOW,
    )
    return {
        "coaching_team.meeting": f"{team}/coaching/{world.coach.slug}/{meeting.code}",
        "editions_team.edit": edition_page,
        "editions_team.partners": f"{edition_page}/partners/{partner.id}",
        "editions_team.questions": f"{edition_page}/vragen/{often_asked.id}",
        "editions_team.texts": f"{edition_page}/teksten",
        "editor_team.move": f"{team}/rooster/momenten/{slot.code}",
        "extras_team.change": f"/team/erbij/{make.extra().slug}",
        "members_team.member": f"/team/leden/{make.member('editor').code}",
        "questions_team.change": f"/team/vragen/{asked.code}",
        "editor_team.block": f"{team}/rooster/blokken/{block.code}",
        "releases_today.cancel": f"/team/vandaag/{slot.code}/vervalt",
        "releases_today.delay": f"/team/vandaag/{slot.code}/later?minuten=15",
        "releases_today.full": f"/team/vandaag/{slot.code}/vol",
        "releases_today.move": f"/team/vandaag/{slot.code}/verplaatsen",
        "releases_today.substitute": f"/team/vandaag/{slot.code}/vervangen",
        "releases_today.restore": f"/team/vandaag/{cancelled.code}/toch",
        "scheduling_team.session": f"{team}/onderdelen/{world.talk.slug}",
        "scheduling_team.slot": f"{team}/onderdelen/{world.talk.slug}/momenten/{slot.code}",
        "scheduling_team.speaker": f"{team}/mensen/{world.ria.slug}",
        "scheduling_team.stages": f"{team}/podia/{world.hall.slug}",
        "scheduling_team.themes": f"{team}/themas/{world.care.slug}",
        "tickets_team.change_pool": f"/team/kaartsoorten/contingenten/{of.pool.slug}",
        "tickets_team.change_type": f"/team/kaartsoorten/{of.slug}",
        "vat_team.change": f"/team/btw/{of.slug}",
        "vat_team.change_extra": f"/team/btw/erbij/{make.extra().slug}",
        "vouchers_team.change": f"/team/codes/{make.voucher().key}",
    }


def test_no_form_of_the_team_is_forgotten(app, things):
    forms = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set())
        and rule.rule.startswith("/team/")
        and rule.arguments - {"edition_slug"}
        and not rule.endpoint.startswith("security.")
    }
    assert forms - SAYS_WHAT_WAS_SEEN.keys() - CHANGES_NOTHING_THAT_WAS_TYPED.keys() == set(things)


def test_the_later_one_is_told_and_loses_nothing(visitor, things):
    make.sign_in(visitor, "organiser")
    faults = []
    for endpoint, path in things.items():
        sent = form_of(visitor.get(path).text) | TYPED.get(endpoint.partition(".")[0], {})
        if not sent.get("version", [""])[0].isdecimal():
            faults.append(f"{endpoint}: its form does not say which version was seen")
            continue
        late = visitor.post(path, data=sent | {"version": "77"})
        if late.status_code not in {409, 422} or SENTENCE not in late.text:
            faults.append(f"{endpoint}: {late.status}, and the later one is not told")
        elif lost := {
            name
            for name, typed in form_of(late.text).items()
            if name in sent and typed != sent[name]
        } - {
            "csrf_token",
            "version",
        }:
            faults.append(f"{endpoint}: what was typed is lost: {lost}")
    assert not faults, "\n".join(faults)
