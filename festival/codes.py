"""Random codes that the public sees or carries. Never a database id."""

import re
import secrets

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: people read these aloud at a noisy desk.
READABLE = "34679ACDEFGHJKMNPQRTWXY"


def readable(length: int = 8) -> str:
    """Returns a code of `length` characters (4.5 bits each) to read aloud or type, such as an
    order's."""
    return "".join(secrets.choice(READABLE) for _ in range(length))


def tidy(typed: str) -> str:
    """Returns a readable code as it is stored: capitals, without blanks, hyphens or signs."""
    return re.sub(r"[\W_]+", "", typed).upper()


def secret() -> str:
    """Returns a URL-safe secret of 128 bits. Whoever has it counts as the holder."""
    return secrets.token_urlsafe(16)
