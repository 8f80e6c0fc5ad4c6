"""Every setting, read once from the environment; the only place that does so.

Development needs none of them. With FESTIVAL_ENV=production the program does not start while a
setting is missing or unsafe, and says which one.
"""

import base64
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# The zone of a festival of which nobody chose another.
HOME_ZONE = "Europe/Amsterdam"


class BadSetting(SystemExit):
    """A setting is missing or cannot be used; the message names it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"Setting {name} {why}")


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Returns the app's settings for Flask, from the variables in `environ`. Raises BadSetting."""
    settings = _Reader(environ)
    environment = settings.text("FESTIVAL_ENV", "development")
    if environment not in {"development", "production"}:
        # A typo such as `prod` must not start a real festival with the secrets of a demo.
        raise BadSetting("FESTIVAL_ENV", f"must be development or production, not {environment!r}")
    production = environment == "production"
    settings.production = production

    # Where the program keeps its own files: SQLite, jobs, uploads, mail that is not sent.
    instance = Path(settings.text("INSTANCE_PATH", str(ROOT / "instance")))

    settings.kept = {} if production else _kept_secrets(instance)

    # Signs sessions and forms. At least 32 characters, from a random source.
    secret_key = settings.secret("SECRET_KEY", minimum=32)
    # 32 bytes in base64 from which the Ed25519 key of the tickets' QR codes is made.
    signing_key = settings.secret("TICKET_SIGNING_KEY", minimum=43)

    # Where visitors find us, without a slash at the end: in letters, feeds and QR codes.
    public_url = settings.needed("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    if production and not public_url.startswith("https://"):
        raise BadSetting("PUBLIC_URL", "must start with https:// in production")

    return {
        "PRODUCTION": production,
        "INSTANCE_PATH": str(instance),
        "SECRET_KEY": secret_key,
        "SECURITY_PASSWORD_SALT": sha256(b"password salt" + secret_key.encode()).hexdigest(),
        "SECURITY_TOTP_SECRETS": {"1": sha256(b"totp" + secret_key.encode()).hexdigest()},
        "TICKET_SIGNING_SEED": _seed(signing_key, production=production),
        "PUBLIC_URL": public_url,
        # SQLite by default; postgresql://… (psycopg 3) in production.
        "SQLALCHEMY_DATABASE_URI": settings.needed(
            "DATABASE_URL", f"sqlite:///{instance / 'festival.sqlite3'}"
        ),
        # Connections to PostgreSQL that one process keeps open: at least one for each thread, of
        # which gunicorn.conf.py gives it 4.
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": settings.number("DATABASE_POOL", 20),
            "max_overflow": 20,
            "pool_pre_ping": False,
            # Errors are logged with their statement; its values may be secret links and addresses.
            "hide_parameters": production,
        },
        # Where rate limits are counted: memory:// for one process, redis://… for several.
        "RATELIMIT_STORAGE_URI": settings.text("RATELIMIT_STORAGE_URL", "memory://"),
        # A Redis that is away must not keep visitors waiting.
        "RATELIMIT_STORAGE_OPTIONS": settings.limit_storage(),
        "RATELIMIT_ENABLED": settings.flag("RATELIMIT_ENABLED", True),
        # The queue of jobs: '' (SQLite in the instance folder), redis://… or postgresql://…
        "JOBS_URL": settings.text("JOBS_URL", ""),
        # Where uploads go: a folder, or s3://bucket/prefix with its options as JSON.
        "STORAGE_URL": settings.text("STORAGE_URL", str(instance / "files")),
        "STORAGE_OPTIONS": settings.json("STORAGE_OPTIONS", "{}"),
        # smtp://user:password@host:587 (STARTTLS) or smtps://…:465. Empty: mail is kept, not sent.
        "SMTP_URL": settings.text("SMTP_URL", ""),
        # The address that letters come from.
        "MAIL_FROM": settings.needed("MAIL_FROM", "Pluk Innovatiefestival <hallo@example.org>"),
        **_stripe(settings),
        # How many letters of one mailing are written in a minute; others go between them.
        "MAILING_PER_MINUTE": settings.number("MAILING_PER_MINUTE", 120),
        # How many proxies in front of us are trusted about the visitor's IP address and https.
        "TRUSTED_PROXIES": settings.number("TRUSTED_PROXIES", 0),
        # How long a public page may be shown from memory, in seconds. 0 switches it off.
        "PAGE_CACHE_SECONDS": settings.number("PAGE_CACHE_SECONDS", 5),
        # Further host names by which visitors may reach us, besides that of PUBLIC_URL.
        "FURTHER_HOSTS": settings.hosts("FURTHER_HOSTS"),
        # The largest request that is accepted, in megabytes.
        "MAX_CONTENT_LENGTH": settings.number("MAX_REQUEST_MB", 12) * 1024 * 1024,
        # The largest file that a speaker may upload, in megabytes; only their page takes so much.
        "MAX_FILE_BYTES": settings.number("MAX_FILE_MB", 50) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        # debug, info, warning or error; JSON lines in production, plain lines otherwise.
        "LOG_LEVEL": settings.text("LOG_LEVEL", "info"),
        "SESSION_COOKIE_NAME": "__Host-festival" if production else "festival",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "WTF_CSRF_TIME_LIMIT": None,
        # A browser that sends no Referer may send forms; web/stale_forms.py looks at the Origin.
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "nl",
        "BABEL_DEFAULT_TIMEZONE": HOME_ZONE,  # where there is no edition
    }


def _stripe(settings: "_Reader") -> dict[str, Any]:
    """Returns what paying by Stripe Checkout needs; without a key there is no such button."""
    key = settings.text("STRIPE_SECRET_KEY", "")
    webhook_secret = settings.text("STRIPE_WEBHOOK_SECRET", "")
    # Another address than Stripe's own: the simulator, which holds play money.
    simulator = settings.text("STRIPE_SIMULATOR_URL", "").rstrip("/")
    if settings.production:
        if simulator:
            raise BadSetting("STRIPE_SIMULATOR_URL", "is play money: not in production")
        if key and not key.startswith(("sk_live_", "rk_live_")):
            raise BadSetting("STRIPE_SECRET_KEY", "is a test key: production needs a live one")
        if key and not webhook_secret:
            raise BadSetting("STRIPE_WEBHOOK_SECRET", "is needed with STRIPE_SECRET_KEY")
    elif key and "_live_" in key:
        raise BadSetting("STRIPE_SECRET_KEY", "is a live key: real money is for production only")
    return {
        "STRIPE_SECRET_KEY": key,
        # With which Stripe signs what it sends to /stripe/webhook.
        "STRIPE_WEBHOOK_SECRET": webhook_secret,
        "STRIPE_SIMULATOR_URL": simulator,
        # Where Stripe's payment page is; another one with a domain of your own at Stripe.
        "STRIPE_CHECKOUT_URL": simulator
        or settings.text("STRIPE_CHECKOUT_URL", "https://checkout.stripe.com").rstrip("/"),
        # What the button says one can pay with. Stripe's dashboard decides what really is there.
        "PAY_WITH_NL": settings.text("PAY_WITH_NL", "iDEAL | Wero, kaart, Bancontact"),
        "PAY_WITH_EN": settings.text("PAY_WITH_EN", "iDEAL | Wero, card, Bancontact"),
    }


def _kept_secrets(instance: Path) -> dict[str, str]:
    """Returns the secrets that `make run` made for the demo: `flask` commands use the same ones."""
    file = instance / "secrets.json"
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return kept


def _seed(key: str, *, production: bool) -> bytes:
    if not production:
        return sha256(b"ticket signing key" + key.encode()).digest()
    try:
        seed = base64.b64decode(key, validate=True)
    except ValueError as error:
        raise BadSetting("TICKET_SIGNING_KEY", "is not base64") from error
    if len(seed) != 32:
        raise BadSetting("TICKET_SIGNING_KEY", f"must hold 32 bytes in base64, not {len(seed)}")
    return seed


class _Reader:
    """Reads settings from `environ`; in production there are no unsafe defaults."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.production = False
        self.kept: Mapping[str, str] = {}

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name) or default

    def needed(self, name: str, development: str) -> str:
        value = self.environ.get(name)
        if not value and self.production:
            raise BadSetting(name, "is needed in production")
        return value or development

    def secret(self, name: str, *, minimum: int) -> str:
        default = "development only, never for a festival that people visit"
        value = self.needed(name, self.kept.get(name, default))
        if self.production and len(value) < minimum:
            raise BadSetting(name, f"is too short: at least {minimum} characters")
        return value

    def number(self, name: str, default: int) -> int:
        value = self.environ.get(name) or str(default)
        if not value.isdecimal():
            raise BadSetting(name, f"must be a whole number, not {value!r}")
        return int(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.environ.get(name, "").lower() or ("yes" if default else "no")
        if value not in {"yes", "no", "true", "false", "1", "0"}:
            raise BadSetting(name, f"must be yes or no, not {value!r}")
        return value in {"yes", "true", "1"}

    def hosts(self, name: str) -> frozenset[str]:
        hosts = frozenset((self.environ.get(name) or "").lower().replace(",", " ").split())
        if any(mark in host for host in hosts for mark in ":/*"):
            raise BadSetting(name, "must be host names without https:// and port, with commas")
        return hosts

    def limit_storage(self) -> dict[str, int]:
        is_redis = self.text("RATELIMIT_STORAGE_URL", "memory://").startswith("redis")
        return {"socket_connect_timeout": 1, "socket_timeout": 1} if is_redis else {}

    def json(self, name: str, default: str) -> Any:
        try:
            return json.loads(self.environ.get(name) or default)
        except ValueError as error:
            raise BadSetting(name, "is not JSON") from error
