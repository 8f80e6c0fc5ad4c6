"""Categories of VAT; a ledger that says what each order costs and what moved; refunds of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CATEGORIES = {21: "standard", 9: "reduced"}

# An UPDATE of an entry is refused by the database itself.
STAYS = "CREATE TRIGGER ledger_entry_stays BEFORE UPDATE ON ledger_entry"
TRIGGERS = {
    "postgresql": (
        "CREATE FUNCTION ledger_entry_stays() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'entries of the ledger never change'; END $$",
        f"{STAYS} FOR EACH ROW EXECUTE FUNCTION ledger_entry_stays()",
    ),
    "sqlite": (f"{STAYS} BEGIN SELECT RAISE(ABORT, 'entries of the ledger never change'); END",),
}


def upgrade():
    connection = op.get_bind()
    tickets = _percentages(connection)
    _change_ticket_types(connection)
    _create_ledger()
    _fill_ledger(connection, tickets)
    _separate_refunds(connection)
    with op.batch_alter_table("ticket") as table:
        table.drop_column("vat_percent")
    for statement in TRIGGERS[connection.dialect.name]:
        op.execute(statement)


def downgrade():
    connection = op.get_bind()
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("vat_percent", sa.Integer(), nullable=False, server_default="0"))
    ticket = sa.table("ticket", sa.column("id"), sa.column("vat_percent"))
    entry = sa.table(
        "ledger_entry", sa.column("ticket_id"), sa.column("kind"), sa.column("vat_percent")
    )
    sold = sa.select(sa.func.max(entry.c.vat_percent)).where(
        entry.c.ticket_id == ticket.c.id, entry.c.kind == "sale"
    )
    connection.execute(
        sa.update(ticket).values(vat_percent=sa.func.coalesce(sold.scalar_subquery(), 0))
    )
    with op.batch_alter_table("ticket") as table:
        table.alter_column("vat_percent", server_default=None)
    _join_refunds(connection)
    op.drop_table("refund")
    if connection.dialect.name == "postgresql":
        op.execute("DROP TRIGGER ledger_entry_stays ON ledger_entry")
        op.execute("DROP FUNCTION ledger_entry_stays()")
    op.drop_table("ledger_entry")
    with op.batch_alter_table("ticket_type") as table:
        table.add_column(sa.Column("vat_percent", sa.Integer(), nullable=False, server_default="0"))
    types = sa.table("ticket_type", sa.column("vat_percent"), sa.column("vat_category"))
    for percent, category in CATEGORIES.items():
        connection.execute(
            sa.update(types).where(types.c.vat_category == category).values(vat_percent=percent)
        )
    with op.batch_alter_table("ticket_type") as table:
        table.alter_column("vat_percent", server_default=None)
        table.create_check_constraint(
            op.f("ck_ticket_type_vat_is_percentage"), "vat_percent BETWEEN 0 AND 100"
        )
        table.drop_constraint(op.f("ck_ticket_type_next_vat_has_a_day"), type_="check")
        for name in (
            "vat_category",
            "vat_reason",
            "next_vat_category",
            "next_vat_reason",
            "next_vat_from_on",
        ):
            table.drop_column(name)


def _percentages(connection):
    """Returns id, order, price, percentage, name and whether it was given back, of each ticket."""
    return connection.execute(
        sa.text(
            "SELECT ticket.id, ticket.order_id, ticket.price_cents, ticket.vat_percent,"
            " ticket_type.name_nl, ticket_type.name_en, ticket.released_at, orders.placed_at"
            " FROM ticket JOIN ticket_type ON ticket.type_id = ticket_type.id"
            " JOIN orders ON ticket.order_id = orders.id"
            " WHERE ticket.price_cents > 0 ORDER BY ticket.order_id, ticket.id"
        )
    ).all()


def _change_ticket_types(connection):
    with op.batch_alter_table("ticket_type") as table:
        for name in ("vat_category", "vat_reason", "next_vat_category", "next_vat_reason"):
            table.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("next_vat_from_on", sa.Date()))
    types = sa.table(
        "ticket_type",
        sa.column("vat_percent"),
        sa.column("vat_category"),
        sa.column("vat_reason"),
        sa.column("price_cents"),
    )
    for percent, category in CATEGORIES.items():
        connection.execute(
            sa.update(types).where(types.c.vat_percent == percent).values(vat_category=category)
        )
    # What was sold without VAT, or at a rate that is no longer there, is for a person to look at.
    connection.execute(
        sa.update(types)
        .where(types.c.vat_percent.not_in(CATEGORIES), types.c.price_cents > 0)
        .values(vat_category="outside")
    )
    with op.batch_alter_table("ticket_type") as table:
        for name in ("vat_category", "vat_reason", "next_vat_category", "next_vat_reason"):
            table.alter_column(name, server_default=None)
        table.drop_constraint(op.f("ck_ticket_type_vat_is_percentage"), type_="check")
        table.create_check_constraint(
            op.f("ck_ticket_type_next_vat_has_a_day"),
            "(next_vat_category = '') = (next_vat_from_on IS NULL)",
        )
        table.drop_column("vat_percent")


def _create_ledger():
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_nl", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("vat_category", sa.Text(), nullable=False),
        sa.Column("vat_percent", sa.Integer(), nullable=False),
        sa.Column("vat_reason", sa.Text(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer()),
        sa.Column("reverses_id", sa.Integer()),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('sale', 'reversal', 'fee', 'payment', 'refund')",
            name=op.f("ck_ledger_entry_known_kind"),
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_ledger_entry_not_nothing")),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)",
            name=op.f("ck_ledger_entry_what_it_reverses"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_ledger_entry_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ledger_entry_ticket_id_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["ledger_entry.id"],
            name=op.f("fk_ledger_entry_reverses_id_ledger_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_entry_reverses_id")),
    )
    for column in ("order_id", "ticket_id", "entered_at"):
        op.create_index(op.f(f"ix_ledger_entry_{column}"), "ledger_entry", [column])


_entry = sa.table(
    "ledger_entry",
    *map(
        sa.column,
        (
            "id", "order_id", "kind", "name_nl", "name_en", "amount_cents", "vat_category",
            "vat_percent", "vat_reason", "vat_cents", "ticket_id", "reverses_id", "entered_at",
        ),
    ),
)  # fmt: skip


def _fill_ledger(connection, tickets):
    """Enter each ticket as sold, and taken back if it was given back.

    VAT is rounded once per order and rate: the last ticket of a rate carries what is over.
    """
    gross, charged = {}, {}
    for ticket in tickets:
        key = (ticket.order_id, ticket.vat_percent)
        gross[key] = gross.get(key, 0) + ticket.price_cents
        vat = _vat(gross[key], ticket.vat_percent) - charged.get(key, 0)
        charged[key] = charged.get(key, 0) + vat
        entry = {
            "order_id": ticket.order_id,
            "kind": "sale",
            "name_nl": ticket.name_nl,
            "name_en": ticket.name_en,
            "amount_cents": ticket.price_cents,
            "vat_category": CATEGORIES.get(ticket.vat_percent, "outside"),
            "vat_percent": ticket.vat_percent,
            "vat_reason": "",
            "vat_cents": vat,
            "ticket_id": ticket.id,
            "reverses_id": None,
            "entered_at": ticket.placed_at,
        }
        inserted = connection.execute(sa.insert(_entry).values(entry).returning(_entry.c.id))
        if ticket.released_at is not None:
            entry_id = inserted.scalar_one()
            connection.execute(
                sa.insert(_entry).values(
                    entry
                    | {
                        "kind": "reversal",
                        "amount_cents": -ticket.price_cents,
                        "vat_cents": -vat,
                        "reverses_id": entry_id,
                        "entered_at": ticket.released_at,
                    }
                )
            )


def _vat(gross, percent):
    return (2 * gross * percent + 100 + percent) // (2 * (100 + percent))


def _separate_refunds(connection):
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer()),
        sa.Column("entry_id", sa.Integer()),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Integer()),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refund_more_than_nothing")),
        sa.CheckConstraint(
            "state IN ('requested', 'sent', 'done', 'failed')", name=op.f("ck_refund_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (entry_id IS NOT NULL) AND (entry_id IS NULL) = (done_at IS NULL)",
            name=op.f("ck_refund_done_is_in_the_ledger"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_refund_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_refund_entry_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["team_member.id"],
            name=op.f("fk_refund_requested_by_id_team_member"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_refund_entry_id")),
    )
    for column in ("order_id", "payment_id"):
        op.create_index(op.f(f"ix_refund_{column}"), "refund", [column])
    op.create_index("one_refund_per_form", "refund", ["form_key"], unique=True)
    with op.batch_alter_table("payment") as table:
        table.add_column(sa.Column("entry_id", sa.Integer()))
    payment = sa.table(
        "payment",
        *map(
            sa.column,
            (
                "id", "order_id", "entry_id", "method", "amount_cents", "received_at", "note",
                "form_key", "recorded_by_id",
            ),
        ),
    )  # fmt: skip
    refund = sa.table(
        "refund",
        *map(
            sa.column,
            (
                "order_id", "entry_id", "method", "amount_cents", "state", "reason",
                "requested_at", "done_at", "form_key", "requested_by_id",
            ),
        ),
    )  # fmt: skip
    for row in connection.execute(sa.select(payment).order_by(payment.c.id)).all():
        entry_id = connection.execute(
            sa.insert(_entry)
            .values(
                order_id=row.order_id,
                kind="payment" if row.amount_cents > 0 else "refund",
                name_nl="",
                name_en="",
                amount_cents=-row.amount_cents,
                vat_category="",
                vat_percent=0,
                vat_reason="",
                vat_cents=0,
                entered_at=row.received_at,
            )
            .returning(_entry.c.id)
        ).scalar_one()
        if row.amount_cents > 0:
            connection.execute(
                sa.update(payment).where(payment.c.id == row.id).values(entry_id=entry_id)
            )
            continue
        connection.execute(
            sa.insert(refund).values(
                order_id=row.order_id,
                entry_id=entry_id,
                method=row.method,
                amount_cents=-row.amount_cents,
                state="done",
                reason=row.note,
                requested_at=row.received_at,
                done_at=row.received_at,
                form_key=row.form_key,
                requested_by_id=row.recorded_by_id,
            )
        )
        connection.execute(sa.delete(payment).where(payment.c.id == row.id))
    with op.batch_alter_table("payment") as table:
        table.alter_column("entry_id", nullable=False)
        table.create_unique_constraint(op.f("uq_payment_entry_id"), ["entry_id"])
        table.create_foreign_key(
            op.f("fk_payment_entry_id_ledger_entry"), "ledger_entry", ["entry_id"], ["id"]
        )
        table.drop_constraint(op.f("ck_payment_not_nothing"), type_="check")
        table.drop_constraint(op.f("ck_payment_known_method"), type_="check")
        table.create_check_constraint(op.f("ck_payment_more_than_nothing"), "amount_cents > 0")


def _join_refunds(connection):
    with op.batch_alter_table("payment") as table:
        table.drop_constraint(op.f("ck_payment_more_than_nothing"), type_="check")
        table.drop_constraint(op.f("fk_payment_entry_id_ledger_entry"), type_="foreignkey")
        table.drop_constraint(op.f("uq_payment_entry_id"), type_="unique")
        table.drop_column("entry_id")
    connection.execute(
        sa.text(
            "INSERT INTO payment (order_id, method, amount_cents, received_at, note, form_key,"
            " recorded_by_id) SELECT order_id, 'bank_transfer', -amount_cents, done_at, reason,"
            " form_key, requested_by_id FROM refund WHERE state = 'done' ORDER BY id"
        )
    )
    connection.execute(sa.text("UPDATE payment SET method = 'bank_transfer'"))
    with op.batch_alter_table("payment") as table:
        table.create_check_constraint(op.f("ck_payment_not_nothing"), "amount_cents <> 0")
        table.create_check_constraint(
            op.f("ck_payment_known_method"), "method IN ('bank_transfer')"
        )
