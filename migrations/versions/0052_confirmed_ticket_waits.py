"""Whoever waits for tickets confirms their address first; whose network it was."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("ticket_wait", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    op.add_column("ticket_wait", sa.Column("network", sa.Text(), server_default="", nullable=False))
    # Whoever is in line was told so, and keeps the place.
    op.execute("UPDATE ticket_wait SET confirmed_at = joined_at")


def downgrade():
    # What was never confirmed was never in line.
    op.execute("DELETE FROM ticket_wait WHERE confirmed_at IS NULL")
    op.drop_column("ticket_wait", "network")
    op.drop_column("ticket_wait", "confirmed_at")
