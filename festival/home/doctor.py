"""`flask doctor`: is everything well? Plain sentences for people, an exit status for monitoring.

Each examination looks at one thing and yields findings; if it fails, that is a finding too.
"""

import ctypes
import json
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from sqlalchemy import select, text

from festival import clock, pdf, search_index, storage
from festival.books import queries as books
from festival.db import db
from festival.fonts import FALLBACKS
from festival.home import consistency_checks, health, heartbeats
from festival.invoices import documents
from festival.invoices.models import InvoiceFile
from festival.mail import delivery, messages, queries, smtp
from festival.payments.stripe import account_checks, client
from festival.payments.stripe import queries as stripe_queries
from festival.tickets import ticket_qr
from festival.tickets.models import Order, Ticket
from festival.web import limits

GOOD, ODD, BAD = "good", "odd", "bad"

_LETTER_LATE = timedelta(minutes=15)
_CLOCKS_APART = timedelta(seconds=2)
_LITTLE_SPACE, _NO_SPACE = 2_000_000_000, 300_000_000  # bytes
_AT_MOST = 20  # sentences of one kind


@dataclass(frozen=True)
class Finding:
    """One sentence about one thing. `odd` is worth a look, `bad` must be fixed."""

    subject: str
    level: str
    sentence: str


Examination = Callable[[datetime], Iterator[tuple[str, str]]]


def init_app(app: Flask) -> None:
    """Add `flask doctor`, and what it may ask for."""
    app.cli.add_command(_doctor)
    app.cli.add_command(_refill_words)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON, for programs.")
def _doctor(as_json: bool) -> None:
    """Examine everything. The exit status is 1 if something must be fixed."""
    findings = examine(clock.now())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        signs = {GOOD: "ok  ", ODD: "look", BAD: "BAD "}
        for finding in findings:
            click.echo(f"{signs[finding.level]}  {finding.subject}: {finding.sentence}")
    sys.exit(int(any(finding.level == BAD for finding in findings)))


@click.command("refill-words")
def _refill_words() -> None:
    """Write again by which words orders and tickets are found."""
    search_index.fill_all()
    click.echo("Orders and tickets are found by all of their words.")


def examine(now: datetime) -> list[Finding]:
    """Returns the findings of all examinations, in the order in which to fix them."""
    findings: list[Finding] = []
    for subject, examination in _EXAMINATIONS.items():
        try:
            found = list(examination(now))
        except Exception as fault:  # noqa: BLE001  one that fails must not hide the others
            words = str(fault).partition("\n")[0]
            found = [(BAD, f"Could not be examined: {type(fault).__name__}: {words}")]
        finally:
            db.session.rollback()
        findings += [Finding(subject, level, sentence) for level, sentence in found]
    return findings


def _settings(_now: datetime) -> Iterator[tuple[str, str]]:
    settings = current_app.config
    unsafe = [
        (settings["DEBUG"] or settings["TESTING"], BAD, "Debugging is on."),
        (not settings["RATELIMIT_ENABLED"], BAD, "RATELIMIT_ENABLED is off: anybody may guess."),
        (
            settings["RATELIMIT_STORAGE_URI"].startswith("memory"),
            ODD,
            "RATELIMIT_STORAGE_URL is memory: each process counts for itself.",
        ),
        (
            settings["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"),
            ODD,
            "DATABASE_URL is SQLite: fine on one machine, with its file on a local disk.",
        ),
        (not settings["SMTP_URL"], BAD, "SMTP_URL is empty: letters are kept and not sent."),
        (
            settings["TRUSTED_PROXIES"] == 0,
            ODD,
            "TRUSTED_PROXIES is 0: right without a proxy only.",
        ),
        (not settings["SESSION_COOKIE_SECURE"], BAD, "The session cookie travels over http."),
    ]
    found = [(level, sentence) for is_so, level, sentence in unsafe if is_so]
    if settings["PRODUCTION"]:
        yield from found
        if not found:
            yield GOOD, "Fit for production."
    else:
        yield (
            GOOD,
            "Development. For production these would matter:"
            + "".join(f" {sentence}" for _level, sentence in found),
        )


def _limits(_now: datetime) -> Iterator[tuple[str, str]]:
    if problem := limits.storage_problem():
        yield BAD, problem
    else:
        yield GOOD, "Requests and letters are counted."


def _database(_now: datetime) -> Iterator[tuple[str, str]]:
    if reason := health.why_not_ready():
        yield BAD, reason
        return
    dialect = db.engine.dialect.name
    if dialect == "postgresql":
        version = db.session.scalar(text("SHOW server_version_num"))
        if int(version or 0) < 150_000:
            yield BAD, f"PostgreSQL {version} is too old: 15 is the least."
            return
    elif (mode := db.session.scalar(text("PRAGMA journal_mode"))) != "wal":
        yield BAD, f"SQLite's journal is {mode} and not wal: readers would wait for writers."
        return
    yield GOOD, f"{dialect} answers, at the last migration."


def _clocks(_now: datetime) -> Iterator[tuple[str, str]]:
    if db.engine.dialect.name == "sqlite":
        theirs = datetime.fromisoformat(
            db.session.scalar(text("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")) or ""
        )
    else:
        theirs = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs(clock.now() - theirs)
    if apart > _CLOCKS_APART:
        yield BAD, f"Ours and the database's are {apart.total_seconds():.0f} seconds apart."
    else:
        yield GOOD, "Ours and the database's agree."


def _counters(_now: datetime) -> Iterator[tuple[str, str]]:
    drift = [
        *consistency_checks.pools(),
        *consistency_checks.vouchers(),
        *consistency_checks.funds(),
        *consistency_checks.extras(),
        *consistency_checks.days(),
        *consistency_checks.slots(),
        *consistency_checks.bookings(),
        *consistency_checks.stars(),
        *consistency_checks.totals(),
        *consistency_checks.movements(),
        *consistency_checks.endings(),
        *consistency_checks.entries(),
    ]
    yield from _at_most(BAD, drift)
    if not drift:
        yield GOOD, "Pools, slots, stars, orders and entries were counted again and agree."
    yield from _at_most(ODD, consistency_checks.lost_places())


def _words(_now: datetime) -> Iterator[tuple[str, str]]:
    missing = consistency_checks.words()
    yield from _at_most(BAD, missing)
    if not missing:
        yield GOOD, "Orders and tickets are found by all of their words."


def _money(_now: datetime) -> Iterator[tuple[str, str]]:
    odd = [*consistency_checks.payments(), *consistency_checks.money_of_others()]
    yield from _at_most(ODD, odd)
    if not odd:
        yield GOOD, "What came in is what was asked."


def _books(_now: datetime) -> Iterator[tuple[str, str]]:
    changed = [
        f"Edition {each.edition_slug}, up to the closed month {each.month:%Y-%m}: {each.name} was"
        f" {each.then_cents} cents at closing, and is {each.now_cents} now."
        for each in books.changed_since_closing()
    ]
    yield from _at_most(BAD, changed)
    if not changed:
        yield GOOD, "Closed months still come to what they were closed with."


def _stripe(_now: datetime) -> Iterator[tuple[str, str]]:
    if not client.is_on():
        yield GOOD, "There is none (STRIPE_SECRET_KEY is empty): orders are paid by bank transfer."
        return
    faults = account_checks.faults()
    yield from _at_most(BAD, faults)
    if not faults:
        kind = "Play money" if client.is_play_money() else "Real money"
        yield GOOD, f"{kind}; the key works and the webhook sends every event that we need."
    if stuck := stripe_queries.stuck():
        yield ODD, f"Of {stuck} payments nobody knows: see /team/bestellingen/online?state=stuck."


def _invoices(_now: datetime) -> Iterator[tuple[str, str]]:
    damaged, files = list(consistency_checks.invoices()), 0
    for file in db.session.scalars(select(InvoiceFile).order_by(InvoiceFile.id)):
        files += 1
        try:
            documents.read(file)
        except documents.Damaged as fault:
            damaged.append(f"Invoice file {fault}: take it from a backup.")
    yield from _at_most(BAD, damaged)
    if not damaged:
        yield GOOD, f"Their numbers have no gaps, and {files} files are as they were made."


def _worker(now: datetime) -> Iterator[tuple[str, str]]:
    states = heartbeats.states(now)
    if all(state.at is None for state in states):
        yield BAD, "It never ran: start `flask worker`."
        return
    for state in states:
        name = state.job.name
        if state.at is None and state.is_late:
            yield BAD, f"{name} never ran: start `flask worker` again."
        elif state.is_late and state.at:
            yield BAD, f"{name} last ran {_ago(now - state.at)} ago: start `flask worker`."
        elif state.failed:
            yield ODD, f"{name} failed for {state.failed}; the log says why."
    if all(state.is_well for state in states):
        ran = [state.at for state in states if state.at]
        which = f"Its {len(ran)}" if len(ran) == len(states) else f"{len(ran)} of its {len(states)}"
        yield GOOD, f"{which} jobs ran in time, the last {_ago(now - max(ran))} ago."


def _letters(now: datetime) -> Iterator[tuple[str, str]]:
    counts = queries.count_by_state()
    oldest = queries.oldest_on_its_way()
    if oldest and now - oldest > _LETTER_LATE:
        yield BAD, f"The oldest that waits was written {_ago(now - oldest)} ago."
    if failed := counts["failed"]:
        yield ODD, f"{failed} could not be delivered; see /team/post/?state=failed."
    if unsure := counts["unsure"]:
        yield ODD, f"Of {unsure} nobody knows whether they arrived; see /team/post/?state=unsure."
    waiting = counts["waiting"] + counts["sending"]
    yield GOOD, f"{counts['sent']} were sent, {counts['kept']} kept, {waiting} wait."


def _mail_server(_now: datetime) -> Iterator[tuple[str, str]]:
    messages.sender()
    if not current_app.config["SMTP_URL"]:
        yield GOOD, "There is none (SMTP_URL is empty); letters are kept in instance/mail/."
        return
    try:
        server = smtp.Server.from_url(current_app.config["SMTP_URL"])
        greeting = smtp.check(server, our_name=delivery.our_name())
    except smtp.BadServerAddress as fault:
        yield BAD, f"SMTP_URL {fault}."
    except smtp.NotReached as fault:
        yield BAD, f"{server.host}:{server.port} does not let us in: {fault}"
    else:
        safe = "with TLS" if server.tls != "none" else "without TLS"
        yield GOOD, f"{server.host}:{server.port} lets us in, {safe} ({greeting})."


def _paper(_now: datetime) -> Iterator[tuple[str, str]]:
    pdf.check()
    try:
        ctypes.CDLL("libharfbuzz-subset.so.0" if sys.platform == "linux" else "libharfbuzz-subset")
    except OSError:
        yield ODD, "libharfbuzz-subset is missing: PDFs work, four times slower."
    else:
        yield GOOD, "Pango and HarfBuzz are there."


def _fonts(_now: datetime) -> Iterator[tuple[str, str]]:
    if missing := pdf.missing_scripts():
        yield BAD, f"Paper cannot write {', '.join(missing)}: run `make install`."
    else:
        yield GOOD, f"A line was drawn of {', '.join(each.script for each in FALLBACKS)}."


def _storage(_now: datetime) -> Iterator[tuple[str, str]]:
    name, content = f"doctor/{secrets.token_hex(8)}", secrets.token_bytes(64)
    storage.put(name, content)
    try:
        same = storage.get(name) == content
    finally:
        storage.remove(name)
    if same:
        yield GOOD, "A file was written, read and removed."
    else:
        yield BAD, "A file that was written came back different."


def _signing_key(_now: datetime) -> Iterator[tuple[str, str]]:
    ticket = Ticket(pass_id=ticket_qr.new_id(), order=Order(edition_id=1))
    if ticket_qr.read(ticket_qr.token(ticket)).pass_id == ticket.pass_id:
        yield GOOD, "A pass was signed and read."
    else:
        yield BAD, "A signed pass says something else."


def _disk(_now: datetime) -> Iterator[tuple[str, str]]:
    free = shutil.disk_usage(current_app.config["INSTANCE_PATH"]).free
    level = BAD if free < _NO_SPACE else ODD if free < _LITTLE_SPACE else GOOD
    yield level, f"{free / 1e9:.1f} GB are free in the instance folder."


_EXAMINATIONS: dict[str, Examination] = {
    "settings": _settings,
    "rate limits": _limits,
    "database": _database,
    "clocks": _clocks,
    "counters": _counters,
    "words": _words,
    "money": _money,
    "books": _books,
    "invoices": _invoices,
    "stripe": _stripe,
    "worker": _worker,
    "letters": _letters,
    "mail server": _mail_server,
    "paper": _paper,
    "fonts": _fonts,
    "storage": _storage,
    "signing key": _signing_key,
    "disk": _disk,
}


def _at_most(level: str, sentences: list[str]) -> Iterator[tuple[str, str]]:
    for sentence in sentences[:_AT_MOST]:
        yield level, sentence
    if len(sentences) > _AT_MOST:
        yield level, f"And {len(sentences) - _AT_MOST} more of this kind."


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
