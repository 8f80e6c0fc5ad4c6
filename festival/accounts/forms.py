"""What people may send when they sign in: Flask-Security's forms, and ours."""

from typing import Any

from flask import request, session
from flask_babel import format_time, gettext, lazy_gettext
from flask_security import (
    LoginForm,
    MfRecoveryForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    WebAuthnDeleteForm,
    WebAuthnRegisterForm,
    WebAuthnSigninResponseForm,
    current_user,
)
from flask_security.proxies import _security
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, EqualTo, Length, ValidationError

from festival import clock
from festival.accounts import queries, rules

_EMAIL = lazy_gettext("Vul je e-mailadres in.")
_PASSWORD = lazy_gettext("Vul een wachtwoord in.")


class _FewGuesses:
    """A form that takes a secret: after too many wrong ones it takes none for a while."""

    # Form errors are shown as they are; those of fields are made vague by Flask-Security.
    form_errors: list[str]

    def account(self) -> str:
        """The address of the account whose secret is guessed at."""
        return str(self.user.email)  # type: ignore[attr-defined]

    def validate(self, **kwargs: Any) -> bool:
        """Whether the form is right, and may be judged at all; counts it when it is wrong."""
        account, here, now = self.account(), request.remote_addr or "", clock.now()
        if until := queries.waits_until(account, here, now=now):
            self.form_errors.append(
                gettext(
                    "Dit ging te vaak mis. Probeer het na %(time)s uur opnieuw, of vraag een nieuw"
                    " wachtwoord aan.",
                    time=format_time(until, "HH.mm"),
                )
            )
            return False
        if super().validate(**kwargs):  # type: ignore[misc]
            return True
        if account:
            rules.note_wrong_guess(account, here, now=now)
        return False


class SignInForm(_FewGuesses, LoginForm):  # type: ignore[misc]
    """E-mail address and password. Nobody is remembered for longer than a session."""

    remember = None

    def account(self) -> str:
        """What was typed; unknown addresses are counted like known ones."""
        return self.email.data if isinstance(self.email.data, str) else ""


class AgainForm(_FewGuesses, VerifyForm):  # type: ignore[misc]
    """The password once more, before something delicate."""


class CodeForm(_FewGuesses, TwoFactorVerifyCodeForm):  # type: ignore[misc]
    """The code of the app on somebody's phone."""

    def validate(self, **kwargs: Any) -> bool:
        """As typed by people: `123 456` is a code too."""
        if isinstance(self.code.data, str):
            self.code.data = "".join(self.code.data.split())
        return super().validate(**kwargs)


class CodeAppForm(TwoFactorSetupForm):  # type: ignore[misc]
    """Switch the code app on, to another phone, or off. Its buttons stand in the template."""

    setup = RadioField(
        choices=[SelectChoice("authenticator"), SelectChoice("disable")], validate_choice=False
    )


class NoPhoneForm(TwoFactorRescueForm):  # type: ignore[misc]
    """What to do without the phone: Flask-Security adds the recovery codes to the choices."""

    help_setup = RadioField(choices=[SelectChoice("help")])


class RecoveryForm(_FewGuesses, MfRecoveryForm):  # type: ignore[misc]
    """A recovery code in place of the phone."""

    def validate(self, **kwargs: Any) -> bool:
        """Capitals and spaces do not matter."""
        if isinstance(self.code.data, str):
            self.code.data = "".join(self.code.data.lower().split())
        return super().validate(**kwargs)


class PasskeyForm(WebAuthnRegisterForm):  # type: ignore[misc]
    """The name of a new passkey. All our passkeys ask for a finger, a face or a PIN, so each of
    them may open the door alone (`first`) and serve as second factor too."""

    usage = RadioField(choices=[SelectChoice("first")], default="first")


class PasskeySignInForm(WebAuthnSigninResponseForm):  # type: ignore[misc]
    """The answer of a passkey, alone or after the password."""

    def validate(self, **kwargs: Any) -> bool:
        """After a password only a passkey of the same person counts.

        Flask-Security itself signs in the owner of whatever passkey answers.
        """
        is_second, self.is_secondary = self.is_secondary, False
        if not super().validate(**kwargs):
            return False
        if is_second and self.user.fs_uniquifier != session.get("tf_user_id"):
            self.credential.errors.append(gettext("Deze passkey is van iemand anders."))
            return False
        return True


class PasskeyDeleteForm(WebAuthnDeleteForm):  # type: ignore[misc]
    """Which passkey goes."""

    def validate(self, **kwargs: Any) -> bool:
        """Keep the last second factor of those who need one."""
        if not super().validate(**kwargs):
            return False
        last = len(current_user.webauthn) == 1 and not current_user.has_code_app
        if last and current_user.needs_second_factor:
            self.name.errors.append(
                gettext("Dit is je enige tweede stap. Zet eerst een code-app aan.")
            )
            return False
        return True


def _normal(typed: str | None) -> str | None:
    # One way to write an é, on every keyboard.
    return typed and str(_security.password_util.normalize(typed))


class ForgotForm(FlaskForm):  # type: ignore[misc]
    """The address to which a link for a new password goes."""

    email = EmailField(
        lazy_gettext("E-mailadres"),
        validators=[
            DataRequired(_EMAIL),
            Length(max=255),
            Email(lazy_gettext("Dit e-mailadres klopt niet. Kijk het nog eens na.")),
        ],
    )


class LinkForm(FlaskForm):  # type: ignore[misc]
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
