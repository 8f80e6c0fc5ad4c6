"""Rate limits: how often something may be asked, from one network, for one address, with one link.

A hall full of visitors shares one internet address. So what is about one person is counted by the
address that was typed or the secret in the link; by network we count generously, against floods.
Counted in memory, or in Redis for several processes; in memory again while Redis is away.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from flask_limiter import Limiter
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from festival.email_addresses import mailbox_of
from festival.text import line
from festival.web.logs import log

PER_ADDRESS = _l("Voor dit e-mailadres is dat net al een paar keer gevraagd.")
PER_LINK = _l("Met deze link gebeurde er net heel veel.")

_ALL_BITS, _NETWORK_BITS = 128, 64


def source() -> str:
    """Returns the network that the request came from: IPv4 as it is, of IPv6 the first half.

    Whoever has one IPv6 address has a whole /64 of them.
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:  # a socket file
        return "127.0.0.1"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    network = int(address) >> (_ALL_BITS - _NETWORK_BITS) << (_ALL_BITS - _NETWORK_BITS)
    return f"{IPv6Address(network)}/{_NETWORK_BITS}"


limiter = Limiter(
    source, headers_enabled=True, swallow_errors=True, in_memory_fallback_enabled=True
)


def init_app(app: Flask) -> None:
    """Start counting for `app`."""
    limiter.init_app(app)
    app.extensions["counts_of_our_own"] = FixedWindowRateLimiter(MemoryStorage())


def typed(field: str) -> Callable[[], str]:
    """Returns a key: the mailbox typed in `field`, so that each has a count of its own.

    In its one form: another way to write an address, or a tag, is no new count.
    """
    return lambda: f"{field} {mailbox_of(line(request.form.get(field, ''))[:254])}"


def link() -> str:
    """Returns a key: the secret in the address of the page."""
    return str((request.view_args or {}).get("secret", ""))


def take(what: str, key: str, most: str) -> bool:
    """Count one use of `what` for `key`. Returns False if `most` (`20 per day`) are used up."""
    return _count(what, key, most, use=True)


def is_used_up(what: str, key: str, most: str) -> bool:
    """Returns whether `most` uses of `what` are used up for `key`, without using one."""
    return not _count(what, key, most, use=False)


def _count(what: str, key: str, most: str, *, use: bool) -> bool:
    if not current_app.config["RATELIMIT_ENABLED"]:
        return True
    item, own = parse(most), current_app.extensions["counts_of_our_own"]
    try:
        counted = limiter.limiter
        return bool((counted.hit if use else counted.test)(item, what, key))
    except Exception as fault:  # noqa: BLE001  whatever is wrong with Redis must stop nobody
        log.warning("rate limits counted in memory", problem=str(fault))
        return bool((own.hit if use else own.test)(item, what, key))


def storage_problem() -> str:
    """Returns why limits are counted in the memory of each process, in a sentence, or ''."""
    if current_app.config["RATELIMIT_STORAGE_URI"].startswith("memory"):
        return ""
    try:
        if limiter.storage.check():
            return ""
    except Exception as fault:  # noqa: BLE001  all that matters is that it does not answer
        log.warning("storage of rate limits does not answer", problem=str(fault))
    return "Redis does not answer: each process counts rate limits for itself, in memory."
