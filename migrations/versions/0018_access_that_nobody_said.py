"""Of each stage and session it can be said that something is there, that it is not, or nothing.

What was ticked stays a yes. Without a tick nobody had said no.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FIELDS = ("is_step_free", "has_hearing_loop", "is_quiet")
stage = sa.table("stage", *(sa.column(name, sa.Boolean) for name in FIELDS))


def upgrade():
    with op.batch_alter_table("stage") as batch_op:
        for name in FIELDS:
            batch_op.alter_column(name, existing_type=sa.Boolean(), nullable=True)
    for name in FIELDS:
        op.execute(stage.update().where(stage.c[name].is_(False)).values({name: None}))
    with op.batch_alter_table("session") as batch_op:
        batch_op.add_column(sa.Column("no_access", sa.JSON(), nullable=False, server_default="[]"))


def downgrade():
    with op.batch_alter_table("session") as batch_op:
        batch_op.drop_column("no_access")
    for name in FIELDS:
        op.execute(stage.update().where(stage.c[name].is_(None)).values({name: False}))
    with op.batch_alter_table("stage") as batch_op:
        for name in FIELDS:
            batch_op.alter_column(name, existing_type=sa.Boolean(), nullable=False)
