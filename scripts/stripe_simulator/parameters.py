"""Which parameters Stripe takes: read from the types of its official library, so none is invented.

A body such as `line_items[0][price_data][currency]=eur` becomes nested dicts, and every name in it
must be one that the library knows for that call, as Stripe itself insists.
"""

import re
import sys
from typing import Any
from urllib.parse import parse_qsl

from stripe._request_options import RequestOptions
from stripe.params import (
    BalanceTransactionListParams,
    DisputeListParams,
    PayoutListParams,
    RefundCreateParams,
    RefundListParams,
    WebhookEndpointListParams,
)
from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionListParams,
    SessionRetrieveParams,
)

TYPES = {
    "sessions.create": SessionCreateParams,
    "sessions.retrieve": SessionRetrieveParams,
    "sessions.list": SessionListParams,
    "sessions.expire": SessionExpireParams,
    "refunds.create": RefundCreateParams,
    "refunds.list": RefundListParams,
    "disputes.list": DisputeListParams,
    "payouts.list": PayoutListParams,
    "balance_transactions.list": BalanceTransactionListParams,
    "webhook_endpoints.list": WebhookEndpointListParams,
}
# Names that the buyer of a parameter chooses.
FREE = {"metadata"}
_CLASS = re.compile(r"\b([A-Z]\w*Params\w+)\b")
_CHOICES = re.compile(r"Literal\[([^\]]*)\]")


class Refused(Exception):
    """Stripe's answer to a bad request: status, code, message and the parameter that is wrong."""

    def __init__(self, message: str, *, param: str = "", code: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": "invalid_request_error", "message": message}
        if param:
            self.error["param"] = param
        if code:
            self.error["code"] = code


def parse(body: str) -> dict[str, Any]:
    """Returns the nested parameters of a form body or query string."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", name)
        inner = found
        for part in path:
            inner = inner.setdefault(part, {})
        if name.endswith("[]"):
            inner.setdefault(last, {})[str(len(inner.get(last, {})))] = value
        else:
            inner[last] = value
    return found


def check(call: str, params: dict[str, Any]) -> None:
    """Refuse a parameter that Stripe does not know, or a choice that it does not offer."""
    _check(TYPES[call], params, "")


def rows(value: Any) -> list[Any]:
    """Returns the items of a list parameter, which arrives as a dict by index."""
    return [value[index] for index in sorted(value, key=int)] if isinstance(value, dict) else []


def _check(kind: type, params: dict[str, Any], prefix: str) -> None:
    known = {
        name: repr(hint)
        for name, hint in kind.__annotations__.items()
        if name not in RequestOptions.__annotations__
    }
    for name, value in params.items():
        path = f"{prefix}[{name}]" if prefix else name
        if name not in known:
            raise Refused(
                f"Received unknown parameter: {path}", param=path, code="parameter_unknown"
            )
        if name in FREE:
            _check_metadata(value, path)
            continue
        hint = known[name]
        inner = _inner(kind, hint)
        if inner is None:
            _check_choice(hint, value, path)
        elif "List[" in hint:
            for index, row in enumerate(rows(value)):
                _check(inner, row, f"{path}[{index}]")
        elif isinstance(value, dict):
            _check(inner, value, path)


def _inner(kind: type, hint: str) -> type | None:
    """Returns the type of a nested parameter, or None for a plain value."""
    for name in _CLASS.findall(hint):
        if found := getattr(sys.modules[kind.__module__], name, None):
            return found
    return None


def _check_choice(hint: str, value: Any, path: str) -> None:
    choices = set(re.findall(r"'([^']*)'", " ".join(_CHOICES.findall(hint))))
    chosen = rows(value) if isinstance(value, dict) else [value]
    for each in chosen if choices else ():
        if each not in choices:
            raise Refused(
                f"Invalid {path}: must be one of {', '.join(sorted(choices)[:8])} …", param=path
            )


def _check_metadata(value: Any, path: str) -> None:
    if not isinstance(value, dict) or len(value) > 50:
        raise Refused("Metadata must hold at most 50 keys.", param=path)
    for name, text in value.items():
        if len(name) > 40 or not isinstance(text, str) or len(text) > 500:
            raise Refused("Metadata keys have 40 characters at most, values 500.", param=path)
