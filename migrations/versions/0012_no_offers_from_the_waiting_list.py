"""The waiting list gives places away at once: a booking is never an offer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("booking") as batch_op:
        batch_op.drop_column("offered_until")


def downgrade():
    with op.batch_alter_table("booking") as batch_op:
        batch_op.add_column(sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True))
