"""Random codes that the public sees or carries. Never a database id."""

import secrets

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: people read these aloud at a noisy desk.
READABLE = "34679ACDEFGHJKMNPQRTWXY"


def readable(length: int = 8) -> str:
    """A code to be read aloud and typed over, such as an order's; 4.5 bits a letter."""
    return "".join(secrets.choice(READABLE) for _ in range(length))


def tidy(typed: str) -> str:
    """What somebody typed as a readable code, in the form in which it is stored."""
    return "".join(typed.upper().split()).replace("-", "")


def secret() -> str:
    """A URL-safe secret of 128 bits: whoever has it, is the holder."""
    return secrets.token_urlsafe(16)
