"""Fields in texts of the team: what is refused, and that nothing but filling in ever happens."""

import pytest

from festival.mail import fields

KNOWN = ("naam", "festival")


def test_fields_are_filled():
    values = {"naam": "Mia", "festival": "Pluk"}
    assert fields.fill("Dag { Naam }, tot op {festival}!", values) == "Dag Mia, tot op Pluk!"


def test_a_value_is_not_looked_at_for_fields():
    assert fields.fill("{naam}", {"naam": "{festival}", "festival": "Pluk"}) == "{festival}"


@pytest.mark.parametrize(
    "typed", ["{{ config }}", "{% if 1 %}", "{naam.__class__}", "{0}", "%(naam)s"]
)
def test_nothing_of_a_text_is_run(typed):
    assert fields.fill(typed, {"naam": "Mia"}) == typed


@pytest.mark.parametrize("typed", ["Dag {name}", "{}", "{naam.__class__}", "{naam!r}"])
def test_an_unknown_field_is_refused_with_those_that_are_known(app, typed):
    with pytest.raises(fields.UnknownField) as refusal:
        fields.check_fields(typed, KNOWN)
    assert "{naam}, {festival}" in str(refusal.value)


@pytest.mark.parametrize("typed", ["Dag {naam", "naam}", "{{naam}}", "a } b", "{ {naam} "])
def test_a_loose_brace_is_refused_with_where_it_is(app, typed):
    with pytest.raises(fields.LooseBrace) as refusal:
        fields.check_fields(f"Eerst dit. {typed} en dan dat.", KNOWN)
    assert "Eerst dit." in str(refusal.value) or "en dan dat." in str(refusal.value)


def test_a_text_without_fields_is_fine():
    fields.check_fields("Dag allemaal, 100% leuk!", KNOWN)
