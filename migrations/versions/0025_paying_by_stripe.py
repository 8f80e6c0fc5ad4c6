"""Attempts to pay by Stripe Checkout, and the events that Stripe sent."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('begun', 'open', 'processing')")


def upgrade():
    op.create_table(
        "payment_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("excludes_slow", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_id", sa.Text()),
        sa.Column("intent_id", sa.Text()),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Integer()),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("stuck_at", sa.DateTime(timezone=True)),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempt")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payment_attempt_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_attempt_payment_id_payment")
        ),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_payment_attempt_order_id_number")),
        sa.UniqueConstraint("session_id", name=op.f("uq_payment_attempt_session_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_payment_attempt_payment_id")),
        sa.CheckConstraint(
            "state IN ('begun', 'open', 'processing', 'paid', 'failed', 'expired')",
            name=op.f("ck_payment_attempt_known_state"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_attempt_more_than_nothing")),
        sa.CheckConstraint(
            "state IN ('begun', 'expired') OR session_id IS NOT NULL",
            name=op.f("ck_payment_attempt_has_a_session"),
        ),
    )
    op.create_index(op.f("ix_payment_attempt_intent_id"), "payment_attempt", ["intent_id"])
    op.create_index(
        "one_live_attempt",
        "payment_attempt",
        ["order_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_stripe_event_event_id")),
    )
    op.create_index(op.f("ix_stripe_event_handled_at"), "stripe_event", ["handled_at"])


def downgrade():
    op.drop_table("stripe_event")
    op.drop_table("payment_attempt")
