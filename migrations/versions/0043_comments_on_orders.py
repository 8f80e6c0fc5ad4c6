"""What the team writes about an order for each other."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "order_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_comment_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["team_member.id"], name=op.f("fk_order_comment_member_id_team_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_comment")),
    )
    op.create_index(op.f("ix_order_comment_order_id"), "order_comment", ["order_id"])
    op.create_index("one_comment_per_form", "order_comment", ["form_key"], unique=True)


def downgrade():
    op.drop_index("one_comment_per_form", "order_comment")
    op.drop_index(op.f("ix_order_comment_order_id"), "order_comment")
    op.drop_table("order_comment")
