"""Flask-Security's forms, each behind a limit on guessing where it takes a secret.

Its views decide by these forms who gets in; that is why they, unlike a forms.py, call rules.
"""

from collections.abc import Mapping
from typing import Any

from flask import request, session
from flask_babel import format_time, gettext, lazy_gettext
from flask_security import (
    ChangePasswordForm,
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
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from festival import clock
from festival.accounts import queries, rules

_SECRETS = {"password", "code"}


class _OurWords:
    """A form whose fields are called as we call them, on the page and where something is wrong."""

    words: Mapping[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in self.words.items():
            self[name].label.text = words  # type: ignore[index]


class _FewGuesses(_OurWords):
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
        if account and any(field.data for field in self if field.name in _SECRETS):  # type: ignore[attr-defined]
            rules.note_wrong_guess(account, here, now=now)
        return False


class SignInForm(_FewGuesses, LoginForm):
    """E-mail address and password. Nobody is remembered for longer than a session."""

    words = {"email": lazy_gettext("E-mailadres"), "password": lazy_gettext("Wachtwoord")}
    remember = None

    def account(self) -> str:
        """What was typed; unknown addresses are counted like known ones."""
        return self.email.data if isinstance(self.email.data, str) else ""


class VerifyAgainForm(_FewGuesses, VerifyForm):
    """The password once more, before something delicate."""

    words = {"password": lazy_gettext("Wachtwoord")}


class NewPasswordForm(_OurWords, ChangePasswordForm):
    """The old password, and a new one twice."""

    words = {
        "password": lazy_gettext("Wachtwoord van nu"),
        "new_password": lazy_gettext("Nieuw wachtwoord"),
        "new_password_confirm": lazy_gettext("Nog een keer hetzelfde wachtwoord"),
    }


class CodeForm(_FewGuesses, TwoFactorVerifyCodeForm):
    """The code of the app on somebody's phone."""

    words = {"code": lazy_gettext("Code")}

    def validate(self, **kwargs: Any) -> bool:
        """As typed by people: `123 456` is a code too."""
        if isinstance(self.code.data, str):
            self.code.data = "".join(self.code.data.split())
        return super().validate(**kwargs)


class CodeAppForm(TwoFactorSetupForm):
    """Switch the code app on, to another phone, or off. Its buttons stand in the template."""

    setup = RadioField(
        choices=[SelectChoice("authenticator"), SelectChoice("disable")], validate_choice=False
    )


class NoPhoneForm(TwoFactorRescueForm):
    """What to do without the phone: Flask-Security adds the recovery codes to the choices."""

    help_setup = RadioField(choices=[SelectChoice("help")])


class RecoveryForm(_FewGuesses, MfRecoveryForm):
    """A recovery code in place of the phone."""

    words = {"code": lazy_gettext("Herstelcode")}

    def validate(self, **kwargs: Any) -> bool:
        """Capitals and spaces do not matter."""
        if isinstance(self.code.data, str):
            self.code.data = "".join(self.code.data.lower().split())
        return super().validate(**kwargs)


class PasskeyForm(_OurWords, WebAuthnRegisterForm):
    """The name of a new passkey. All our passkeys ask for a finger, a face or a PIN, so each of
    them may open the door alone (`first`) and serve as second factor too."""

    words = {"name": lazy_gettext("Naam")}
    usage = RadioField(choices=[SelectChoice("first")], default="first")


class PasskeySignInForm(WebAuthnSigninResponseForm):
    """The answer of a passkey, alone or after the password."""

    def validate(self, **kwargs: Any) -> bool:
        """After a password only a passkey of the same person counts.

        Flask-Security itself signs in the owner of whatever passkey answers.
        """
        is_second, self.is_secondary = self.is_secondary, False
        if not super().validate(**kwargs):
            return False
        owner = self.user
        if owner is None or (is_second and owner.fs_uniquifier != session.get("tf_user_id")):
            self.credential.errors = [gettext("Deze passkey is van iemand anders.")]
            return False
        return True


class PasskeyDeleteForm(WebAuthnDeleteForm):
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
