"""Lines of bank statements, and the payments that they became."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("payer_iban", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_id", sa.Integer()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("set_aside_note", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_bank_line_more_than_nothing")),
        sa.ForeignKeyConstraint(
            ["imported_by_id"],
            ["team_member.id"],
            name=op.f("fk_bank_line_imported_by_id_team_member"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("key", name=op.f("uq_bank_line_key")),
    )
    op.create_index("ix_bank_line_waiting", "bank_line", ["settled_at", "booked_on"])
    with op.batch_alter_table("payment") as table:
        table.add_column(sa.Column("bank_line_id", sa.Integer()))
        table.create_foreign_key(
            op.f("fk_payment_bank_line_id_bank_line"), "bank_line", ["bank_line_id"], ["id"]
        )
        table.create_index(op.f("ix_payment_bank_line_id"), ["bank_line_id"])


def downgrade():
    with op.batch_alter_table("payment") as table:
        table.drop_index(op.f("ix_payment_bank_line_id"))
        table.drop_constraint(op.f("fk_payment_bank_line_id_bank_line"), type_="foreignkey")
        table.drop_column("bank_line_id")
    op.drop_table("bank_line")
