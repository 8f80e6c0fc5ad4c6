"""Signs of life: when the worker last ran its rounds."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from festival.db import Model, UtcDateTime


class Heartbeat(Model):
    """When the worker last ran the round `name`, such as `sweep`."""

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
