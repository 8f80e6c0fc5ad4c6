"""Forms for questions: what the team fills in, and the fields in which visitors answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from festival.editions import dates
from festival.editions.fields import in_our_time
from festival.questions.answering import GivenAnswer
from festival.questions.models import LONGEST_ANSWER, OrderQuestion
from festival.questions.values import OptionValues, QuestionValues
from festival.tickets.models import TicketType
from festival.web.forms import FormPart, PageForm
from festival.web.languages import Bilingual

ABOUT_NAMES = {"ticket": _l("Voor elk kaartje"), "order": _l("Eén keer per bestelling")}
KIND_NAMES = {
    "text": _l("Tekst"),
    "choice": _l("Eén keuze"),
    "several": _l("Meer keuzes"),
    "number": _l("Getal"),
    "date": _l("Datum"),
    "file": _l("Bestand, na het bestellen"),
}
SENSITIVITY_NAMES = {
    "ordinary": _l("Gewoon"),
    "diet": _l("Over eten: met naam alleen voor organisatoren"),
    "access": _l("Over hulp en toegang: alleen voor organisatoren en de deur"),
}
_NEW_OPTIONS = 4  # empty rows for more


class ChecksField(SelectMultipleField):
    """Several of a list of choices, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OrderQuestionForm(PageForm):
    """A question as the team fills it in; its options are in OptionParts."""

    version = HiddenField()
    label_nl = StringField(
        _l("Vraag in het Nederlands"), [DataRequired(_l("Vul de vraag in.")), Length(max=200)]
    )
    label_en = StringField(
        _l("Vraag in het Engels"), [DataRequired(_l("Vul de vraag in.")), Length(max=200)]
    )
    purpose_nl = StringField(
        _l("Waarvoor, in het Nederlands"),
        [DataRequired(_l("Schrijf waarvoor je het vraagt.")), Length(max=300)],
        description=_l("Wie antwoordt, leest dit erbij."),
    )
    purpose_en = StringField(
        _l("Waarvoor, in het Engels"),
        [DataRequired(_l("Schrijf waarvoor je het vraagt.")), Length(max=300)],
    )
    about = SelectField(
        _l("Hoe vaak"), choices=[SelectChoice(*each) for each in ABOUT_NAMES.items()]
    )
    kind = SelectField(
        _l("Soort antwoord"), choices=[SelectChoice(*each) for each in KIND_NAMES.items()]
    )
    sensitivity = SelectField(
        _l("Wie het leest"), choices=[SelectChoice(*each) for each in SENSITIVITY_NAMES.items()]
    )
    types = ChecksField(
        _l("Kaartsoorten"), description=_l("Niets gekozen? Dan is de vraag voor alle soorten.")
    )
    erase_on = DateField(
        _l("Antwoorden bewaren tot en met"),
        [InputRequired(_l("Vul een dag in.")), in_our_time],
        description=_l("Daarna wissen we ze vanzelf."),
    )
    position = IntegerField(
        _l("Plaats in de rij"), [InputRequired(_l("Vul een getal in.")), NumberRange(0, 999)]
    )
    is_required = BooleanField(_l("Wie bestelt, moet antwoorden"))
    is_on = BooleanField(_l("Deze vraag staat aan"))


class OptionPart(FormPart):
    """One option of a question."""

    nl = StringField(_l("Nederlands"), [Length(max=120)])
    en = StringField(_l("Engels"), [Length(max=120)])
    is_on = BooleanField(_l("aan"))


class QuestionPage:
    """The whole form of a question: its own fields and a row for each option."""

    def __init__(self, of: OrderQuestion | None, types: Sequence[TicketType]) -> None:
        self.form = OrderQuestionForm()
        self.types = types
        self.form.types.choices = [SelectChoice(each.slug, each.name.text()) for each in types]
        sent = request.form if request.method == "POST" else None
        names = [each.code for each in of.options] if of else []
        self.options = [(code, OptionPart(sent, prefix=f"keuze-{code}-")) for code in names]
        self.options += [
            ("", OptionPart(sent, prefix=f"nieuw-{number}-")) for number in range(_NEW_OPTIONS)
        ]
        if sent is None:
            self._fill(of)

    def _fill(self, of: OrderQuestion | None) -> None:
        for _code, part in self.options:
            part.is_on.data = True
        if of is None:
            self.form.position.data, self.form.is_on.data = 100, True
            return
        form = self.form
        form.label_nl.data, form.label_en.data = of.label.nl, of.label.en
        form.purpose_nl.data, form.purpose_en.data = of.purpose.nl, of.purpose.en
        for name in (
            "about", "kind", "sensitivity", "erase_on", "position", "is_required", "is_on",
            "version",
        ):  # fmt: skip
            form[name].data = getattr(of, name)
        form.types.data = [each.slug for each in of.types]
        for option, (_code, part) in zip(of.options, self.options, strict=False):
            part.nl.data, part.en.data = option.label.nl, option.label.en
            part.is_on.data = option.is_on

    @property
    def values(self) -> QuestionValues:
        """What was filled in, as the rule takes it."""
        form = self.form
        return QuestionValues(
            label=Bilingual(form.label_nl.data, form.label_en.data),
            purpose=Bilingual(form.purpose_nl.data, form.purpose_en.data),
            about=form.about.data,
            kind=form.kind.data,
            sensitivity=form.sensitivity.data,
            erase_on=form.erase_on.data,
            position=form.position.data,
            is_required=form.is_required.data,
            is_on=form.is_on.data,
            types=[each for each in self.types if each.slug in (form.types.data or ())],
            options=[
                OptionValues(
                    code, Bilingual(part.nl.data or "", part.en.data or ""), part.is_on.data
                )
                for code, part in self.options
            ],
        )


class AnswersPart:
    """The fields in which somebody answers some questions, named `<prefix><code>`."""

    def __init__(
        self,
        questions: Sequence[OrderQuestion],
        formdata: MultiDict[str, str] | None,
        prefix: str,
        kept: Mapping[str, str] | None = None,
    ) -> None:
        self.questions = [each for each in questions if not each.is_file]
        self.files = [each for each in questions if each.is_file]  # these are sent later (files.py)
        fields = {each.code: _field(each) for each in self.questions}
        self.form: Any = type("AnswersForm", (FormPart,), fields)(formdata, prefix=prefix)
        if formdata is None:
            for each in self.questions:
                _fill(self.form[each.code], each, (kept or {}).get(each.code, ""))

    def __iter__(self) -> Iterator[Field]:
        """The fields, in the order of the questions."""
        for each in self.questions:
            yield self.form[each.code]

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.questions)

    def validate(self) -> bool:
        """Whether all answers are in order. The errors of the fields say what is wrong."""
        return bool(self.form.validate())

    def values(self) -> dict[str, str]:
        """Returns the answers as OrderAnswer.value, by code of question; '' for none."""
        return {each.code: _written(self.form[each.code].data) for each in self.questions}

    def given(self, ticket: int | None) -> list[GivenAnswer]:
        """Returns what was answered, for the ticket with this number or for the order."""
        return [GivenAnswer(ticket, code, value) for code, value in self.values().items() if value]


def _written(data: object) -> str:
    if isinstance(data, list):
        return " ".join(data)
    return "" if data is None or data == "None" else str(data)


def _fill(field: Field, question: OrderQuestion, value: str) -> None:
    if question.kind == "several":
        field.data = value.split()
    elif value:
        field.process_formdata([value])


def _field(question: OrderQuestion) -> Any:
    label = question.label.text()
    needed = (
        _("Vul dit in.") if question.kind not in {"choice", "several"} else _("Maak een keuze.")
    )
    validators: list[Callable[..., None]] = (
        [InputRequired(needed)] if question.is_required else [Optional()]
    )
    about = purpose_of(question)
    options = [SelectChoice(each.code, each.label.text()) for each in question.options_on]
    match question.kind:
        case "choice":
            if not question.is_required:
                options = [SelectChoice("", _("Geen antwoord")), *options]
            return RadioField(label, validators, choices=options, description=about)
        case "several":
            needs = [DataRequired(needed)] if question.is_required else []
            return ChecksField(label, needs, choices=options, description=about)
        case "date":
            return DateField(label, [*validators, in_our_time], description=about)
        case "number":
            in_range = NumberRange(-999_999, 999_999)
            return IntegerField(label, [*validators, in_range], description=about)
    return StringField(label, [*validators, Length(max=LONGEST_ANSWER)], description=about)


def purpose_of(question: OrderQuestion) -> str:
    """Returns why we ask and how long we keep the answer, for whoever answers."""
    return str(
        _(
            "%(purpose)s We bewaren dit tot en met %(day)s.",
            purpose=_sentence(question.purpose.text()),
            day=dates.day(question.erase_on),
        )
    )


def _sentence(purpose: str) -> str:
    return purpose if purpose.endswith((".", "!", "?")) else f"{purpose}."
