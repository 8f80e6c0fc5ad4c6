import base64

import pytest

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


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"FESTIVAL_ENV"}))
def test_production_refuses_to_start_without(name):
    with pytest.raises(config.BadSetting, match=name):
        config.load({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("TICKET_SIGNING_KEY", "x" * 50),
        ("TICKET_SIGNING_KEY", base64.b64encode(b"y" * 40).decode()),
        ("PUBLIC_URL", "http://festival.example.org"),
        ("DATABASE_POOL", "many"),
        ("RATELIMIT_ENABLED", "perhaps"),
        ("STORAGE_OPTIONS", "{"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name, value):
    with pytest.raises(config.BadSetting, match=name):
        config.load({**PRODUCTION, name: value})
