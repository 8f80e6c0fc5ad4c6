"""Months of the books that are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "books_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("closed_until_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_end")),
        sa.UniqueConstraint("name", name=op.f("uq_books_end_name")),
    )
    op.create_table(
        "closed_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["team_member.id"],
            name=op.f("fk_closed_month_closed_by_id_team_member"),
        ),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_closed_month")),
    )


def downgrade():
    op.drop_table("closed_month")
    op.drop_table("books_end")
