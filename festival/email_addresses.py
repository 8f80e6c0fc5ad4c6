"""The one form of an e-mail address: small letters, composed accents, the domain as in DNS (IDNA).

`Mia@Bücher.Example` and `mia@xn--bcher-kva.example` are one address. Columns of the type
db.EmailAddress store and compare it so.
"""

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from festival import text


def canonical(typed: str) -> str:
    """Returns an address in its one form. What is no address comes back in small letters."""
    name, at, domain = text.line(typed).lower().rpartition("@")
    return f"{name}{at}{domain if domain.isascii() else _domain(domain)[0]}"


def other_than(own: str, typed: str) -> str:
    """Returns a typed address in its one form; '' if it is `own`, where mail goes anyhow."""
    email = canonical(typed)
    return "" if email == own else email


def shown(address: str) -> str:
    """Returns an address as people write it, with the accents of its domain."""
    name, at, domain = address.rpartition("@")
    return f"{name}{at}{_domain(domain)[1]}" if "xn--" in domain else address


def mailbox_of(typed: str) -> str:
    """Returns the address in its one form, without the `+tag` that many mail servers ignore.

    '' for no address.
    """
    if not typed:
        return ""
    name, at, domain = canonical(typed).rpartition("@")
    return f"{name.partition('+')[0]}{at}{domain}"


@lru_cache(maxsize=1024)
def _domain(domain: str) -> tuple[str, str]:
    """Returns a domain as in DNS and as people write it; twice as it is if it cannot be one."""
    try:
        valid = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return domain, domain
    return valid.ascii_domain or domain, valid.domain
