"""What people type: addresses with a slip in them, names, amounts."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from festival.tickets.forms import AmountField, NameField, likely_meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mia@gmial.com", "mia@gmail.com"),
        ("mia@gmail.con", "mia@gmail.com"),
        ("mia@GMAI.com", "mia@gmail.com"),
        ("mia@hotmial.com", "mia@hotmail.com"),
        ("mia@outlok.com", "mia@outlook.com"),
        ("mia@ziggo.ml", "mia@ziggo.nl"),
        ("mia@gmail.com", ""),
        ("mia@mail.com", ""),
        ("mia@live.be", ""),
        ("mia@example.org", ""),
        ("mia@tilburg.nl", ""),
        ("geen adres", ""),
    ],
)
def test_a_slip_of_the_finger_is_noticed_and_real_domains_are_not(typed, meant):
    assert likely_meant(typed) == meant


class Amounts(Form):
    amount = AmountField()


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("45", 4500),
        ("45,00", 4500),
        ("45.50", 4550),
        ("€ 1.250,50", 125050),
        ("1250,50", 125050),
        ("-12,34", -1234),
        ("€ -12,34", -1234),
        ("0", 0),
        ("EUR 7,05", 705),
        ("9999999,99", 999_999_999),
        ("9.999.999,99", 999_999_999),
    ],
)
def test_amounts_are_read_as_people_write_them(texts, typed, cents):
    form = Amounts(MultiDict({"amount": typed}))
    assert form.validate()
    assert form.amount.data == cents


@pytest.mark.parametrize(
    "typed",
    [
        "45,5",
        "4 5",
        "vijf",
        "1,250.50",
        "45,000",
        "12.3456",
        "١٢",
        "9" * 30,
        # More cents than a column of PostgreSQL holds.
        "10000000",
        "10.000.000",
        "999.999.999",
        "9.999.999.999",
    ],
)
def test_other_amounts_are_refused_and_kept_as_typed(texts, typed):
    form = Amounts(MultiDict({"amount": typed}))
    assert not form.validate()
    assert form.amount._value() == typed


class Names(Form):
    name = NameField("Naam", "Vul je naam in.")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Mia \n Jansen ", "Mia Jansen"),
        ("Ü. ’t Hooft-Ağaoğlu", "Ü. ’t Hooft-Ağaoğlu"),
        ("J.P. Oud", "J.P. Oud"),
    ],
)
def test_names_stay_on_one_line(texts, typed, kept):
    form = Names(MultiDict({"name": typed}))
    assert form.validate()
    assert form.name.data == kept


@pytest.mark.parametrize(
    "typed", ["", "   ", "x" * 81, "kijk op http://x.example", "WWW.win.example", "win.com"]
)
def test_names_that_are_none_are_refused(texts, typed):
    assert not Names(MultiDict({"name": typed})).validate()
