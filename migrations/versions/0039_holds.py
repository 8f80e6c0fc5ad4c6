"""Places that are kept for somebody who is ordering."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_hold_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("secret", name=op.f("uq_hold_secret")),
    )
    op.create_index(op.f("ix_hold_edition_id"), "hold", ["edition_id"])
    op.create_index(op.f("ix_hold_ends_at"), "hold", ["ends_at"])
    op.create_index(op.f("ix_hold_network"), "hold", ["network"])

    op.create_table(
        "held_places",
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_held_places_number")),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["hold.id"],
            name=op.f("fk_held_places_hold_id_hold"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_held_places_pool_id_pool")),
        sa.PrimaryKeyConstraint("hold_id", "pool_id", name=op.f("pk_held_places")),
    )
    op.create_index(op.f("ix_held_places_pool_id"), "held_places", ["pool_id"])


def downgrade():
    op.drop_table("held_places")
    op.drop_table("hold")
