"""What the crew and the team may send: names of phones, and gates."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.checkin.forms import DeviceForm, GateForm
from festival.checkin.models import Device, Gate
from festival.db import db
from tests import make

NAME_OF_DEVICE = "Geef dit toestel een naam, bijvoorbeeld je voornaam."
NAME_OF_GATE = "Geef de ingang een naam."
ADDRESS = "Gebruik kleine letters, cijfers en streepjes, bijvoorbeeld: noord-2."


def errors_of(
    bare_app: Flask, kind: type[DeviceForm] | type[GateForm], **sent: str
) -> dict[str, str]:
    """The first sentence under each field."""
    with bare_app.test_request_context("/", method="POST", data=sent):
        form = kind()
        form.validate()
        return {name: str(sentences[0]) for name, sentences in form.errors.items()}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ("", NAME_OF_DEVICE),
        ("   ", NAME_OF_DEVICE),
        ("\t\n", NAME_OF_DEVICE),
        ("x" * 41, "Houd de naam korter dan 40 letters."),
    ],
)
def test_a_phone_needs_a_name_that_can_be_read(bare_app: Flask, sent: str, sentence: str) -> None:
    assert errors_of(bare_app, DeviceForm, name=sent) == {"name": sentence}


def test_the_longest_name_of_a_phone(bare_app: Flask) -> None:
    assert errors_of(bare_app, DeviceForm, name="x" * 40) == {}


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"name": ""}, "name", NAME_OF_GATE),
        ({"name": "   "}, "name", NAME_OF_GATE),
        ({"name": "x" * 61}, "name", "Houd de naam korter dan 60 letters."),
        ({"slug": ""}, "slug", "Vul in hoe de ingang in het adres heet, bijvoorbeeld: noord."),
        ({"slug": "Noord"}, "slug", ADDRESS),
        ({"slug": "noord--2"}, "slug", ADDRESS),
        ({"slug": "-noord"}, "slug", ADDRESS),
        ({"slug": "noord/scans"}, "slug", ADDRESS),
        ({"slug": "x" * 41}, "slug", "Houd de naam korter dan 40 letters."),
    ],
)
def test_a_gate_needs_a_name_and_an_address(
    bare_app: Flask, sent: dict[str, str], field: str, sentence: str
) -> None:
    good = {"name": "Ingang Noord", "slug": "noord-2"}
    assert errors_of(bare_app, GateForm, **good) == {}
    assert errors_of(bare_app, GateForm, **good | sent) == {field: sentence}


def test_names_are_kept_without_the_space_around_them(app: Flask, visitor: FlaskClient) -> None:
    make.current_edition()
    make.sign_in(visitor, "organiser")
    visitor.post("/team/ingangen/", data={"name": "  Ingang Zuid ", "slug": "zuid"})
    visitor.post("/team/deur", data={"name": " Telefoon van Bo  ", "gate": "zuid"})
    assert db.session.query(Gate).one().name == "Ingang Zuid"
    assert db.session.query(Device).one().name == "Telefoon van Bo"
