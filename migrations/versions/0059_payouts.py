"""What Stripe paid out, and of which payments."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stripe_payout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payout_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_payout")),
        sa.UniqueConstraint("payout_id", name=op.f("uq_stripe_payout_payout_id")),
    )
    with op.batch_alter_table("stripe_payout") as table:
        table.create_index(op.f("ix_stripe_payout_arrives_on"), ["arrives_on"])
    op.create_table(
        "payout_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payout_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["stripe_payout.id"], name=op.f("fk_payout_line_payout_id_stripe_payout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_line")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_payout_line_transaction_id")),
    )
    with op.batch_alter_table("payout_line") as table:
        table.create_index(op.f("ix_payout_line_payout_id"), ["payout_id"])
        table.create_index(op.f("ix_payout_line_intent_id"), ["intent_id"])


def downgrade():
    op.drop_table("payout_line")
    op.drop_table("stripe_payout")
