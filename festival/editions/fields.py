"""Fields that forms share: texts in both languages, slugs, web addresses."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from stdnum.eu import vat
from wtforms import Field, Form, StringField, TextAreaField
from wtforms.validators import Length, Optional, Regexp, StopValidation, ValidationError

from festival.web.languages import Bilingual

LONGEST_LINE, LONGEST_TEXT = 200, 10_000


def both(label: Any, *, long: bool = False, needed: bool = False) -> tuple[Any, Any]:
    """Returns two fields, for `<name>_nl` and `<name>_en`. `needed`: one must be filled in."""
    kind = TextAreaField if long else StringField
    most = Length(max=LONGEST_TEXT if long else LONGEST_LINE)
    dutch = kind(
        _l("%(label)s in het Nederlands", label=label),
        [OneOfBoth(), most] if needed else [Optional(), most],
    )
    english = kind(_l("%(label)s in het Engels", label=label), [Optional(), most])
    return dutch, english


def slug_field() -> Any:
    """Returns the field of a slug, the last part of a page's address."""
    return StringField(
        _l("Woord in het adres"),
        [
            Optional(),
            Length(max=60),
            Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                message=_l(
                    "Gebruik alleen kleine letters, cijfers en streepjes, zoals: pak-een-stoel."
                ),
            ),
        ],
        description=_l("Laat je dit leeg, dan maken we het van de naam."),
    )


_YEARS = range(2000, 2101)


def in_our_time(_form: Form, field: Field) -> None:
    """Refuse a year that nobody means: 0026, of which only two digits were typed, or 9999."""
    if field.data and field.data.year not in _YEARS:
        raise StopValidation(_l("Dit jaar kan niet kloppen. Kijk het nog eens na."))


class OneOfBoth:
    """The Dutch field of a pair: one of the two must be filled in."""

    field_flags: dict[str, Any] = {"required": False}

    def __call__(self, form: Form, field: Field) -> None:
        other = form[field.name.removesuffix("_nl") + "_en"]
        if not (field.data or other.data):
            raise ValidationError(_l("Vul dit in, in een van de twee talen."))
        if not field.data:
            raise StopValidation


def without_blanks(typed: str | None) -> str:
    """Returns a number as it is kept: `nl 0044.95.445.b01` becomes `NL004495445B01`."""
    return re.sub(r"[\s.-]", "", typed or "").upper()


def kvk_number(_form: Form, field: Field) -> None:
    """Accept a number of the Dutch chamber of commerce: eight digits."""
    if field.data and not re.fullmatch(r"[0-9]{8}", field.data):
        raise StopValidation(_l("Een KvK-nummer heeft 8 cijfers."))


def vat_id(_form: Form, field: Field) -> None:
    """Accept a VAT id of a country of the EU with the right check digits. Asks nobody."""
    if field.data and not vat.is_valid(field.data):
        raise StopValidation(_l("Dit btw-id klopt niet. Het ziet eruit als NL004495445B01."))


def web_address(_form: Form, field: Field) -> None:
    """Accept only http(s) addresses: nothing like `javascript:` may become a link."""
    if field.data and not field.data.startswith(("https://", "http://")):
        raise ValidationError(_l("Begin het adres met https://."))


def web_addresses(_form: Form, field: Field) -> None:
    """The same for several addresses, one on each line."""
    if any(not each.startswith(("https://", "http://")) for each in (field.data or "").split()):
        raise ValidationError(_l("Zet elk adres op een eigen regel en begin het met https://."))


def bilingual_values(form: Form, names: Iterable[str]) -> dict[str, Bilingual]:
    """Returns the texts of the pairs of fields `names`."""
    return {
        name: Bilingual(form[f"{name}_nl"].data or "", form[f"{name}_en"].data or "")
        for name in names
    }
