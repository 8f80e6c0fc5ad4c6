"""Vouchers; the codes of hidden ticket types become vouchers that open them."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "voucher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer()),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("max_per_order", sa.Integer()),
        sa.Column("pool_id", sa.Integer()),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True)),
        sa.Column("valid_until", sa.DateTime(timezone=True)),
        sa.Column("off_at", sa.DateTime(timezone=True)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "effect IN ('fixed', 'percent', 'amount', 'free', 'opens')",
            name=op.f("ck_voucher_known_effect"),
        ),
        sa.CheckConstraint(
            "value >= 0 AND (effect <> 'percent' OR value <= 100)", name=op.f("ck_voucher_value")
        ),
        sa.CheckConstraint(
            "0 <= used AND (uses IS NULL OR used <= uses)", name=op.f("ck_voucher_never_overused")
        ),
        sa.CheckConstraint(
            "0 <= blocked AND (blocked = 0 OR pool_id IS NOT NULL)",
            name=op.f("ck_voucher_blocks_in_a_pool"),
        ),
        sa.CheckConstraint(
            "pool_id IS NULL OR uses IS NOT NULL", name=op.f("ck_voucher_blocks_a_number")
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_voucher_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_voucher_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_voucher_pool_id_pool")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_voucher_edition_id_key")),
    )
    op.create_index(op.f("ix_voucher_pool_id"), "voucher", ["pool_id"])
    op.create_table(
        "voucher_type",
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["voucher_id"],
            ["voucher.id"],
            name=op.f("fk_voucher_type_voucher_id_voucher"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["ticket_type.id"], name=op.f("fk_voucher_type_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("voucher_id", "type_id", name=op.f("pk_voucher_type")),
    )
    op.create_index(op.f("ix_voucher_type_type_id"), "voucher_type", ["type_id"])
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("voucher_id", sa.Integer()))
        table.create_foreign_key(
            op.f("fk_ticket_voucher_id_voucher"), "voucher", ["voucher_id"], ["id"]
        )
        table.create_index(op.f("ix_ticket_voucher_id"), ["voucher_id"])
    with op.batch_alter_table("ticket_type") as table:
        table.add_column(
            sa.Column("is_hidden", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _make_vouchers(op.get_bind())
    with op.batch_alter_table("ticket_type") as table:
        table.alter_column("is_hidden", server_default=None)
        table.drop_column("code")


def downgrade():
    connection = op.get_bind()
    with op.batch_alter_table("ticket_type") as table:
        table.add_column(sa.Column("code", sa.Text(), nullable=False, server_default=""))
    # A hidden type that no code opens stays hidden behind one that nobody knows.
    connection.execute(
        sa.text(
            "UPDATE ticket_type SET code = COALESCE((SELECT MIN(voucher.code) FROM voucher"
            " JOIN voucher_type ON voucher_type.voucher_id = voucher.id"
            " WHERE voucher_type.type_id = ticket_type.id AND voucher.off_at IS NULL),"
            " 'VERBORGEN' || id) WHERE is_hidden"
        )
    )
    connection.execute(
        sa.text(
            "UPDATE pool SET taken = taken - COALESCE((SELECT SUM(voucher.blocked) FROM voucher"
            " WHERE voucher.pool_id = pool.id), 0)"
        )
    )
    with op.batch_alter_table("ticket_type") as table:
        table.alter_column("code", server_default=None)
        table.drop_column("is_hidden")
    with op.batch_alter_table("ticket") as table:
        table.drop_index(op.f("ix_ticket_voucher_id"))
        table.drop_constraint(op.f("fk_ticket_voucher_id_voucher"), type_="foreignkey")
        table.drop_column("voucher_id")
    op.drop_table("voucher_type")
    op.drop_table("voucher")


def _make_vouchers(connection):
    """Make a voucher without a limit of each code; its tickets count as its uses."""
    columns = (
        "id", "edition_id", "code", "key", "effect", "value", "used", "blocked", "note", "tag",
        "created_at",
    )  # fmt: skip
    voucher = sa.table(
        "voucher",
        *map(sa.column, columns[:-1]),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    of_type = sa.table("voucher_type", sa.column("voucher_id"), sa.column("type_id"))
    rows = connection.execute(
        sa.text(
            "SELECT id, edition_id, code FROM ticket_type WHERE code <> '' ORDER BY edition_id, id"
        )
    ).all()
    made = {}
    for type_id, edition_id, code in rows:
        key = re.sub(r"[\W_]+", "", code).upper()
        if not key:  # signs alone were as good as no code
            continue
        if (edition_id, key) not in made:
            values = {
                "edition_id": edition_id, "code": code, "key": key, "effect": "opens", "value": 0,
                "used": 0, "blocked": 0, "note": "", "tag": "", "created_at": sa.func.now(),
            }  # fmt: skip
            made[edition_id, key] = connection.execute(
                sa.insert(voucher).values(values).returning(voucher.c.id)
            ).scalar_one()
        voucher_id = made[edition_id, key]
        connection.execute(sa.insert(of_type).values(voucher_id=voucher_id, type_id=type_id))
        connection.execute(
            sa.text("UPDATE ticket_type SET is_hidden = :yes WHERE id = :id"),
            {"yes": True, "id": type_id},
        )
        connection.execute(
            sa.text("UPDATE ticket SET voucher_id = :voucher_id WHERE type_id = :id"),
            {"voucher_id": voucher_id, "id": type_id},
        )
    connection.execute(
        sa.text(
            "UPDATE voucher SET used = (SELECT COUNT(*) FROM ticket"
            " WHERE ticket.voucher_id = voucher.id AND ticket.released_at IS NULL)"
        )
    )
