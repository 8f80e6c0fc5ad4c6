"""Signs of life: when the worker last did its round."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from festival.db import Model, UtcDateTime


class Heartbeat(Model):
    """The last time that something which must happen again and again (such as a sweep) happened."""

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
