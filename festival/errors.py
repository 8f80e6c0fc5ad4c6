"""How a rule says no: by raising a `Refusal` whose docstring is what the visitor reads."""

from typing import Any, ClassVar

from flask_babel import gettext


class Refusal(Exception):
    """Dat kan nu niet. Ververs de pagina en probeer het nog eens."""

    # The docstring of a subclass says in Dutch what is wrong and what to do now; it is also the key
    # of its translation. `{names}` in it are filled from the keyword arguments.
    status: ClassVar[int] = 409
    retry_after: ClassVar[int] = 0  # seconds after which it may well work, or 0

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(type(self).__name__, details)

    @property
    def code(self) -> str:
        """The name by which programs know this refusal, such as `SlotFull`."""
        return type(self).__name__

    def __str__(self) -> str:
        sentence = " ".join((type(self).__doc__ or Refusal.__doc__ or "").split())
        translated: str = gettext(sentence)
        return translated.format(**self.details)
