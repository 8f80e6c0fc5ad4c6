"""Invoices and credit notes that never change, and what the seller is called on them."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SELLER = (
    "organiser_street",
    "organiser_postal_code",
    "organiser_city",
    "organiser_kvk",
    "organiser_vat_id",
)

# An UPDATE of what is final is refused by the database itself.
FINAL = ("invoice", "invoice_line", "invoice_file")


def upgrade():
    with op.batch_alter_table("edition") as table:
        for name in SELLER:
            table.add_column(sa.Column(name, sa.Text(), server_default="", nullable=False))
        table.add_column(
            sa.Column(
                "invoices_always", sa.Boolean(), server_default=sa.text("false"), nullable=False
            )
        )
    _create_invoices()
    _create_requests()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION invoice_stays() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'invoices never change'; END $$"
        )
        stop = "FOR EACH ROW EXECUTE FUNCTION invoice_stays()"
    else:
        stop = "BEGIN SELECT RAISE(ABORT, 'invoices never change'); END"
    for name in FINAL:
        op.execute(f"CREATE TRIGGER {name}_stays BEFORE UPDATE ON {name} {stop}")


def downgrade():
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in FINAL:
        op.execute(f"DROP TRIGGER {name}_stays" + (f" ON {name}" if is_postgresql else ""))
    if is_postgresql:
        op.execute("DROP FUNCTION invoice_stays()")
    for name in (
        "invoiced_entry", "invoice_request", "invoice_file", "invoice_line", "invoice",
        "invoice_counter",
    ):  # fmt: skip
        op.drop_table(name)
    with op.batch_alter_table("edition") as table:
        table.drop_column("invoices_always")
        for name in reversed(SELLER):
            table.drop_column(name)


def _texts(*names):
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _create_invoices():
    op.create_table(
        "invoice_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_counter")),
        sa.UniqueConstraint("series", "year", name=op.f("uq_invoice_counter_series_year")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        *_texts("kind", "number", "series"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("credits_id", sa.Integer()),
        *_texts("subject_kind"),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        *_texts("subject_code", "payment_reference", "po_number", "language", "event_name"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("supplied_on", sa.Date(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("paid_cents", sa.Integer(), nullable=False),
        *_texts(
            "seller_name",
            "seller_email",
            "seller_street",
            "seller_postal_code",
            "seller_city",
            "seller_kvk",
            "seller_vat_id",
            "seller_iban",
            "customer_name",
            "customer_attention",
            "customer_email",
            "customer_street",
            "customer_postal_code",
            "customer_city",
            "customer_country",
            "customer_kvk",
            "customer_vat_id",
        ),
        sa.CheckConstraint(
            "kind IN ('invoice', 'credit_note')", name=op.f("ck_invoice_known_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'credit_note') = (credits_id IS NOT NULL)",
            name=op.f("ck_invoice_what_it_credits"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_invoice_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["credits_id"], ["invoice.id"], name=op.f("fk_invoice_credits_id_invoice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
        sa.UniqueConstraint(
            "series", "year", "sequence", name=op.f("uq_invoice_series_year_sequence")
        ),
    )
    for column in ("edition_id", "credits_id", "issued_at"):
        op.create_index(op.f(f"ix_invoice_{column}"), "invoice", [column])
    op.create_index("ix_invoice_subject", "invoice", ["subject_kind", "subject_id"])
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("name"),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        *_texts("vat_category"),
        sa.Column("vat_percent", sa.Integer(), nullable=False),
        *_texts("vat_reason"),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_invoice_line_more_than_none")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint(
            "invoice_id", "position", name=op.f("uq_invoice_line_invoice_id_position")
        ),
    )
    op.create_table(
        "invoice_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        *_texts("kind", "path", "sha256"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('pdf', 'ubl')", name=op.f("ck_invoice_file_known_kind")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_file_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_file")),
        sa.UniqueConstraint("path", name=op.f("uq_invoice_file_path")),
        sa.UniqueConstraint("invoice_id", "kind", name=op.f("uq_invoice_file_invoice_id_kind")),
    )


def _create_requests():
    op.create_table(
        "invoice_request",
        sa.Column("order_id", sa.Integer(), nullable=False),
        *_texts(
            "name",
            "attention",
            "street",
            "postal_code",
            "city",
            "country",
            "kvk",
            "vat_id",
            "po_number",
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_invoice_request_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_invoice_request")),
    )
    op.create_table(
        "invoiced_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_invoiced_entry_entry_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoiced_entry_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_invoiced_entry")),
    )
    op.create_index(op.f("ix_invoiced_entry_invoice_id"), "invoiced_entry", ["invoice_id"])
