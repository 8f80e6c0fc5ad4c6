"""Solidarity funds, and vouchers that draw on them."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

FUND_PAYS_ALL = "ck_voucher_fund_pays_all"


def upgrade():
    op.create_table(
        "solidarity_fund",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_cents", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("ticket_cents > 0", name=op.f("ck_solidarity_fund_costs_something")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_solidarity_fund_used_not_negative")),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_solidarity_fund_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_solidarity_fund")),
    )
    with op.batch_alter_table("voucher") as table:
        table.add_column(
            sa.Column("is_solidarity", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.create_check_constraint(op.f(FUND_PAYS_ALL), "effect = 'free' OR NOT is_solidarity")


def downgrade():
    with op.batch_alter_table("voucher") as table:
        table.drop_constraint(op.f(FUND_PAYS_ALL), type_="check")
        table.drop_column("is_solidarity")
    op.drop_table("solidarity_fund")
