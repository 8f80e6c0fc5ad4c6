"""Names and addresses that were corrected, and tickets that were handed on."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "order_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("old_name", sa.Text(), nullable=False),
        sa.Column("new_name", sa.Text(), nullable=False),
        sa.Column("old_email", sa.Text(), nullable=False),
        sa.Column("new_email", sa.Text(), nullable=False),
        sa.Column("void_secret", sa.Text()),
        sa.Column("void_code", sa.Text()),
        sa.Column("void_pass_id", sa.Text()),
        sa.CheckConstraint(
            "kind IN ('corrected', 'handed_on')", name=op.f("ck_order_change_known_kind")
        ),
        sa.CheckConstraint(
            "maker IN ('buyer', 'holder', 'team')", name=op.f("ck_order_change_known_maker")
        ),
        sa.CheckConstraint(
            "(maker = 'team') = (member_id IS NOT NULL)",
            name=op.f("ck_order_change_member_of_team"),
        ),
        sa.CheckConstraint(
            "(kind = 'handed_on') = (void_pass_id IS NOT NULL)",
            name=op.f("ck_order_change_handed_on_is_void"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_change_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_order_change_ticket_id_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["team_member.id"], name=op.f("fk_order_change_member_id_team_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_change")),
        sa.UniqueConstraint("void_secret", name=op.f("uq_order_change_void_secret")),
        sa.UniqueConstraint("void_code", name=op.f("uq_order_change_void_code")),
        sa.UniqueConstraint("void_pass_id", name=op.f("uq_order_change_void_pass_id")),
    )
    op.create_index(op.f("ix_order_change_order_id"), "order_change", ["order_id"])
    op.create_index(op.f("ix_order_change_ticket_id"), "order_change", ["ticket_id"])


def downgrade():
    op.drop_index(op.f("ix_order_change_ticket_id"), "order_change")
    op.drop_index(op.f("ix_order_change_order_id"), "order_change")
    op.drop_table("order_change")
