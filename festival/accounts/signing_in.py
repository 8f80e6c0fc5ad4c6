"""Flask-Security, adapted to this program: its settings, forms, database and mail.

Everything that Flask-Security does in the program is set up here.
"""

import base64
from collections.abc import Callable
from datetime import timedelta
from functools import cache, wraps
from hashlib import sha256
from typing import Any, cast

from flask import Flask, render_template, request, session
from flask_login.utils import _user_context_processor
from flask_security import (
    MailUtil,
    PasswordUtil,
    Security,
    SQLAlchemyUserDatastore,
    Totp,
    UserMixin,
    WebauthnUtil,
    current_user,
)
from flask_security.decorators import default_unauthn_handler
from flask_security.utils import get_message
from flask_security.webauthn import WebAuthnTfPlugin
from passlib.totp import UsedTokenError
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from festival import clock, config
from festival.accounts import begun_setup, known_devices, letters, queries, rules
from festival.accounts import guarded_forms as forms
from festival.accounts.messages import MESSAGES
from festival.accounts.models import Role, TeamMember, WebAuthn
from festival.db import commit_for_a_library, db
from festival.email_addresses import canonical
from festival.text import line
from festival.web import stale_forms
from festival.web.limits import limiter

IDLE = timedelta(hours=8)
_SHORTEST_NAME = 4  # "mia" stands in too many words
_NOTED_EVERY = 300  # seconds between two notes that a session is in use

# The pages of Flask-Security that anybody may open; the others check for a session themselves.
PUBLIC = frozenset(
    {
        "login",
        "logout",
        "mf_recovery",
        "tf_select",
        "two_factor_rescue",
        "two_factor_setup",  # the first time, it comes between the password and the session
        "two_factor_token_validation",
        "wan_signin",
        "wan_signin_response",
    }
)

# Forms with which secrets can be guessed. GUESSES is for one account from one network or known
# device; FLOOD, for a whole network, only guards the processor: hashing passwords is slow.
_GUESSABLE = (
    "login",
    "verify",
    "change_password",
    "mf_recovery",
    "two_factor_token_validation",
    "two_factor_setup_validate",
    "wan_signin",
    "wan_signin_response",
)
GUESSES = "20 per minute; 100 per hour"
FLOOD = "300 per minute"

_SETTINGS: dict[str, Any] = {
    "URL_PREFIX": "/team",
    "STATIC_FOLDER": None,  # its scripts are not used
    "LOGIN_URL": "/inloggen",
    "LOGOUT_URL": "/uitloggen",
    "VERIFY_URL": "/bevestigen",
    "CHANGE_URL": "/wachtwoord",
    "TWO_FACTOR_SETUP_URL": "/code-app",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/code",
    "TWO_FACTOR_RESCUE_URL": "/code-kwijt",
    "TWO_FACTOR_SELECT_URL": "/tweede-stap",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/herstelcodes",
    "MULTI_FACTOR_RECOVERY_URL": "/herstelcode",
    "WAN_REGISTER_URL": "/passkeys",
    "WAN_DELETE_URL": "/passkey-weg",
    "WAN_SIGNIN_URL": "/passkey",
    "WAN_VERIFY_URL": "/passkey-bevestigen",
    "LOGIN_USER_TEMPLATE": "accounts/login.html",
    "VERIFY_TEMPLATE": "accounts/verify.html",
    "CHANGE_PASSWORD_TEMPLATE": "accounts/change_password.html",
    "TWO_FACTOR_SETUP_TEMPLATE": "accounts/two_factor_setup.html",
    "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "accounts/two_factor_token_validation.html",
    "TWO_FACTOR_SELECT_TEMPLATE": "accounts/tf_select.html",
    "MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "accounts/mf_recovery_codes.html",
    "MULTI_FACTOR_RECOVERY_TEMPLATE": "accounts/mf_recovery.html",
    "WAN_REGISTER_TEMPLATE": "accounts/wan_register.html",
    "WAN_SIGNIN_TEMPLATE": "accounts/wan_signin.html",
    "WAN_VERIFY_TEMPLATE": "accounts/wan_verify.html",
    "POST_LOGIN_VIEW": "accounts.begin",
    "POST_LOGOUT_VIEW": "security.login",
    "POST_CHANGE_VIEW": "accounts.account",
    "POST_VERIFY_VIEW": "accounts.account",
    "TWO_FACTOR_POST_SETUP_VIEW": "accounts.account",
    "WAN_POST_REGISTER_VIEW": "accounts.account",
    # New passwords use our own links (rules.use_link): stored hashed, used once.
    "RECOVERABLE": False,
    "CHANGEABLE": True,
    "TRACKABLE": True,
    "TWO_FACTOR": True,
    "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # a clock may be half a minute off
    "TWO_FACTOR_RESCUE_EMAIL": False,  # whoever reads the mail could reset the password as well
    "TWO_FACTOR_IMPLEMENTATIONS": {
        "code": "flask_security.twofactor.CodeTfPlugin",
        "webauthn": "festival.accounts.signing_in.PasskeySecondFactor",
    },
    "TOTP_ISSUER": "Pluk Innovatiefestival",
    "MULTI_FACTOR_RECOVERY_CODES": True,
    "MULTI_FACTOR_RECOVERY_CODES_N": 10,
    "WEBAUTHN": True,
    "WAN_RP_NAME": "Pluk Innovatiefestival",
    "WAN_ALLOW_AS_FIRST_FACTOR": True,
    "WAN_ALLOW_AS_MULTI_FACTOR": True,
    "WAN_ALLOW_AS_VERIFY": ["first"],
    "WAN_ALLOW_USER_HINTS": False,  # a list of passkeys would reveal who is on the team
    "WAN_SIGNIN_WITHIN": timedelta(minutes=5),
    "FRESHNESS": timedelta(minutes=30),
    "FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
    "PASSWORD_LENGTH_MIN": 12,
    "RETURN_GENERIC_RESPONSES": True,
    "API_ENABLED_METHODS": ["session"],
    "EMAIL_PLAINTEXT": False,  # letters are written by accounts/letters.py
    "EMAIL_HTML": False,
    "CACHE_CONTROL": {"private": None, "no-store": None},  # None: directives without a value
    # Its commands would bypass our rules and the audit trail; use `flask team`.
    "CLI_USERS_NAME": None,
    "CLI_ROLES_NAME": None,
    "I18N_DOMAIN": "messages",
    "I18N_DIRNAME": [str(config.ROOT / "translations")],
}


class Datastore(SQLAlchemyUserDatastore):
    """Where Flask-Security keeps members.

    Its views commit at the end of a request. Here they do so through db.py, which never commits
    half a rule and takes SQLite's write lock as rules do.
    """

    def commit(self) -> None:
        commit_for_a_library()


class Codes(Totp):
    """Codes of authenticator apps. Each works once, so nobody can reuse one that they saw typed."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        return _member(user).totp_last_step

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        # Guarded: if two send the same code at the same time, one gets in.
        if not rules.use_code_step(_member(user), tmatch.counter):
            raise UsedTokenError


class Passkeys(WebauthnUtil):
    """Passkeys of any kind (phone, laptop, USB key) that ask for a fingerprint, a face or a PIN."""

    def authenticator_selection(
        self, user: UserMixin, usage: str
    ) -> AuthenticatorSelectionCriteria:
        del user, usage
        return AuthenticatorSelectionCriteria(
            authenticator_attachment=None,  # Flask-Security's default is USB keys only
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(
        self, user: UserMixin | None, usage: list[str]
    ) -> UserVerificationRequirement:
        del user, usage
        return UserVerificationRequirement.REQUIRED


class PasskeySecondFactor(WebAuthnTfPlugin):
    """Lets every passkey be the second factor too (see guarded_forms.PasskeyForm)."""

    def get_setup_methods(self, user: UserMixin) -> list[tuple[str, str]]:
        return [("webauthn", "passkey")] if _member(user).webauthn else []


class Letters(MailUtil):
    """Puts Flask-Security's mail in our outbox, in the transaction of the change it reports.

    It also says in which form Flask-Security looks for an address.
    """

    def normalize(self, email: str) -> str:
        """Returns the one form of an address. Raises ValueError if it is none."""
        return canonical(super().normalize(email))

    def send_mail(self, template: str, *args: Any, **kwargs: Any) -> None:
        """Queue the only letter that Flask-Security sends: your password was changed.

        Raises ValueError for any other.
        """
        if not template.endswith("change_notice"):
            raise ValueError(f"no letter of ours for {template}")
        letters.password_changed(_member(kwargs["user"]), now=clock.now())


class Passwords(PasswordUtil):
    """Passwords are long, have five different characters, and do not hold one's own address."""

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        problems, normal = super().validate(password, is_register, **kwargs)
        if not problems and len(set(normal.lower())) < 5:
            problems = [get_message("PASSWORD_TOO_SIMPLE")[0]]
        if not problems and "user" in kwargs and _holds_address(normal, kwargs["user"].email):
            problems = [get_message("PASSWORD_HOLDS_ADDRESS")[0]]
        return problems, normal


def _holds_address(password: str, email: str) -> bool:
    """Returns whether `password` holds `email` or what stands before its @, however written."""
    plain = "".join(filter(str.isalnum, password.casefold()))
    whole, name = (
        "".join(filter(str.isalnum, part.casefold())) for part in (email, email.partition("@")[0])
    )
    return whole in plain or (len(name) >= _SHORTEST_NAME and name in plain)


def _member(user: UserMixin) -> TeamMember:
    return cast(TeamMember, user)


datastore = Datastore(db, TeamMember, Role, WebAuthn)

_ASKS_FOR_FIRST_CODE = {
    _SETTINGS["TWO_FACTOR_SETUP_TEMPLATE"],
    _SETTINGS["TWO_FACTOR_VERIFY_CODE_TEMPLATE"],
}


def init_app(app: Flask) -> None:
    """Add Flask-Security's pages under /team, in our words, and keep it out of all other pages."""
    settings = _SETTINGS | {f"MSG_{name}": words for name, words in MESSAGES.items()}
    for name, value in settings.items():
        app.config.setdefault(f"SECURITY_{name}", value)
    app.config.setdefault("SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS", [_recovery_key(app)])
    security = Security(
        app,
        datastore,
        login_form=forms.SignInForm,
        verify_form=forms.VerifyAgainForm,
        change_password_form=forms.NewPasswordForm,
        two_factor_verify_code_form=forms.CodeForm,
        two_factor_setup_form=forms.CodeAppForm,
        two_factor_rescue_form=forms.NoPhoneForm,
        mf_recovery_form=forms.RecoveryForm,
        wan_register_form=forms.PasskeyForm,
        wan_signin_response_form=forms.PasskeySignInForm,
        wan_delete_form=forms.PasskeyDeleteForm,
        totp_cls=Codes,
        webauthn_util_cls=Passkeys,
        mail_util_cls=Letters,
        password_util_cls=Passwords,
        render_template=_render,
    )
    _keep_off_other_pages(app, security)
    _end_idle_sessions(security)
    security.unauthn_handler(_not_signed_in)
    for endpoint, view in app.view_functions.items():
        blueprint, _, name = endpoint.rpartition(".")
        if blueprint == "security":
            if name in _GUESSABLE:
                view = app.view_functions[endpoint] = _limited(view)
            if name == "logout":
                view = app.view_functions[endpoint] = _ending(view)
            vars(view)["audience"] = "public" if name in PUBLIC else ("team",)


@cache  # the views belong to Flask-Security and are the same for every app
def _limited(view: Callable[..., Any]) -> Callable[..., Any]:
    of_account = limiter.limit(
        GUESSES,
        methods=["POST"],
        key_func=lambda: f"{known_devices.guesser(_typed())} {_account()}",
        exempt_when=lambda: not _account(),
    )
    of_network = limiter.limit(
        FLOOD, methods=["POST"], exempt_when=lambda: known_devices.is_known(_typed())
    )
    return of_network(of_account(view))


def _typed() -> str:
    return canonical(line(request.form.get("email", ""))[:254])


def _account() -> str:
    """Returns whose secret is sent: what was typed, or whoever passed the first step."""
    return _typed() or session.get("tf_user_id") or session.get("_user_id", "").partition(".")[0]


@cache
def _ending(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let signing out end the session on the server, before the browser forgets its cookie."""

    @wraps(view)
    def run() -> Any:
        session_id = session.get("_user_id", "").partition(".")[2]
        if session_id:
            rules.end_session(session_id, now=clock.now())
        return view()

    return run


def _render(template: str, **values: Any) -> str:
    is_asked = template in _ASKS_FOR_FIRST_CODE and "authr_key" not in values
    if is_asked and "opnieuw" not in request.args and (begun := begun_setup.shown_again()):
        template, values = _SETTINGS["TWO_FACTOR_SETUP_TEMPLATE"], values | begun
    return render_template(template, **values, uses_session=True)


def _not_signed_in(mechanisms: list[str], headers: dict[str, str] | None) -> Any:
    """Keep what was typed into a form whose session ended; any other page leads to signing in."""
    return stale_forms.signed_out() or default_unauthn_handler(mechanisms, headers)


def _keep_off_other_pages(app: Flask, security: Security) -> None:
    # Principal loads the signed-in member before each request, Flask-Login in each template and
    # after each request: that reads the session and the database, and makes public pages vary by
    # cookie. We use neither Principal nor the "remember me" cookie.
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.template_context_processors[None].remove(_user_context_processor)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.jinja_env.globals["current_user"] = current_user
    # Only a session signs a member in, never a token in an address or a header.
    security.login_manager.request_loader(lambda _request: None)


def _end_idle_sessions(security: Security) -> None:
    load = security.login_manager._user_callback

    def load_if_in_use(kept: str) -> TeamMember | None:
        uniquifier, _, session_id = kept.partition(".")
        now = clock.now().timestamp()
        # Signing in sets Flask-Security's fs_paa; later requests set our in_use_at.
        last = max(session.get("in_use_at", 0), session.get("fs_paa", 0))
        if now - last > IDLE.total_seconds():
            return None
        if not session_id or queries.has_ended(session_id):
            return None
        member: TeamMember | None = load(uniquifier)
        if member and now - last > _NOTED_EVERY:
            session["in_use_at"] = now
        return member

    security.login_manager.user_loader(load_if_in_use)


def _recovery_key(app: Flask) -> bytes:
    secret: str = app.config["SECRET_KEY"]
    return base64.urlsafe_b64encode(sha256(b"recovery codes" + secret.encode()).digest())
