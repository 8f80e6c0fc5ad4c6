"""Signs of life: when the worker last ran each of its periodic jobs."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from festival.db import Model, UtcDateTime


class Heartbeat(Model):
    """When the worker last finished the periodic job `name`, and how many rows failed in it."""

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
