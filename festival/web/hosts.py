"""Which host names are ours. A request that names another is refused.

Nothing in a visitor's request decides where our links and redirects lead: they are relative, or
begin with PUBLIC_URL (see languages.url_in). X-Forwarded-Host is read by nobody.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

# Monitoring asks a server by its number.
_FOR_MONITORING = frozenset({"/healthz", "/readyz"})
# On a developer's machine all of these are the machine itself.
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def init_app(app: Flask) -> None:
    """Refuse requests for hosts that are not ours, with 400."""
    app.before_request(_refuse_other_hosts)


def is_ours(host: str) -> bool:
    """Returns whether visitors may reach us by this name, with or without a port."""
    settings = current_app.config
    named = {urlsplit(settings["PUBLIC_URL"]).hostname, *settings["FURTHER_HOSTS"]}
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # such as `[::`
        return False
    ours = named if settings["PRODUCTION"] else named | _LOOPBACK
    return bool(name) and name.rstrip(".") in ours


def _refuse_other_hosts() -> Response | None:
    if request.path in _FOR_MONITORING:
        return None
    if not is_ours(request.host):
        return Response("This is not the address of this festival.\n", 400, mimetype="text/plain")
    return None
