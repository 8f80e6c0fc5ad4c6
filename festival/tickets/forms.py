"""What people may send about tickets: shape only; whether it may be is for the rules."""

import difflib
import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, StringField
from wtforms.validators import InputRequired, Length, StopValidation

# Where most of our visitors have their mail: near misses of these are asked about.
_WELL_KNOWN = (
    "gmail.com", "hotmail.com", "hotmail.nl", "outlook.com", "live.nl", "icloud.com", "yahoo.com",
    "ziggo.nl", "kpnmail.nl", "planet.nl", "home.nl", "xs4all.nl", "telenet.be", "skynet.be",
)  # fmt: skip


def one_line(text: str | None) -> str:
    """What was typed on one line: without the line breaks and double spaces of pasted text."""
    return " ".join((text or "").split())


# Real domains that are near misses of those.
_LOOK_ALIKES = frozenset({"mail.com", "email.com", "ymail.com", "live.be", "hotmail.co.uk"})


def well_formed(_form: Form, field: Field) -> None:
    """Refuse an address that our mail server could not write to; no look-up on the network."""
    if not field.data:
        return
    try:
        validate_email(field.data, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise StopValidation(
            _("Dit e-mailadres klopt niet. Het ziet eruit als naam@voorbeeld.nl.")
        ) from error


def no_slip_of_the_finger(form: Form, field: Field) -> None:
    """Ask once about an address such as `mia@gmial.com`; those in `form.sure` are believed."""
    meant = likely_meant(field.data or "")
    if meant and field.data not in form.sure:
        raise StopValidation(
            _(
                "Bedoel je %(meant)s? Verbeter het dan. Klopt het wel, verstuur het formulier"
                " dan nog een keer.",
                meant=meant,
            )
        )


def likely_meant(address: str) -> str:
    """The address that was probably meant by one with a typing error in its domain; '' for none."""
    name, _at, domain = address.rpartition("@")
    meant = _domain_meant(domain.lower())
    return f"{name}@{meant}" if meant else ""


@lru_cache(maxsize=1024)
def _domain_meant(domain: str) -> str:
    if domain in _WELL_KNOWN or domain in _LOOK_ALIKES:
        return ""
    # At most a letter too many, too few, wrong or swapped.
    near = difflib.get_close_matches(domain, _WELL_KNOWN, n=1, cutoff=0.86)
    return near[0] if near and abs(len(near[0]) - len(domain)) <= 1 else ""


class AgainForm(FlaskForm):
    """Send me my tickets once more."""

    email = EmailField(
        _l("Je e-mailadres"),
        filters=[one_line],
        validators=[
            InputRequired(_l("Vul het e-mailadres in waarmee je bestelde.")),
            Length(max=254, message=_l("Dit e-mailadres is te lang.")),
            well_formed,
        ],
    )


def no_link(_form: Form, field: Field) -> None:
    """Refuse a web address: names stand in letters to others and carry no message of their own."""
    if re.search(r"://|www\.|\w\.(?:com|net|org|nl|be|ru|info)\b", field.data or "", re.IGNORECASE):
        raise StopValidation(_("Vul een naam in, zonder adres van een website."))


class NameField(StringField):
    """The name of a person, on one line."""

    def __init__(self, label: str, missing: str, **settings: object) -> None:
        required = [InputRequired(missing)] if missing else []
        super().__init__(
            label,
            filters=[one_line],
            validators=[
                *required,
                Length(max=80, message=_l("Houd het onder de 80 tekens.")),
                no_link,
            ],
            **settings,
        )
