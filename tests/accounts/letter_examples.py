"""How each letter about signing in comes to be, for tests/test_letters.py."""

from festival.accounts import letters
from tests import make


def invitation(language: str) -> None:
    member = make.member("finance", name="Mia Jansen", email="mia@example.org", language=language)
    letters.invitation(member, "geheim", now=make.NOW)


def new_password(language: str) -> None:
    member = make.member("finance", name="Mia Jansen", email="mia@example.org")
    letters.new_password(member, "geheim", language=language, now=make.NOW)


def password_changed(language: str) -> None:
    member = make.member("finance", name="Mia Jansen", email="mia@example.org", language=language)
    letters.password_changed(member, now=make.NOW)
