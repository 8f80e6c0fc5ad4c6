"""Refunds that the team drops: since when, why, and who did."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

STATE = "ck_refund_known_state"
DROPPED = "ck_refund_dropped_since"
MEMBER = "fk_refund_dropped_by_id_team_member"


def upgrade():
    with op.batch_alter_table("refund") as table:
        table.add_column(sa.Column("dropped_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("drop_note", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("dropped_by_id", sa.Integer()))
        table.create_foreign_key(op.f(MEMBER), "team_member", ["dropped_by_id"], ["id"])
        table.drop_constraint(op.f(STATE), type_="check")
        table.create_check_constraint(
            op.f(STATE), "state IN ('requested', 'sent', 'done', 'failed', 'dropped')"
        )
        table.create_check_constraint(
            op.f(DROPPED), "(state = 'dropped') = (dropped_at IS NOT NULL)"
        )


def downgrade():
    op.execute("UPDATE refund SET state = 'failed', dropped_at = NULL WHERE state = 'dropped'")
    with op.batch_alter_table("refund") as table:
        table.drop_constraint(op.f(DROPPED), type_="check")
        table.drop_constraint(op.f(STATE), type_="check")
        table.create_check_constraint(
            op.f(STATE), "state IN ('requested', 'sent', 'done', 'failed')"
        )
        table.drop_constraint(op.f(MEMBER), type_="foreignkey")
        for column in ("dropped_by_id", "drop_note", "dropped_at"):
            table.drop_column(column)
