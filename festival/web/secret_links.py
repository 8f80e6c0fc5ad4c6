"""Finds the page of a secret link that came with something pasted behind it.

Mail programs add the full stop, bracket or comma after a link to the link itself, and cut or code
blanks in their own ways.
"""

import re

from flask import Flask, current_app, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as BaseResponse

# What a secret may consist of; see codes.secret and ticket_qr.
_LETTERS = r"[A-Za-z0-9_-]+"
_PASTED = re.compile(r"(?:=20|=0D|=0A|[^A-Za-z0-9_-])+$")


def init_app(app: Flask) -> None:
    """Redirect a secret with something behind it; faults.py does so for what is not found."""
    app.before_request(_redirect)


def _redirect() -> BaseResponse | None:
    if re.fullmatch(f"{_LETTERS}|", _secret()):
        return None
    address = meant()
    return redirect(address) if address else None


def _secret() -> str:
    """Returns the secret that the address was taken to hold; '' if it holds none."""
    values = request.view_args or {}
    return str(values.get("secret", values.get("token", "")))


def meant() -> str:
    """Returns the address that was meant by the current one; '' if it is no secret link."""
    if request.method not in {"GET", "HEAD"}:
        return ""
    for before, after in _shapes():
        found = re.match(f"{re.escape(before)}{_LETTERS}", request.path)
        if not found:
            continue
        candidates = [_PASTED.sub("", request.path)]
        if not re.fullmatch(_LETTERS, _secret()):
            # No page of ours has this address: it is the link itself, whatever follows it.
            candidates.append(found[0] + after)
        for path in candidates:
            if path != request.path and _is_address(path):
                address = iri_to_uri(request.script_root + path)
                query = request.query_string.decode("ascii", "ignore")
                return f"{address}?{query}" if query else address
    return ""


def _shapes() -> set[tuple[str, str]]:
    """Returns what comes before and after the secret in the shortest address of each kind."""
    shapes = set()
    for rule in current_app.url_map.iter_rules():
        found = re.fullmatch(r"([^<]*)<(?:secret|token)>([^</]*)", rule.rule)
        if found and "GET" in (rule.methods or ()):
            shapes.add((found[1], found[2]))
    return shapes


def _is_address(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True
