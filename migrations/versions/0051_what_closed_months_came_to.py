"""What the books came to when a month was closed."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "closed_sums",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("charged_cents", sa.Integer(), nullable=False),
        sa.Column("received_cents", sa.Integer(), nullable=False),
        sa.Column("paid_back_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_closed_sums_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["month"],
            ["closed_month.month"],
            name=op.f("fk_closed_sums_month_closed_month"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("month", "edition_id", name=op.f("pk_closed_sums")),
    )
    op.create_index(op.f("ix_closed_sums_edition_id"), "closed_sums", ["edition_id"])


def downgrade():
    op.drop_table("closed_sums")
