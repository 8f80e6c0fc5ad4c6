"""A very small browser, for what comes before the load: signing in, and getting a form's token."""

import http.client
import re
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.failure import BenchmarkFailed
from bench.server import HOST

# What the proxy in front of us adds in production: visitors come by https.
PROXY = {"Host": "localhost", "X-Forwarded-Proto": "https"}
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """Keeps cookies, reads the token of the form that it saw last, follows no redirects."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> str:
        """The page at `path`, which must be there."""
        return self._ask("GET", path, "", 200)

    def post(self, path: str, **fields: str) -> str:
        """Send a form with the last token; answers with where it led to."""
        body = urlencode({"csrf_token": self.token, **fields})
        return self._ask("POST", path, body, 302)

    def headers(self) -> list[str]:
        """The headers with which wrk goes on as this browser."""
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
        page = answer.read().decode()
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
    """Headers as wrk's scripts want them."""
    return [f"{name}: {value}" for name, value in headers.items()]
