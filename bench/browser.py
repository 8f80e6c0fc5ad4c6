"""A very small browser for what precedes the load: signing in, and getting a form's token."""

import http.client
import re
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.failure import BenchmarkFailed
from bench.server import HOST

# The headers that a proxy adds in production, where visitors use https.
PROXY = {"Host": "localhost", "X-Forwarded-Proto": "https"}
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def field_of(page: str, name: str) -> str:
    """Returns what the page has in its hidden field `name`. Raises BenchmarkFailed without one."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    if found is None:
        raise BenchmarkFailed(f"the page has no field {name}")
    return unescape(found[1])


class Browser:
    """Keeps cookies and the CSRF token of the last form; follows no redirects."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> str:
        """Returns the page at `path`. Raises BenchmarkFailed unless the status is 200."""
        return self._ask("GET", path, "", 200)

    def post(self, path: str, **fields: str) -> str:
        """Send a form with the last token. Returns where it redirects to.

        Raises BenchmarkFailed unless it redirects.
        """
        body = urlencode({"csrf_token": self.token, **fields})
        return self._ask("POST", path, body, 302)

    def headers(self) -> list[str]:
        """Returns the headers with which wrk continues as this browser."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [
            *as_lines(PROXY),
            "Referer: https://localhost/",
            *([f"Cookie: {cookies}"] if cookies else []),
        ]

    def _ask(self, method: str, path: str, body: str, expected: int) -> str:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=20)
        headers = dict(line.split(": ", 1) for line in self.headers())
        headers |= {"X-Forwarded-For": "127.0.0.1", "Accept": "text/html"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        page = answer.read().decode(errors="replace")  # a PDF is asked for too
        connection.close()
        if answer.status not in {expected, 303 if expected == 302 else expected}:
            raise BenchmarkFailed(f"{method} {path} was answered {answer.status}: {page[:500]}")
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, cookie in SimpleCookie(line).items():
                self.cookies[name] = cookie.value
        if token := _TOKEN.search(page):
            self.token = unescape(token[1])
        return answer.headers.get("Location", "") if expected == 302 else page


def as_lines(headers: dict[str, str]) -> list[str]:
    """Returns headers as lines for wrk's scripts."""
    return [f"{name}: {value}" for name, value in headers.items()]
