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


def ours() -> frozenset[str]:
    """Returns the names by which visitors may reach us, in lower case and without ports."""
    settings = current_app.config
    named = {urlsplit(settings["PUBLIC_URL"]).hostname or "", *settings["FURTHER_HOSTS"]}
    return frozenset(named if settings["PRODUCTION"] else named | _LOOPBACK)


def _refuse_other_hosts() -> Response | None:
    if request.path in _FOR_MONITORING:
        return None
    try:
        host = urlsplit(f"//{request.host}").hostname
    except ValueError:  # such as `[::`
        host = None
    if (host or "").rstrip(".") not in ours():
        return Response("This is not the address of this festival.\n", 400, mimetype="text/plain")
    return None
