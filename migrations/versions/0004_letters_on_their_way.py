"""Letters on their way: who holds one, whether it was handed over, what went wrong; heartbeats."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ON_ITS_WAY = sa.text("state IN ('waiting', 'sending')")


def upgrade():
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("reply_to", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("lease", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("handed_over_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("problem_kind", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("answer", sa.Text(), nullable=False, server_default=""))
        table.create_check_constraint(
            op.f("ck_letter_known_problem"),
            "problem_kind IN ('', 'connection', 'refused', 'answer_lost', 'worker_stopped',"
            " 'attachment', 'letter')",
        )
        table.create_index(
            "one_copy_on_its_way",
            ["again_of_id"],
            unique=True,
            sqlite_where=ON_ITS_WAY,
            postgresql_where=ON_ITS_WAY,
        )


def downgrade():
    with op.batch_alter_table("letter") as table:
        table.drop_index("one_copy_on_its_way")
        table.drop_constraint(op.f("ck_letter_known_problem"), type_="check")
        table.drop_column("answer")
        table.drop_column("problem_kind")
        table.drop_column("handed_over_at")
        table.drop_column("lease")
        table.drop_column("reply_to")
    op.drop_table("heartbeat")
