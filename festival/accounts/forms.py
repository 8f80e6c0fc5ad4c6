"""The forms to ask for a password link and to choose a password with it."""

from flask_babel import lazy_gettext
from flask_security.proxies import _security
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired, Email, EqualTo, Length, ValidationError

from festival.accounts.models import TeamMember
from festival.web.forms import PageForm

_EMAIL = lazy_gettext("Vul je e-mailadres in.")
_PASSWORD = lazy_gettext("Vul een wachtwoord in.")


def _normal(typed: str | None) -> str | None:
    # An é is stored in one way, whatever the keyboard sends.
    return typed and str(_security.password_util.normalize(typed))


class ForgotForm(PageForm):
    """The address to which we send a link for a new password."""

    email = EmailField(
        lazy_gettext("E-mailadres"),
        validators=[
            DataRequired(_EMAIL),
            Length(max=255),
            Email(lazy_gettext("Dit e-mailadres klopt niet. Kijk het nog eens na.")),
        ],
    )


class LinkForm(PageForm):
    """A first or a new password, chosen with a link of `member`."""

    member: TeamMember
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
        """Refuse what Flask-Security's own forms refuse."""
        problems, _normal = _security.password_util.validate(field.data, True, user=self.member)
        if problems:
            raise ValidationError(problems[0])
