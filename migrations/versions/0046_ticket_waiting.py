"""Who waits for tickets of a type that is sold out."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "ticket_wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_ticket_wait_number")),
        sa.CheckConstraint(
            "outcome IN ('', 'ordered', 'lapsed', 'left')",
            name=op.f("ck_ticket_wait_known_outcome"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (outcome = '')", name=op.f("ck_ticket_wait_ends_with_an_outcome")
        ),
        sa.CheckConstraint(
            "(offered_at IS NULL) = (offer_ends_at IS NULL)",
            name=op.f("ck_ticket_wait_an_offer_has_an_end"),
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["ticket_type.id"], name=op.f("fk_ticket_wait_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_wait")),
        sa.UniqueConstraint("code", name=op.f("uq_ticket_wait_code")),
        sa.UniqueConstraint("secret", name=op.f("uq_ticket_wait_secret")),
    )
    op.create_index(op.f("ix_ticket_wait_offer_ends_at"), "ticket_wait", ["offer_ends_at"])
    op.create_index(op.f("ix_ticket_wait_type_id"), "ticket_wait", ["type_id"])
    op.create_index(
        "one_wait_per_type",
        "ticket_wait",
        ["type_id", "email"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade():
    op.drop_table("ticket_wait")
