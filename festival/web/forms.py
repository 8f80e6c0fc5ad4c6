"""The base of every form: what people type is cleaned before any field sees it.

A field of one line gets one line; only a TextAreaField keeps line breaks. What holds nothing that
people can see counts as empty, so that DataRequired and InputRequired refuse it.
"""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, PasswordField, StringField, TextAreaField

from festival import text
from festival.search import MOST_LETTERS

# What WTForms says of a field, in the words of our own pages.
_WORDS = {
    "Field cannot be longer than %(max)d characters.": _l(
        "Dit is te lang: schrijf hooguit %(max)d tekens."
    ),
    "Not a valid choice.": _l("Deze keuze is er niet meer. Kies opnieuw."),
    "Not a valid date value.": _l("Deze datum bestaat niet. Kijk hem nog eens na."),
    "Not a valid datetime value.": _l("Deze dag en tijd bestaan niet. Kijk ze nog eens na."),
    "Not a valid integer value.": _l("Schrijf een heel getal, in cijfers."),
    "Not a valid time value.": _l("Deze tijd bestaat niet. Kijk hem nog eens na."),
    "Number must be between %(min)s and %(max)s.": _l("Kies een getal van %(min)s tot %(max)s."),
    "This field is required.": _l("Vul dit in."),
}


class _Translations:
    """Translates what WTForms says: in our words, or else in those of its own translators."""

    def gettext(self, said: str) -> str:
        return str(_WORDS.get(said) or translations.gettext(said))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return str(_WORDS.get(plural) or translations.ngettext(singular, plural, number))


class _Typed(MultiDict[str, Any]):
    """The values of a form, cleaned."""


class CleanMeta:
    """What makes a form clean its texts; for our own forms and those of libraries."""

    def get_translations(self, _form: Form) -> _Translations:
        """Returns what translates the sentences of WTForms."""
        return _Translations()

    def wrap_formdata(self, form: Form, formdata: Any) -> Any:
        """Returns what was sent, cleaned; passwords as they were typed."""
        sent = super().wrap_formdata(form, formdata)  # type: ignore[misc]
        if sent is None or isinstance(sent, _Typed):
            return sent
        secret = {field.name for field in form if isinstance(field, PasswordField)}
        return _Typed(
            (name, text.lines(value) if isinstance(value, str) and name not in secret else value)
            for name, value in sent.items(multi=True)
        )

    def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
        """Returns the field of `form`, with the cleaning before its own filters."""
        field = super().bind_field(form, unbound_field, options)  # type: ignore[misc]
        if isinstance(field, StringField) and not isinstance(field, PasswordField):
            clean = text.lines if isinstance(field, TextAreaField) else text.line
            field.filters = (_of_text(clean), *field.filters)
        return field


class PageForm(FlaskForm):
    """A form of a page."""

    class Meta(CleanMeta):
        pass


class FormPart(Form):
    """A part of a form that occurs several times, or not at all."""

    class Meta(CleanMeta):
        pass


def asked(name: str) -> str:
    """Returns what the address asks for, such as `?q=`, as one line of at most MOST_LETTERS."""
    return text.line(request.args.get(name, "")[:MOST_LETTERS])


def _of_text(clean: Callable[[str], str]) -> Callable[[Any], Any]:
    """Returns a filter that also takes what was not sent."""
    return lambda value: clean(value or "") if value is None or isinstance(value, str) else value
