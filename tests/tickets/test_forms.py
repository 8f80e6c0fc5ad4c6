"""What people type: addresses with a slip in them, names, amounts."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, Form
from wtforms.fields.choices import SelectChoice

from festival.editions.models import Edition
from festival.tickets.forms import (
    NameField,
    PoolForm,
    SendAgainForm,
    TypeForm,
    likely_meant,
    no_slip_of_the_finger,
)
from festival.web.amounts import AmountField
from festival.web.forms import FormPart


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


class Doubted(Form):
    email = EmailField(validators=[no_slip_of_the_finger])


@pytest.mark.parametrize(
    ("typed", "sure", "is_fine"),
    [
        ("mia@gmial.com", [], False),
        ("mia@gmial.com", ["zoe@gmial.com"], False),
        ("mia@gmial.com", ["zoe@gmial.com", "mia@gmial.com"], True),
        ("mia@gmail.com", [], True),
        ("", [], True),
    ],
)
def test_a_likely_slip_is_asked_about_until_somebody_is_sure(texts, typed, sure, is_fine):
    form = Doubted(MultiDict({"email": typed}))
    form.sure = sure
    assert form.validate() is is_fine
    if not is_fine:
        assert form.errors["email"][0].startswith("Bedoel je mia@gmail.com?")


# Of 64 letters before the @, the most that there may be, and as many behind it as are asked for.
def address(letters):
    return "m" * 64 + "@" + ".".join(["v" * 46] * 3 + ["v" * (letters - 65 - 141 - 8), "example"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("mia@example.org", "mia@example.org"),
        ("  Mia.Jansen+festival@Example.org\n", "Mia.Jansen+festival@Example.org"),
        ("mia@bücher.example.org", "mia@bücher.example.org"),
        (address(254), address(254)),
    ],
)
def test_addresses_that_mail_can_go_to_are_taken_as_typed(texts, typed, kept):
    form = SendAgainForm(MultiDict({"email": typed}))
    assert form.validate(), form.errors
    assert form.email.data == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Vul het e-mailadres in"),
        (" \n ", "Vul het e-mailadres in"),
        (address(255), "Dit e-mailadres is te lang."),
        ("zoë@example.org", "Dit e-mailadres klopt niet."),
        ("mia@example", "Dit e-mailadres klopt niet."),
        ("mia@example.org, zoe@example.org", "Dit e-mailadres klopt niet."),
        ("mia jansen@example.org", "Dit e-mailadres klopt niet."),
        ("Mia <mia@example.org>", "Dit e-mailadres klopt niet."),
        ("mia@[192.0.2.1]", "Dit e-mailadres klopt niet."),
    ],
)
def test_addresses_that_no_mail_can_go_to_are_refused_in_words(texts, typed, words):
    form = SendAgainForm(MultiDict({"email": typed}))
    assert not form.validate()
    assert str(form.errors["email"][0]).startswith(words)


class Amounts(FormPart):
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
        ("65,-", 6500),
        ("€ 65,-", 6500),
        ("€65,--", 6500),
        ("65,–", 6500),
        ("65.-", 6500),
        ("65,=", 6500),
        ("65,00 EUR", 6500),
        ("65 euro", 6500),
        ("65,00 €", 6500),
        ("Euro 65", 6500),
        ("\u221212,34", -1234),  # a real minus sign
        ("€ \u221212,34", -1234),
        ("\u2013 € 12,34", -1234),
        ("- 12,34 EUR", -1234),
        ("-65,-", -6500),
        ("+ 65,00", 6500),
        ("1 250,50", 125050),
        ("1\u00a0250,50", 125050),
        ("\u20651.250,50\u200b", 125050),
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
        "65,-5",
        "--65",
        "€ € 65",
        "65,",
        "- - 65",
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


class Names(FormPart):
    name = NameField("Naam", "Vul je naam in.")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Mia \n Jansen ", "Mia Jansen"),
        ("Ü. ’t Hooft-Ağaoğlu", "Ü. ’t Hooft-Ağaoğlu"),
        ("J.P. Oud", "J.P. Oud"),
        ("A.N.L. van der Be", "A.N.L. van der Be"),
        ("Anna\u00a0Maria\t‘t  Hart", "Anna Maria ‘t Hart"),
        (" " + "Ünal-Ağaoğlu " * 6 + "xx  ", "Ünal-Ağaoğlu " * 6 + "xx"),  # eighty letters
    ],
)
def test_names_stay_on_one_line(texts, typed, kept):
    form = Names(MultiDict({"name": typed}))
    assert form.validate()
    assert form.name.data == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Vul je naam in."),
        ("   ", "Vul je naam in."),
        ("x" * 81, "Houd het onder de 80 tekens."),
        ("kijk op http://x.example", "Vul een naam in, zonder adres van een website."),
        ("WWW.win.example", "Vul een naam in, zonder adres van een website."),
        ("win.com", "Vul een naam in, zonder adres van een website."),
        ("Mia van Gratis.NL", "Vul een naam in, zonder adres van een website."),
    ],
)
def test_names_that_are_none_are_refused_and_kept(texts, typed, words):
    form = Names(MultiDict({"name": typed}))
    assert not form.validate()
    assert form.errors["name"] == [words]
    assert form.name._value() == typed.strip()


class Guests(Form):
    name = NameField("Naam op het kaartje", "")


def test_a_name_that_is_not_asked_for_may_be_missing_and_is_no_link_either(texts):
    assert Guests(MultiDict({"name": " "})).validate()
    assert not Guests(MultiDict({"name": "win.com"})).validate()


def type_form(**changed):
    """The form of a ticket type, filled in well but for what is `changed`."""
    form = TypeForm(
        MultiDict(
            {
                "name_nl": "Weekend",
                "price_cents": "0",
                "vat_category": "reduced",
                "pool_id": "1",
                "days": "2026-10-23",
                "min_per_order": "1",
                "max_per_order": "1",
                "sale_from": "2026-01-05T10:00",
                "sale_until": "2026-01-05T10:01",
                "position": "0",
                **changed,
            }
        )
    )
    form.edition = Edition(timezone="Europe/Amsterdam")
    form.pool_id.choices = [SelectChoice(1, "Bezoekers")]
    form.days.choices = [SelectChoice("2026-10-23", "vrijdag")]
    return form


@pytest.mark.parametrize(
    ("field", "fits", "does_not"),
    [
        ("name_nl", ["x" * 80], ["", "x" * 81]),
        ("name_en", ["", "x" * 80], ["x" * 81]),
        ("audience_nl", ["", "x" * 200], ["x" * 201]),
        ("audience_en", ["", "x" * 200], ["x" * 201]),
        ("description_nl", ["", "x" * 1000], ["x" * 1001]),
        ("description_en", ["", "x" * 1000], ["x" * 1001]),
        ("price_cents", ["0", "0,01", "9999999,99"], ["", "-0,01", "niets", "10000000"]),
        ("vat_category", ["", "reduced", "outside"], ["9", "kor", "veel"]),
        ("pool_id", ["1"], ["", "2", "x"]),
        ("days", ["2026-10-23"], ["", "2026-10-24"]),
        ("min_per_order", ["1"], ["", "0", "41", "-1", "1,5", "een"]),
        ("max_per_order", ["1", "40"], ["", "0", "41", "een"]),
        ("sale_from", ["2000-01-01T00:00"], ["", "1999-12-31T23:59", "2026-01-05T10:01", "nu"]),
        ("sale_until", ["2026-12-31T23:59"], ["", "2026-01-05T10:00", "2026-13-01T10:00"]),
        ("position", ["0", "999"], ["", "-1", "1000", "x"]),
    ],
)
def test_each_field_of_a_type_is_taken_up_to_its_limit_and_no_further(texts, field, fits, does_not):
    for typed in fits:
        assert type_form(**{field: typed}).validate(), typed
    # That the second does not fit the first is said at the second.
    second = {"sale_from": "sale_until", "min_per_order": "max_per_order"}.get(field, field)
    for typed in does_not:
        form = type_form(**{field: typed})
        assert not form.validate(), typed
        assert set(form.errors) <= {field, second}
        # Nothing typed is lost, but for choices that there are not.
        if field not in {"vat_category", "pool_id", "days"}:
            assert form[field]._value() == typed.strip(), typed


def test_a_sale_over_the_night_the_clocks_change_is_as_long_as_it_really_is(texts):
    form = type_form(sale_from="2026-10-25T01:30", sale_until="2026-10-25T03:30")
    assert form.validate()
    hours = form.moment(form.sale_until) - form.moment(form.sale_from)
    assert hours.total_seconds() == 3 * 3600
    form = type_form(sale_from="2026-03-29T01:59", sale_until="2026-03-29T03:00")
    assert form.validate()
    assert (form.moment(form.sale_until) - form.moment(form.sale_from)).total_seconds() == 60


@pytest.mark.parametrize(
    ("field", "fits", "does_not"),
    [
        ("name", ["Bezoekers", "x" * 80], ["", "  ", "x" * 81]),
        ("capacity", ["0", "100000"], ["", "-1", "100001", "veel", "1.000"]),
    ],
)
def test_a_pool_has_a_name_and_a_number_that_may_be_nothing(texts, field, fits, does_not):
    def form(typed):
        return PoolForm(MultiDict({"name": "Bezoekers", "capacity": "5", field: typed}))

    for typed in fits:
        assert form(typed).validate(), typed
    for typed in does_not:
        wrong = form(typed)
        assert not wrong.validate(), typed
        assert set(wrong.errors) == {field}
        assert wrong[field]._value() == typed.strip()
