"""A Stripe of our own with play money, for the demo and the tests. Needs no account and no network.

It speaks the part of Stripe's HTTP API that the festival uses, so that the official library talks
to it as to the real one: Checkout Sessions with a page to pay on, refunds, disputes and signed
webhooks.

    python scripts/stripe_simulator --port 8001 --webhook http://127.0.0.1:8000/stripe/webhook
"""

import argparse
import hashlib
import json
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pages
from account import API_VERSION, EMPTY, Account
from parameters import Refused, check, parse, rows
from webhooks import EVENTS, Webhooks

KEY = "sk_test_simulator"
SECRET = "whsec_simulator"  # noqa: S105 (of a program that holds play money)


class Simulator(ThreadingHTTPServer):
    """The server, and what its requests share."""

    daemon_threads = True

    def __init__(self, port: int, webhook: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.webhooks = Webhooks(webhook, SECRET)
        self.account = Account(self.address, self.tell)
        # Answers by idempotency key, with a digest of what was asked.
        self.answers: dict[str, tuple[str, int, dict[str, Any]]] = {}
        self.is_away = False  # answers 503 to every call of the API
        self.seconds = 0.0  # that each call of the API takes

    def tell(self, kind: str, about: dict[str, Any]) -> None:
        """Send an event about an object."""
        self.webhooks.tell(
            {
                "id": f"evt_{secrets.token_hex(12)}",
                "object": "event",
                "api_version": API_VERSION,
                "created": self.account.now(),
                "type": kind,
                "livemode": False,
                "data": {"object": about},
            }
        )


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Simulator
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Change something."""
        self._answer("POST")

    def log_message(self, *_values: object) -> None:
        """Keep the terminal for what matters: the events that are sent."""

    def _answer(self, method: str) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        params = parse(body if method == "POST" else url.query)
        path = [part for part in url.path.split("/") if part]
        try:
            if path[:1] == ["v1"]:
                self._api(method, path[1:], params, body)
            elif path[:1] == ["pay"] and len(path) == 2:
                self._page(method, path[1], params)
            elif path[:1] == ["simulator"] and len(path) == 2 and method == "POST":
                self._control(path[1], params)
            elif not path:
                self._send(200, pages.dashboard(self.server.account), "text/html")
            else:
                raise Refused("Unrecognized request URL.", status=404)
        except Refused as refused:
            self._json(refused.status, {"error": refused.error})
        except (KeyError, ValueError) as fault:
            self._json(400, {"error": {"type": "invalid_request_error", "message": repr(fault)}})

    # The API

    def _api(self, method: str, path: list[str], params: dict[str, Any], body: str) -> None:
        time.sleep(self.server.seconds)
        if self.server.is_away:
            self._json(503, {"error": {"type": "api_error", "message": "We are away."}})
            return
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            raise Refused("Invalid API Key provided.", status=401)
        version = self.headers.get("Stripe-Version")
        if version != API_VERSION:
            raise Refused(f"Invalid Stripe API version: {version}")
        key = self.headers.get("Idempotency-Key") if method == "POST" else None
        asked = hashlib.sha256(f"{self.path} {body}".encode()).hexdigest()
        with self.server.account.lock:
            if key in self.server.answers:
                self._repeat(self.server.answers[key], asked)
                return
            status, answer = 200, self._call(method, path, params)
            answer = json.loads(json.dumps(answer))
            if key:
                self.server.answers[key] = (asked, status, answer)
        self._json(status, answer)

    def _repeat(self, kept: tuple[str, int, dict[str, Any]], asked: str) -> None:
        before, status, answer = kept
        if before != asked:
            error = {
                "type": "idempotency_error",
                "message": "Keys for idempotent requests can only be used with the same parameters "
                "they were first used with.",
            }
            self._json(400, {"error": error})
            return
        self._json(status, answer, {"Idempotent-Replayed": "true"})

    def _call(self, method: str, path: list[str], params: dict[str, Any]) -> Any:
        account = self.server.account
        match method, path:
            case "POST", ["checkout", "sessions"]:
                check("sessions.create", params)
                return account.create_session(params)
            case "GET", ["checkout", "sessions"]:
                check("sessions.list", params)
                return _list(account.sessions_of(params["payment_intent"]))
            case "GET", ["checkout", "sessions", session_id]:
                check("sessions.retrieve", params)
                return account.shown(account.session(session_id), rows(params.get("expand")))
            case "POST", ["checkout", "sessions", session_id, "expire"]:
                check("sessions.expire", params)
                return account.expire_session(session_id)
            case "POST", ["refunds"]:
                check("refunds.create", params)
                return account.refund(params)
            case "GET", ["refunds" | "disputes" as what]:
                check(f"{what}.list", params)
                return _list(_of(getattr(account, what), params))
            case "GET", ["payouts" | "balance_transactions" as what]:
                return self._paid_out(what, params)
            case "GET", ["balance"]:
                return {"object": "balance", "livemode": False, "available": []}
            case "GET", ["webhook_endpoints"]:
                check("webhook_endpoints.list", params)
                return _list([self._endpoint()])
        raise Refused(f"Unrecognized request URL ({method}: {self.path}).", status=404)

    def _paid_out(self, what: str, params: dict[str, Any]) -> Any:
        """Returns the payouts from a day on, the newest first, or what one is made of."""
        check(f"{what}.list", params)
        made = self.server.account.payouts
        if what == "payouts":
            since = int(params.get("arrival_date", {}).get("gte", 0))
            newest = [each for each in reversed(made.values()) if each["arrival_date"] >= since]
            return _page_of([{**each, "transactions": None} for each in newest], params)
        moved = made[params["payout"]]["transactions"]
        if "data.source" not in rows(params.get("expand")):
            moved = [{**each, "source": each["source"]["id"]} for each in moved]
        return _page_of(moved, params)

    def _endpoint(self) -> dict[str, Any]:
        return {
            "id": "we_simulator",
            "object": "webhook_endpoint",
            "api_version": API_VERSION,
            "enabled_events": list(EVENTS),
            "livemode": False,
            "status": "enabled",
            "url": self.server.webhooks.endpoint,
        }

    # The page on which people pay

    def _page(self, method: str, session_id: str, params: dict[str, Any]) -> None:
        account = self.server.account
        session = account.session(session_id)
        if method == "GET" or session["status"] != "open":
            self._send(200, pages.hosted(session), "text/html")
            return
        match params.get("do"):
            case "failed":
                self._send(200, pages.hosted(session, has_failed=True), "text/html")
            case "cancel":
                self._go(session["cancel_url"])
            case "later":
                self._go(account.pay_later(session_id)["success_url"])
            case method_of_paying:
                self._go(account.pay(session_id, method_of_paying or "card")["success_url"])

    # What tests and the dashboard set in motion

    def _control(self, do: str, params: dict[str, Any]) -> None:
        answer = self._play(do, params.get("id", ""), params) or self._behave(do, params)
        if "text/html" in self.headers.get("Accept", ""):
            self._go("/")
        else:
            self._json(200, answer)

    def _play(self, do: str, about: str, params: dict[str, Any]) -> dict[str, Any] | None:
        """Let a buyer, the account's owner or a bank do something. None if it is no such thing."""
        account = self.server.account
        part = {"amount": params["amount"]} if "amount" in params else {}
        acts: dict[str, Callable[[], Any]] = {
            "pay": lambda: account.pay(about, params.get("method", "ideal")),
            "pay_later": lambda: account.pay_later(about),
            "settle": lambda: account.settle(about, succeeded=True),
            "settle_not": lambda: account.settle(about, succeeded=False),
            "expire": lambda: account.expire_session(about),
            "refund": lambda: account.refund({"payment_intent": about, **part}),
            "refund_status": lambda: account.set_refund(about, params["status"]),
            "charge_other": lambda: account.charge_other(about, int(params["amount"])),
            "dispute": lambda: account.dispute(about, int(params.get("amount", 0)) or None),
            "pay_out": account.pay_out,
            "won": lambda: account.close_dispute(about, won=True),
            "lost": lambda: account.close_dispute(about, won=False),
        }
        if do not in acts:
            return None
        return acts[do]() or {"done": do}

    def _behave(self, do: str, params: dict[str, Any]) -> dict[str, Any]:
        """Change how the simulator itself behaves, or say what it did."""
        account, webhooks = self.server.account, self.server.webhooks
        match do:
            case "webhooks":
                webhooks.endpoint = params.get("url", webhooks.endpoint)
                webhooks.manners.change(params)
            case "let_go":
                webhooks.let_go()
            case "rest":
                return {"all_sent": webhooks.rest(20)}
            case "clock":
                account.ahead += float(params["now"]) - account.now()
            case "away":
                self.server.is_away = params["away"] == "yes"
            case "slow":
                self.server.seconds = float(params["seconds"])
            case "reset":
                self.server.answers.clear()
                self.server.is_away, self.server.seconds, account.ahead = False, 0.0, 0.0
                account.load(EMPTY)
                webhooks.reset()
            case "events":
                return {"events": webhooks.events}
            case _:
                raise Refused("Unknown control.", status=404)
        return {"done": do}

    # Answers

    def _go(self, url: str) -> None:
        self._send(303, "", "text/html", {"Location": url})

    def _json(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(answer), "application/json", headers)

    def _send(
        self, status: int, text: str, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Request-Id", f"req_{secrets.token_hex(6)}")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _of(things: dict[str, dict[str, Any]], params: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in things.values() if each["payment_intent"] == params["payment_intent"]]


def _page_of(things: list[dict[str, Any]], params: dict[str, Any]) -> dict[str, Any]:
    """Returns as many as were asked for, after the one that was the last before."""
    names = [each["id"] for each in things]
    begin = names.index(params["starting_after"]) + 1 if "starting_after" in params else 0
    end = begin + int(params.get("limit", 10))
    return {**_list(things[begin:end]), "has_more": end < len(things)}


def _list(things: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": things, "has_more": False, "url": "/v1"}


def main() -> None:
    """Serve until somebody stops it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8001, help="0 chooses a free one")
    parser.add_argument("--webhook", default="", help="where events are sent")
    parser.add_argument("--keep", type=Path, help="a file for what was made, between two runs")
    options = parser.parse_args()
    server = Simulator(options.port, options.webhook)
    if options.keep and options.keep.exists():
        server.account.load(options.keep.read_text())
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Stripe simulator at {server.address}, key {KEY}, play money only", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if options.keep:
            options.keep.write_text(server.account.dump())


if __name__ == "__main__":
    main()
