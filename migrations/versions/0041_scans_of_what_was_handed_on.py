"""Scans of a code that was void because its ticket was handed on."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

KNOWN = "ck_scan_known_outcome"
BEFORE = "'admitted', 'already_in', 'not_paid', 'released'"
AFTER = "'wrong_day', 'wrong_edition', 'forged', 'unknown'"


def upgrade():
    with op.batch_alter_table("scan") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.create_check_constraint(op.f(KNOWN), f"outcome IN ({BEFORE}, 'handed_on', {AFTER})")


def downgrade():
    scan = sa.table("scan", sa.column("outcome", sa.Text()))
    op.execute(scan.update().where(scan.c.outcome == "handed_on").values(outcome="unknown"))
    with op.batch_alter_table("scan") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.create_check_constraint(op.f(KNOWN), f"outcome IN ({BEFORE}, {AFTER})")
