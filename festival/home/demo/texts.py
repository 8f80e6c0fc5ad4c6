"""Reading the demo's texts."""

import tomllib
from pathlib import Path
from typing import Any

from festival.web.languages import Bilingual

_FOLDER = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    """Returns the contents of `<name>.toml` in this folder."""
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def bilingual(table: dict[str, Any], *names: str) -> dict[str, Bilingual]:
    """Returns the texts `<name>_nl` and `<name>_en` for each of `names`."""
    return {
        name: Bilingual(table.get(f"{name}_nl", "").strip(), table.get(f"{name}_en", "").strip())
        for name in names
    }
