"""The form for a copy of an edition."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField
from wtforms.validators import DataRequired

from festival.editions.fields import bilingual_values, both, in_our_time, slug_field
from festival.editions.models import Edition
from festival.team.editing import slug_of
from festival.web.forms import PageForm

_ONE_YEAR = timedelta(weeks=52)  # to the same days of the week


class CopyEditionForm(PageForm):
    """How the copy is called, and when it begins."""

    name_nl, name_en = both(_l("Naam"), needed=True)
    slug = slug_field()
    first_day = DateField(_l("Eerste dag"), [DataRequired(_l("Kies de eerste dag.")), in_our_time])
    with_partners = BooleanField(_l("De partners gaan mee"), default=True)

    @property
    def values(self) -> dict[str, Any]:
        """What the rule needs to know."""
        name = bilingual_values(self, ("name",))["name"]
        return {
            "name": name,
            "slug": self.slug.data or slug_of(name.text("nl")),
            "first_day": self.first_day.data,
            "with_partners": self.with_partners.data,
        }


def next_year(edition: Edition) -> dict[str, Any]:
    """Returns what the form begins with: a year later, also in the name where it tells the year."""
    first_day = edition.starts_on + _ONE_YEAR
    former, year = str(edition.starts_on.year), str(first_day.year)
    is_in_slug = former in edition.slug and former != year
    return {
        "name_nl": edition.name.nl.replace(former, year),
        "name_en": edition.name.en.replace(former, year),
        "slug": edition.slug.replace(former, year) if is_in_slug else f"{edition.slug}-{year}",
        "first_day": first_day,
    }
