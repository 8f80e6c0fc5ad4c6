"""Forms in which tickets get their names: a list of them by the buyer or the team, or one's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from festival import sheets
from festival.corrections import name_lists
from festival.corrections.forms import PersonForm
from festival.corrections.name_lists import ListedPerson
from festival.corrections.people import Person, mark_of
from festival.digests import digest
from festival.email_addresses import canonical
from festival.errors import Refusal
from festival.tickets.forms import NameField, no_slip_of_the_finger, well_formed
from festival.tickets.models import Ticket
from festival.web.forms import PageForm


class NamesForm(PageForm):
    """A list of names. `shown` is the mark of the preview that somebody agreed to."""

    shown = HiddenField()
    names = TextAreaField(
        _l("Namen"),
        description=_l(
            "Eén per regel. Een e-mailadres mag erachter: wie er een heeft, krijgt het kaartje"
            " gemaild. Plakken uit Excel of je mail kan ook."
        ),
        validators=[Length(max=40_000)],
    )
    file = FileField(
        _l("Of kies een bestand"),
        description=_l("XLSX, ODS of CSV, met de naam in de eerste kolom."),
    )


class TeamNamesForm(NamesForm):
    """The same for the team, which says why."""

    reason = StringField(
        _l("Waarom"), validators=[DataRequired(_l("Schrijf op waarom.")), Length(max=200)]
    )


class OwnNameForm(PageForm):
    """The name of whoever got the link of a ticket. `seen` is the mark of what the page showed."""

    seen = HiddenField()
    name = NameField(_l("Je naam"), _l("Vul je naam in."))
    email = EmailField(
        _l("Je e-mailadres"),
        description=_l("Dan mailen we je het kaartje."),
        validators=[
            Length(max=254, message=_l("Dit e-mailadres is te lang.")),
            well_formed,
            no_slip_of_the_finger,
        ],
    )

    @property
    def sure(self) -> list[str]:
        """The addresses that somebody insists on, though they look like a typing error."""
        return request.form.getlist("zeker")[:50]

    def doubted(self) -> list[str]:
        """Returns the addresses to accept next time."""
        return [*self.sure, self.email.data] if self.email.errors and self.email.data else self.sure

    def person(self) -> Person:
        """Returns who it is, as the rule takes it."""
        return Person(self.name.data, self.email.data or "", self.seen.data or "")


@dataclass(frozen=True)
class PreviewRow:
    """A line of the list: which ticket it names (None: there is none left), and what is wrong."""

    person: ListedPerson
    number: int  # of the ticket in its order, from 1; 0 for none
    ticket: Ticket | None
    problems: Sequence[str]


class Preview:
    """What a list of names does to the tickets of an order that have none, in their order."""

    def __init__(self, typed: str, tickets: Sequence[Ticket], sure: Sequence[str] = ()) -> None:
        self._tickets = tickets
        self.sure = sure
        self.rows = [
            self._row(person, tickets[number] if number < len(tickets) else None)
            for number, person in enumerate(name_lists.read_list(typed))
        ]

    @property
    def is_good(self) -> bool:
        """Whether there are names, and nothing is wrong with any of them."""
        return bool(self.rows) and not any(row.problems for row in self.rows)

    @property
    def left(self) -> int:
        """How many tickets still have no name afterwards."""
        return max(len(self._tickets) - len(self.rows), 0)

    @property
    def mailed(self) -> int:
        """How many of the names have an address."""
        return sum(bool(row.person.email) for row in self.rows)

    @property
    def mark(self) -> str:
        """Changes with the list and with the tickets that it names."""
        return digest(
            [(row.person.name, row.person.email) for row in self.rows],
            [mark_of(each) for each in self._tickets],
        )

    def doubted(self) -> list[str]:
        """Returns the addresses to accept next time: those accepted before and asked about now."""
        asked = [row.person.email for row in self.rows if row.problems and row.person.email]
        return list(dict.fromkeys([*self.sure, *asked]))[:50]

    def names(self) -> dict[str, Person]:
        """Returns who gets which ticket, by its code, as the rule takes it."""
        return {
            row.ticket.code: Person(row.person.name, row.person.email, mark_of(row.ticket))
            for row in self.rows
            if row.ticket
        }

    def addresses(self) -> set[str]:
        """Returns the addresses to which tickets go."""
        return {canonical(row.person.email) for row in self.rows if row.person.email}

    def _row(self, person: ListedPerson, ticket: Ticket | None) -> PreviewRow:
        sent = MultiDict({"name": person.name, "email": person.email})
        form = PersonForm(sent)
        form.sure = self.sure
        problems: list[str] = []
        if not form.validate():
            problems += [str(each) for field in form for each in field.errors]
        if ticket is None:
            problems.append(_("Voor deze naam is er geen kaartje meer. Haal de regel weg."))
        number = ticket.order.tickets.index(ticket) + 1 if ticket else 0
        return PreviewRow(person, number, ticket, problems)


def take_file(form: NamesForm) -> Refusal | None:
    """Put the names of an uploaded file below those that were typed, to look at.

    Returns why that cannot be.
    """
    if not form.file.data:
        return None
    try:
        listed = name_lists.list_of_file(form.file.data.read(sheets.MOST_BYTES + 1))
    except Refusal as refusal:
        return refusal
    form.names.data = "\n".join(filter(None, [form.names.data, listed]))
    return None
