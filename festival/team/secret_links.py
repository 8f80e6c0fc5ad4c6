"""Secret links in letters: whoever has one counts as the holder, so the team reads letters
without them."""

import re

from flask import current_app

HIDDEN = "…"


def without_secrets(text: str) -> str:
    """Returns `text` with the secret in each of our addresses replaced by HIDDEN."""
    return _pattern().sub(rf"\1{HIDDEN}", text)


def _pattern() -> re.Pattern[str]:
    pattern: re.Pattern[str] | None = current_app.extensions.get("secret_links")
    if pattern is None:
        beginnings = {
            rule.rule.partition("<secret>")[0]
            for rule in current_app.url_map.iter_rules()
            if "secret" in rule.arguments
        }
        words = "|".join(sorted(map(re.escape, beginnings), key=len, reverse=True))
        pattern = re.compile(rf"({words})[A-Za-z0-9_-]{{8,}}")
        current_app.extensions["secret_links"] = pattern
    return pattern
