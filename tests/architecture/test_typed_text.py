"""Every form of the program cleans what people type, before its fields and its rules see it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_security import VerifyForm
from werkzeug.datastructures import MultiDict
from wtforms import Form, PasswordField, StringField, TextAreaField

from tests.architecture.source import modules

TYPED = "\u200b \u202eabc\u0000\u2028 def\x1b"


def _forms(of: type[Form] = Form) -> Iterator[type[Form]]:
    for form in of.__subclasses__():
        if form.__module__.startswith("festival."):
            yield form
        yield from _forms(form)


def _sent(form: type[Form], typed: str) -> Form:
    """The form with `typed` in every field."""
    more = {"user": None} if issubclass(form, VerifyForm) else {}
    names = [field.name for field in form(MultiDict(), **more)]
    return form(MultiDict(dict.fromkeys(names, typed)), **more)


@pytest.fixture
def forms(app: Flask) -> Iterator[list[type[Form]]]:
    with app.test_request_context(method="POST"):
        yield list(dict.fromkeys(_forms()))


def test_no_text_field_escapes_the_cleaning(forms: list[type[Form]]) -> None:
    seen = set()
    for form in forms:
        for field in _sent(form, TYPED):
            if not isinstance(field, StringField) or isinstance(field, PasswordField):
                continue
            where = f"{form.__module__}.{form.__qualname__}.{field.name}"
            kept = "abc\ndef" if isinstance(field, TextAreaField) else "abc def"
            # Some fields also fold blanks or capitals.
            assert "".join(str(field.data).split()).casefold() == "abcdef", where
            assert ("\n" in field.data) == ("\n" in kept), where
            assert field.raw_data == ["abc\ndef"], where  # what InputRequired looks at
            seen.add(where)
    assert len(seen) > 80


def test_what_nobody_sees_was_not_filled_in(forms: list[type[Form]]) -> None:
    for form in forms:
        for field in _sent(form, "\u200b\u202e\x07"):
            if isinstance(field, StringField) and not isinstance(field, PasswordField):
                assert (field.data, field.raw_data) == ("", [""]), (form, field.name)


def test_passwords_stay_as_they_were_typed(forms: list[type[Form]]) -> None:
    [link] = [form for form in forms if form.__name__ == "LinkForm"]
    assert _sent(link, "a  b ").password.data == "a  b "


def test_forms_come_from_our_own_base() -> None:
    """A form straight from a library would not clean; the tests above see only what is loaded."""
    for path, tree in modules().items():
        if path in {"festival/web/forms.py", "festival/accounts/guarded_forms.py"}:
            continue
        source = {name for node in tree.body for name in getattr(node, "names", ())}
        assert "FlaskForm" not in {alias.name for alias in source}, path
