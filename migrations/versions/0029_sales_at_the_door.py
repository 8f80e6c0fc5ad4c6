"""Sales at the door: which types, what each device sold, and what was counted of its till."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("ticket_type") as table:
        table.add_column(
            sa.Column("is_sold_at_door", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table(
        "door_sale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_door_sale_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_door_sale_device_id_device")
        ),
        sa.ForeignKeyConstraint(["gate_id"], ["gate.id"], name=op.f("fk_door_sale_gate_id_gate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_sale")),
        sa.UniqueConstraint("order_id", name=op.f("uq_door_sale_order_id")),
    )
    op.create_index(op.f("ix_door_sale_device_id"), "door_sale", ["device_id"])
    op.create_index(op.f("ix_door_sale_sold_on"), "door_sale", ["sold_on"])
    op.create_index("one_door_sale_per_form", "door_sale", ["form_key"], unique=True)
    op.create_table(
        "till_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("cash_cents", sa.Integer(), nullable=False),
        sa.Column("card_cents", sa.Integer(), nullable=False),
        sa.Column("sold_cash_cents", sa.Integer(), nullable=False),
        sa.Column("sold_card_cents", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_by_id", sa.Integer()),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cash_cents >= 0 AND card_cents >= 0", name=op.f("ck_till_count_counted_something")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_till_count_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_till_count_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["counted_by_id"],
            ["team_member.id"],
            name=op.f("fk_till_count_counted_by_id_team_member"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_count")),
    )
    op.create_index(op.f("ix_till_count_edition_id"), "till_count", ["edition_id"])
    op.create_index("one_count_per_form", "till_count", ["form_key"], unique=True)


def downgrade():
    op.drop_table("till_count")
    op.drop_table("door_sale")
    with op.batch_alter_table("ticket_type") as table:
        table.drop_column("is_sold_at_door")
