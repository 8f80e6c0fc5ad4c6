"""Terms for changing and cancelling tickets; tickets cancelled one by one; where refunds go."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

DEADLINES = ("changes_until_on", "cancel_until_on", "cancel_free_until_on")
FEES = ("cancel_fee_cents", "cancel_fee_percent")
CHECKS = {
    "ck_edition_fee_not_negative": "cancel_fee_cents >= 0",
    "ck_edition_fee_part_of_price": "cancel_fee_percent BETWEEN 0 AND 100",
}
CANCELLED_IS_RELEASED = "ck_ticket_cancelled_is_released"


def upgrade():
    with op.batch_alter_table("edition") as table:
        for column in DEADLINES:
            table.add_column(sa.Column(column, sa.Date()))
        for column in FEES:
            table.add_column(sa.Column(column, sa.Integer(), server_default="0", nullable=False))
        for name, condition in CHECKS.items():
            table.create_check_constraint(op.f(name), condition)
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True)))
        table.create_check_constraint(
            op.f(CANCELLED_IS_RELEASED), "cancelled_at IS NULL OR released_at IS NOT NULL"
        )
    with op.batch_alter_table("refund") as table:
        table.add_column(sa.Column("iban", sa.Text(), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("refund") as table:
        table.drop_column("iban")
    with op.batch_alter_table("ticket") as table:
        table.drop_constraint(op.f(CANCELLED_IS_RELEASED), type_="check")
        table.drop_column("cancelled_at")
    with op.batch_alter_table("edition") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(name), type_="check")
        for column in (*DEADLINES, *FEES):
            table.drop_column(column)
