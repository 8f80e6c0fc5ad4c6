"""The hosted payment page and a small dashboard, marked as play money."""

from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 18px/1.5 system-ui, sans-serif; color: #1a1f36; background: #f6f8fa; margin: 0; }}
main {{ max-width: 34rem; margin: 0 auto; padding: 1rem; }}
.play {{ background: #ffe08a; padding: .75rem 1rem; text-align: center; font-weight: 700; }}
button {{ font: inherit; min-height: 44px; padding: .4rem 1rem; border: 2px solid #1a1f36;
  border-radius: 6px; background: #fff; color: inherit; width: 100%; margin: .25rem 0; }}
button.first {{ background: #1a1f36; color: #fff; }}
.amount {{ font-size: 2rem; font-weight: 700; margin: .5rem 0; }}
li form {{ display: inline; }} li button {{ width: auto; min-height: 0; }}
</style>
</head>
<body>
<p class="play">{play}</p>
<main>{body}</main>
</body>
</html>
"""
_WORDS = {
    "nl": {
        "title": "Betalen met speelgeld",
        "play": "Speelgeld: dit is de Stripe-simulator. Hier gaat geen echt geld om.",
        "ideal": "Betaal met iDEAL",
        "card": "Betaal met een kaart",
        "later": "Later betaald (incasso)",
        "failed": "Mislukt",
        "cancel": "Annuleer",
        "refused": "De betaling is mislukt. Probeer het nog eens, of kies iets anders.",
        "over": "Deze betaalpagina is niet meer open.",
        "back": "Terug naar de winkel",
    },
    "en": {
        "title": "Pay with play money",
        "play": "Play money: this is the Stripe simulator. No real money moves.",
        "ideal": "Pay with iDEAL",
        "card": "Pay with a card",
        "later": "Paid later (direct debit)",
        "failed": "Fails",
        "cancel": "Cancel",
        "refused": "The payment failed. Try again, or choose another way.",
        "over": "This payment page is no longer open.",
        "back": "Back to the shop",
    },
}


def hosted(session: dict[str, Any], *, has_failed: bool = False) -> str:
    """Returns the page on which a buyer pays for `session`."""
    language = "en" if session["locale"] == "en" else "nl"
    words = _WORDS[language]
    lines = "".join(f"<li>{escape(line)}</li>" for line in session["lines"])
    body = f"<h1>{words['title']}</h1><p class=amount>{_euros(session['amount_total'])}</p>"
    body += f"<ul>{lines}</ul>"
    if session["status"] != "open":
        back = escape(session["cancel_url"] or session["success_url"])
        body += f'<p>{words["over"]}</p><p><a href="{back}">{words["back"]}</a></p>'
        return _page(language, words, body)
    if has_failed:
        body += f'<p role="alert"><strong>{words["refused"]}</strong></p>'
    hidden = session["excluded"]
    choices = [("ideal", "first"), ("card", ""), ("later", ""), ("failed", ""), ("cancel", "")]
    body += '<form method="post">'
    for name, look in choices:
        if name in hidden or (name == "later" and "sepa_debit" in hidden):
            continue
        body += f'<button class="{look}" name="do" value="{name}">{words[name]}</button>'
    return _page(language, words, body + "</form>")


def dashboard(account: Any) -> str:
    """Returns the list of sessions, with what the account's owner and the banks can do."""
    rows = []
    for session in list(account.sessions.values())[::-1][:100]:
        intent = session["payment_intent"]
        buttons = ""
        if session["status"] == "complete" and session["payment_status"] == "unpaid":
            buttons += _button("settle", session["id"], "money arrives")
            buttons += _button("settle_not", session["id"], "money does not arrive")
        if session["payment_status"] == "paid":
            buttons += _button("refund", intent, "refund") + _button("dispute", intent, "dispute")
        reference = escape(str(session["client_reference_id"]))
        rows.append(
            f"<li>{reference}: {_euros(session['amount_total'])}, {session['status']}, "
            f"{session['payment_status']} {buttons}</li>"
        )
    disputes = "".join(
        f"<li>{escape(each['id'])}: {_euros(each['amount'])}, {each['status']} "
        + _button("won", each["id"], "won")
        + _button("lost", each["id"], "lost")
        + "</li>"
        for each in account.disputes.values()
    )
    payouts = "".join(
        f"<li>{escape(each['id'])}: {_euros(each['amount'])}</li>"
        for each in account.payouts.values()
    )
    body = f"<h1>Sessions</h1><ul>{''.join(rows) or '<li>none yet</li>'}</ul>"
    body += f"<h2>Disputes</h2><ul>{disputes or '<li>none yet</li>'}</ul>"
    body += f"<h2>Payouts</h2><ul>{payouts or '<li>none yet</li>'}</ul>"
    body += _button("pay_out", "", "pay out what came in")
    return _page("en", _WORDS["en"] | {"title": "Stripe simulator"}, body)


def _button(do: str, about: str, words: str) -> str:
    return (
        f'<form method="post" action="/simulator/{do}"><button name="id" '
        f'value="{escape(about)}">{words}</button></form> '
    )


def _page(language: str, words: dict[str, str], body: str) -> str:
    return _PAGE.format(language=language, title=words["title"], play=words["play"], body=body)


def _euros(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}€ {abs(cents) // 100},{abs(cents) % 100:02}"
