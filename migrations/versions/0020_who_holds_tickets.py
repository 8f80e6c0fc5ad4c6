"""Whose mail an order is, and which mailboxes are known; unpaid tickets are held for some days."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FORMER_DEFAULT, DEFAULT, MOST = 14, 5, 14


def upgrade():
    op.create_table(
        "buyer_mailbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyer_mailbox")),
        sa.UniqueConstraint("address", name=op.f("uq_buyer_mailbox_address")),
        sa.UniqueConstraint("secret", name=op.f("uq_buyer_mailbox_secret")),
    )
    with op.batch_alter_table("orders") as table:
        table.add_column(sa.Column("mailbox", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    orders = sa.table("orders", sa.column("id"), sa.column("email"), sa.column("mailbox"))
    connection.execute(sa.update(orders).values(mailbox=orders.c.email))
    tagged = sa.select(orders.c.id, orders.c.email).where(orders.c.email.contains("+"))
    for row in connection.execute(tagged).all():
        name, _at, domain = row.email.rpartition("@")
        mailbox = f"{name.partition('+')[0]}@{domain}"
        connection.execute(sa.update(orders).where(orders.c.id == row.id).values(mailbox=mailbox))
    with op.batch_alter_table("orders") as table:
        table.alter_column("mailbox", server_default=None)
        table.create_index("ix_orders_mailbox", ["mailbox"])
    # Nobody chose the former default. Orders keep the day that their buyers were told.
    editions = sa.table("edition", sa.column("payment_days"))
    days = editions.c.payment_days
    connection.execute(
        sa.update(editions).where(days == FORMER_DEFAULT).values(payment_days=DEFAULT)
    )
    connection.execute(sa.update(editions).where(days > MOST).values(payment_days=MOST))


def downgrade():
    with op.batch_alter_table("orders") as table:
        table.drop_index("ix_orders_mailbox")
        table.drop_column("mailbox")
    op.drop_table("buyer_mailbox")
