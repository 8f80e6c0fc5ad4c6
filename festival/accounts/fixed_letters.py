"""The letters about signing in, which always say the same."""

from flask_babel import lazy_gettext as _l

from festival.mail.prose import FixedLetter

_SAFE = _l(
    "Gaat over inloggen bij het team en hoort bij geen editie. De tekst is altijd dezelfde, zodat "
    "een nagemaakte brief opvalt."
)
FIXED = (
    FixedLetter("accounts/invitation", _l("Welkom in het team"), _SAFE),
    FixedLetter("accounts/new_password", _l("Een nieuw wachtwoord kiezen"), _SAFE),
    FixedLetter("accounts/password_changed", _l("Wachtwoord veranderd"), _SAFE),
)
