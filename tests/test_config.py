import base64
import json

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from festival import config

PRODUCTION = {
    "FESTIVAL_ENV": "production",
    "SECRET_KEY": "a" * 40,
    "TICKET_SIGNING_KEY": base64.b64encode(bytes(range(32))).decode(),
    "PUBLIC_URL": "https://festival.example.org/",
    "DATABASE_URL": "postgresql://localhost/festival",
    "MAIL_FROM": "Festival <hallo@example.org>",
}


def test_development_needs_no_settings():
    settings = config.load({})
    assert not settings["PRODUCTION"]
    assert settings["SQLALCHEMY_DATABASE_URI"].startswith("sqlite:///")


def test_production_starts_with_all_that_it_needs():
    settings = config.load(PRODUCTION)
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["PUBLIC_URL"] == "https://festival.example.org"
    assert settings["TICKET_SIGNING_SEED"] == bytes(range(32))


def test_further_hosts_are_a_list():
    settings = config.load({**PRODUCTION, "FURTHER_HOSTS": "WWW.example.org, tickets.example.org"})
    assert settings["FURTHER_HOSTS"] == {"www.example.org", "tickets.example.org"}


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"FESTIVAL_ENV"}))
def test_production_refuses_to_start_without(name):
    with pytest.raises(config.BadSetting, match=name):
        config.load({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FESTIVAL_ENV", "prod"),
        ("SECRET_KEY", "short"),
        ("TICKET_SIGNING_KEY", "x" * 50),
        ("TICKET_SIGNING_KEY", base64.b64encode(b"y" * 40).decode()),
        ("PUBLIC_URL", "http://festival.example.org"),
        ("DATABASE_POOL", "many"),
        ("RATELIMIT_ENABLED", "perhaps"),
        ("STORAGE_OPTIONS", "{"),
        ("FURTHER_HOSTS", "https://www.example.org"),
        ("FURTHER_HOSTS", "*.example.org"),
        ("STRIPE_SECRET_KEY", "sk_test_1"),
        ("STRIPE_SECRET_KEY", "sk_test_simulator"),
        ("STRIPE_SIMULATOR_URL", "http://127.0.0.1:8001"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name, value):
    with pytest.raises(config.BadSetting, match=name):
        config.load({**PRODUCTION, name: value})


def test_a_live_key_needs_a_secret_for_its_webhook_and_production():
    live = {"STRIPE_SECRET_KEY": "rk_live_1"}
    with pytest.raises(config.BadSetting, match="STRIPE_WEBHOOK_SECRET is needed"):
        config.load({**PRODUCTION, **live})
    config.load({**PRODUCTION, **live, "STRIPE_WEBHOOK_SECRET": "whsec_1"})
    with pytest.raises(config.BadSetting, match="real money is for production only"):
        config.load(live)


def test_without_stripe_production_starts():
    assert config.load(PRODUCTION)["STRIPE_SECRET_KEY"] == ""


def test_commands_share_the_secrets_of_the_demo(tmp_path):
    """What `make run` signs with, `flask …` in another terminal signs with too."""
    kept = {"SECRET_KEY": "of this demo", "TICKET_SIGNING_KEY": "of this demo too"}
    (tmp_path / "secrets.json").write_text(json.dumps(kept))
    here = {"INSTANCE_PATH": str(tmp_path)}
    assert config.load(here)["SECRET_KEY"] == "of this demo"
    by_hand = {**here, "TICKET_SIGNING_KEY": "of this demo too"}
    assert config.load(here)["TICKET_SIGNING_SEED"] == config.load(by_hand)["TICKET_SIGNING_SEED"]
    assert config.load({**here, "SECRET_KEY": "given"})["SECRET_KEY"] == "given"
    with pytest.raises(config.BadSetting, match="SECRET_KEY is needed"):
        config.load({**PRODUCTION, **here, "SECRET_KEY": ""})


def test_faults_in_production_do_not_tell_whose_they_are(tmp_path):
    """A failed statement is logged; the links and addresses in it are not."""
    options = config.load(PRODUCTION)["SQLALCHEMY_ENGINE_OPTIONS"]
    engine = create_engine(f"sqlite:///{tmp_path / 'x'}", **options)
    with engine.connect() as connection, pytest.raises(OperationalError) as fault:
        connection.execute(text("SELECT * FROM nowhere WHERE secret = :s"), {"s": "somebody's"})
    assert "somebody's" not in str(fault.value)
