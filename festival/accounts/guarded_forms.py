"""Flask-Security's forms; those that take a secret limit guessing.

Flask-Security's views let its forms decide who gets in. So these call rules, unlike a forms.py.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import g, session
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
from festival.accounts import known_devices, queries, rules
from festival.web.forms import CleanMeta

_SECRETS = {"password", "code"}


class _OurWords:
    """A form with our own labels, on the page and in error messages, that cleans what is typed."""

    words: Mapping[str, Any] = {}

    class Meta(CleanMeta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in self.words.items():
            self[name].label.text = words  # type: ignore[index]


class _FewGuesses(_OurWords):
    """A form that takes a secret. After too many wrong guesses it refuses all for a while."""

    # Guesses at a password do not count against the second step, which asks for something else.
    step = "password"

    # Form errors are shown as they are; Flask-Security makes field errors vague.
    form_errors: list[str]

    def account(self) -> str:
        """Returns the e-mail address of the account that the secret is for."""
        return str(self.user.email)  # type: ignore[attr-defined]

    def validate(self, **kwargs: Any) -> bool:
        """Returns False without checking after too many wrong guesses; counts a wrong one."""
        if g.get("form_is_stale"):  # it is shown again, and no guess is counted
            return False
        account, now = self.account(), clock.now()
        here = known_devices.guesser(account)
        until = queries.waits_until(account, here, step=self.step, now=now)
        if until and not self.has_another_step():
            self._ask_to_wait(until)
            return False
        if super().validate(**kwargs):  # type: ignore[misc]
            return True
        if account and any(field.data for field in self if field.name in _SECRETS):  # type: ignore[attr-defined]
            rules.note_wrong_guess(account, here, step=self.step, now=now)
        if until:
            self._ask_to_wait(until)
        return False

    def has_another_step(self) -> bool:
        """Returns whether the right secret only leads to a second step, with guesses of its own."""
        return False

    def _ask_to_wait(self, until: datetime) -> None:
        for field in self:  # type: ignore[attr-defined]
            field.errors = []
        self.form_errors[:] = [
            gettext(
                "Dit ging te vaak mis. Probeer het na %(time)s uur opnieuw, of vraag een nieuw"
                " wachtwoord aan.",
                time=format_time(until, "HH.mm"),
            )
        ]


class SignInForm(_FewGuesses, LoginForm):
    """E-mail address and password. Nobody stays signed in for longer than a session."""

    words = {"email": lazy_gettext("E-mailadres"), "password": lazy_gettext("Wachtwoord")}
    remember = None

    def account(self) -> str:
        """Returns the address as typed: unknown ones are counted like known ones."""
        return self.email.data if isinstance(self.email.data, str) else ""

    def has_another_step(self) -> bool:
        """Strangers' guesses keep nobody out who has a second step: the password is looked at."""
        member = queries.member_by_email(self.account())
        return member is not None and bool(member.has_code_app or member.webauthn)


class VerifyAgainForm(_FewGuesses, VerifyForm):
    """The password again, before something sensitive."""

    words = {"password": lazy_gettext("Wachtwoord")}


class NewPasswordForm(_OurWords, ChangePasswordForm):
    """The old password, and a new one twice."""

    words = {
        "password": lazy_gettext("Wachtwoord van nu"),
        "new_password": lazy_gettext("Nieuw wachtwoord"),
        "new_password_confirm": lazy_gettext("Nog een keer hetzelfde wachtwoord"),
    }


class CodeForm(_FewGuesses, TwoFactorVerifyCodeForm):
    """The code from the authenticator app."""

    words = {"code": lazy_gettext("Code")}
    step = "code"

    def validate(self, **kwargs: Any) -> bool:
        """Ignore spaces: `123 456` is a code too."""
        if isinstance(self.code.data, str):
            self.code.data = "".join(self.code.data.split())
        return super().validate(**kwargs)


class CodeAppForm(_OurWords, TwoFactorSetupForm):
    """Set up the code app, move it to another phone, or switch it off."""

    setup = RadioField(
        choices=[SelectChoice("authenticator"), SelectChoice("disable")], validate_choice=False
    )


class NoPhoneForm(_OurWords, TwoFactorRescueForm):
    """Ways in without the phone. Flask-Security adds the recovery codes to the choices."""

    help_setup = RadioField(choices=[SelectChoice("help")])


class RecoveryForm(_FewGuesses, MfRecoveryForm):
    """A recovery code instead of a code from the app."""

    words = {"code": lazy_gettext("Herstelcode")}
    step = "code"

    def validate(self, **kwargs: Any) -> bool:
        """Ignore capitals and spaces."""
        if isinstance(self.code.data, str):
            self.code.data = "".join(self.code.data.lower().split())
        return super().validate(**kwargs)


class PasskeyForm(_OurWords, WebAuthnRegisterForm):
    """The name of a new passkey.

    All our passkeys ask for a fingerprint, a face or a PIN. So each may be used without a password
    (`first`), and as second factor too.
    """

    words = {"name": lazy_gettext("Naam")}
    usage = RadioField(choices=[SelectChoice("first")], default="first")


class PasskeySignInForm(_OurWords, WebAuthnSigninResponseForm):
    """The response of a passkey, instead of the password or after it."""

    def validate(self, **kwargs: Any) -> bool:
        """After a password, accept only a passkey of the same person.

        Flask-Security itself would sign in the owner of any passkey that responds.
        """
        is_second, self.is_secondary = self.is_secondary, False
        if not super().validate(**kwargs):
            return False
        owner = self.user
        if owner is None or (is_second and owner.fs_uniquifier != session.get("tf_user_id")):
            self.credential.errors = [gettext("Deze passkey is van iemand anders.")]
            return False
        return True


class PasskeyDeleteForm(_OurWords, WebAuthnDeleteForm):
    """The passkey to delete."""

    def validate(self, **kwargs: Any) -> bool:
        """Refuse to delete the last second factor of a member who needs one."""
        if not super().validate(**kwargs):
            return False
        last = len(current_user.webauthn) == 1 and not current_user.has_code_app
        if last and current_user.needs_second_factor:
            self.name.errors.append(
                gettext("Dit is je enige tweede stap. Zet eerst een code-app aan.")
            )
            return False
        return True
