"""Bring the database up to date and load the demo edition into an empty one. Run by scripts/run.py.

With --reset all data is deleted first.
"""

import argparse
import logging
import os
import shutil
import sys
from pathlib import Path

import flask_migrate
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

# The program is not installed: it is in the folder above this one.
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from festival import create_app  # noqa: E402 (found by the line above)
from festival.db import db  # noqa: E402
from festival.editions.models import Edition  # noqa: E402

INSTANCE = Path(os.environ["INSTANCE_PATH"])
DEMO = "samen-2027"


def main() -> None:
    """Prepare, or say in one sentence why that is not possible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reset", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    try:
        if options.reset:
            refuse_others_work()
            empty()
        load()
    except OperationalError as error:
        sys.exit(f"The database does not answer: {first_line(error)}")
    except DatabaseError as error:
        sys.exit(f"The database cannot be used: {first_line(error)}")


def load() -> None:
    """Run the migrations, and load the demo edition if there is no edition."""
    app = create_app()
    with app.app_context():
        flask_migrate.upgrade(str(ROOT / "migrations"))
        logging.disable(logging.INFO)
        editions = db.session.scalar(select(func.count()).select_from(Edition))
        db.session.remove()
    if not editions:
        print("· Loading the demo edition …", flush=True)
        # In one transaction: if interrupted, the next start does it again.
        app.cli.main(["demo", "load"], standalone_mode=False)


def refuse_others_work() -> None:
    """Exit if the database holds an edition that is not the demo's."""
    app = create_app()
    with app.app_context():
        try:
            slugs = set(db.session.scalars(select(Edition.slug)))
        except DatabaseError:
            return  # no tables yet, or from an older version: nothing that we could read
    if slugs - {DEMO}:
        sys.exit(
            "The database holds an edition that is not the demo's "
            f"({', '.join(sorted(slugs - {DEMO}))}): nothing was thrown away."
        )


def empty() -> None:
    """Delete the data; the secrets in the instance folder stay."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'festival.sqlite3'}"
    if make_url(url).get_backend_name() == "sqlite":
        database = Path(make_url(url).database or "")
        for path in database.parent.glob(f"{database.name}*"):
            path.unlink()
    else:
        with create_app().app_context():
            flask_migrate.downgrade(str(ROOT / "migrations"), revision="base")
    for jobs in INSTANCE.glob("jobs.sqlite3*"):
        jobs.unlink()
    for folder in ("mail", "files"):
        shutil.rmtree(INSTANCE / folder, ignore_errors=True)


def first_line(error: DatabaseError) -> str:
    """Returns the first line of the database's message, without the statement."""
    return str(error.orig).strip().splitlines()[0]


if __name__ == "__main__":
    main()
