"""What people may send to get a password by a link."""

from flask_babel import lazy_gettext
from flask_security.proxies import _security
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired, Email, EqualTo, Length, ValidationError

_EMAIL = lazy_gettext("Vul je e-mailadres in.")
_PASSWORD = lazy_gettext("Vul een wachtwoord in.")


def _normal(typed: str | None) -> str | None:
    # One way to write an é, on every keyboard.
    return typed and str(_security.password_util.normalize(typed))


class ForgotForm(FlaskForm):
    """The address to which a link for a new password goes."""

    email = EmailField(
        lazy_gettext("E-mailadres"),
        validators=[
            DataRequired(_EMAIL),
            Length(max=255),
            Email(lazy_gettext("Dit e-mailadres klopt niet. Kijk het nog eens na.")),
        ],
    )


class LinkForm(FlaskForm):
    """A first or a new password, by a link."""

    password = PasswordField(
        lazy_gettext("Nieuw wachtwoord"),
        filters=[_normal],
        validators=[DataRequired(_PASSWORD)],
    )
    again = PasswordField(
        lazy_gettext("Nog een keer hetzelfde wachtwoord"),
        filters=[_normal],
        validators=[
            DataRequired(_PASSWORD),
            EqualTo("password", lazy_gettext("De twee wachtwoorden zijn niet gelijk.")),
        ],
    )

    def validate_password(self, field: PasswordField) -> None:
        """As strict as Flask-Security's own forms."""
        problems, _normal = _security.password_util.validate(field.data, True)
        if problems:
            raise ValidationError(problems[0])
