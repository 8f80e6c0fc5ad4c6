"""What the worker does by itself, and how it goes: for `flask doctor` and the team."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from festival import jobs
from festival.accounts.queries import first_member_at
from festival.db import db, transactional, upsert
from festival.home.models import Heartbeat

_SLACK = timedelta(minutes=3)


@dataclass(frozen=True)
class JobState:
    """A periodic job: when it last ran, and of how many rows it then failed."""

    job: jobs.PeriodicJob
    at: datetime | None  # None: it never ran
    failed: int
    is_late: bool

    @property
    def is_well(self) -> bool:
        """Whether it is in time and nothing failed."""
        return not self.is_late and not self.failed


@transactional
def record(name: str, *, failed: int = 0, now: datetime) -> None:
    """Note that the periodic job `name` finished at `now`, and of how many rows it failed."""
    upsert(Heartbeat, {"name": name, "at": now, "failed": failed})


def states(now: datetime) -> list[JobState]:
    """Returns the state of every periodic job. One is late if it missed its turn twice.

    One that never ran had its first turn when the first member was added to the team.
    """
    queue: jobs.Jobs = current_app.extensions["jobs"]
    beats = {beat.name: beat for beat in db.session.scalars(select(Heartbeat))}
    all_ran = queue.sweeps.keys() <= beats.keys()
    began_at = None if all_ran else first_member_at()
    return [_state(job, beats.get(job.name), began_at, now) for job in queue.sweeps.values()]


def _state(
    job: jobs.PeriodicJob, beat: Heartbeat | None, began_at: datetime | None, now: datetime
) -> JobState:
    patience = timedelta(minutes=2 * job.every_minutes) + _SLACK
    if beat is None:
        is_late = began_at is None or now - began_at > patience
        return JobState(job, at=None, failed=0, is_late=is_late)
    return JobState(job, at=beat.at, failed=beat.failed, is_late=now - beat.at > patience)
