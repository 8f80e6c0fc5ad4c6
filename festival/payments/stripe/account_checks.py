"""Whether the Stripe account is set up so that payments work. Asks Stripe, for the doctor."""

from flask import current_app

from festival import clock
from festival.payments.stripe import client, payout_client
from festival.payments.stripe.client import StripeRefused, Unclear
from festival.web import languages


def faults() -> list[str]:
    """Returns what must be mended: key, mode, webhook address, events, and its secret."""
    try:
        is_live = client.is_live_mode()
        endpoints = client.endpoints()
        next(payout_client.payouts(since=clock.now().date()), None)  # may the key read them?
    except (Unclear, StripeRefused) as fault:
        return [f"Stripe does not let us in, or does not tell all: {fault}"]
    found = []
    if is_live is client.is_play_money():
        found.append("Stripe says that the key is of the other mode, test or live.")
    if current_app.config["PRODUCTION"] and not is_live:
        found.append("The key moves play money, and this is production.")
    if not current_app.config["STRIPE_WEBHOOK_SECRET"].startswith("whsec_"):
        found.append("STRIPE_WEBHOOK_SECRET is no secret of a webhook endpoint (whsec_…).")
    address = languages.url_in("nl", "stripe.receive")
    ours = [each for each in endpoints if each.url == address]
    if not ours:
        return [*found, f"No webhook endpoint has the address {address}."]
    if not any(each.is_enabled for each in ours):
        found.append(f"The webhook endpoint {address} is switched off.")
    heard = frozenset[str]().union(*(each.events for each in ours if each.is_enabled))
    if missing := [each for each in client.EVENTS if each not in heard and "*" not in heard]:
        found.append(f"The webhook endpoint does not send {', '.join(missing)}.")
    if any(each.api_version not in {"", client.API_VERSION} for each in ours):
        found.append(
            f"The webhook endpoint has another version of the API than {client.API_VERSION}."
        )
    return found
