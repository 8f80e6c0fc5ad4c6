"""Compile every template with the program's own Jinja, and say which ones fail."""

import sys
import tempfile
from pathlib import Path

from jinja2 import TemplateSyntaxError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from festival import create_app  # noqa: E402 (found by the line above)


def main() -> None:
    """Compile all of them."""
    faults = []
    with tempfile.TemporaryDirectory() as instance:
        environment = create_app({"INSTANCE_PATH": instance}).jinja_env
    # Also files other than HTML, such as the texts of letters.
    names = sorted(
        str(path.relative_to(ROOT / "templates"))
        for path in (ROOT / "templates").rglob("*.*")
        if path.is_file() and path.suffix != ".css"
    )
    for name in names:
        try:
            environment.get_template(name)
        except TemplateSyntaxError as error:
            faults.append(f"templates/{error.name or name}:{error.lineno}: {error.message}")
    print("\n".join(faults) or f"{len(names)} templates compile")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
