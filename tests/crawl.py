"""Follows links from page to page, as each reader may."""

import re
from collections import Counter
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

_SKIPPED = {"security.logout", "home.stijl", "security.two_factor_setup", "timetable.photo"}


def crawl(
    app: Flask,
    client: FlaskClient,
    starts: list[str],
    *,
    most: int = 3,
    without: tuple[str, ...] = (),
) -> dict[str, TestResponse]:
    """The answer at each address that `starts` lead to, at most `most` of one kind.

    Endpoints that begin with one of `without`, pictures and paper are left out.
    """
    adapter = app.url_map.bind("localhost")
    kinds: Counter[str] = Counter()
    found: dict[str, TestResponse] = {}
    waiting = list(starts)
    while waiting:
        url = waiting.pop(0)
        path = urlsplit(url).path
        language, path = (path[:3], path[3:]) if path.startswith("/en/") else ("", path)
        try:
            endpoint, _values = adapter.match(path, method="GET")
        except HTTPException:
            continue
        kind = f"{language} {endpoint}"
        if url in found or endpoint in _SKIPPED or kinds[kind] >= most:
            continue
        if endpoint.startswith(without or "-") or path.endswith((".pdf", ".png")):
            continue
        kinds[kind] += 1
        answer = client.get(url)
        assert answer.status_code < 500, url
        found[url] = answer
        if answer.mimetype == "text/html":
            links = [unescape(each) for each in re.findall(r'href="([^"#]+)', answer.text)]
            waiting += [each for each in links if each.startswith("/") and "/static/" not in each]
    return found
