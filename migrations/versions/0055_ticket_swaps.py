"""Tickets that are swapped for another type."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "ticket_swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("from_type_id", sa.Integer(), nullable=False),
        sa.Column("to_type_id", sa.Integer(), nullable=False),
        sa.Column("from_cents", sa.Integer(), nullable=False),
        sa.Column("to_cents", sa.Integer(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=True),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'done', 'lapsed', 'called_off', 'late')",
            name=op.f("ck_ticket_swap_known_outcome"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (outcome = '')", name=op.f("ck_ticket_swap_ends_with_an_outcome")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR pool_id IS NULL", name=op.f("ck_ticket_swap_ended_keeps_no_place")
        ),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR due_at IS NOT NULL", name=op.f("ck_ticket_swap_waits_until")
        ),
        sa.CheckConstraint(
            "from_cents >= 0 AND to_cents >= 0 AND fee_cents >= 0",
            name=op.f("ck_ticket_swap_prices"),
        ),
        sa.CheckConstraint(
            "maker IN ('buyer', 'holder', 'team')", name=op.f("ck_ticket_swap_known_maker")
        ),
        sa.CheckConstraint(
            "(maker = 'team') = (member_id IS NOT NULL)",
            name=op.f("ck_ticket_swap_member_of_team"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_ticket_swap_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_swap_ticket_id_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["from_type_id"],
            ["ticket_type.id"],
            name=op.f("fk_ticket_swap_from_type_id_ticket_type"),
        ),
        sa.ForeignKeyConstraint(
            ["to_type_id"], ["ticket_type.id"], name=op.f("fk_ticket_swap_to_type_id_ticket_type")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_ticket_swap_pool_id_pool")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["team_member.id"], name=op.f("fk_ticket_swap_member_id_team_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_swap")),
    )
    for column in ("order_id", "ticket_id", "from_type_id", "to_type_id", "pool_id"):
        op.create_index(op.f(f"ix_ticket_swap_{column}"), "ticket_swap", [column])
    op.create_index("one_swap_per_form", "ticket_swap", ["form_key"], unique=True)
    op.create_index(
        "one_open_swap",
        "ticket_swap",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade():
    op.drop_table("ticket_swap")
