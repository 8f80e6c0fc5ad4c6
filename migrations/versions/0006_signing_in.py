"""What signing in needs: names of the team, one-time links, wrong guesses."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LETTERS = "34679ACDEFGHJKMNPQRTWXY"


# SQLite has no now(), which the first migration put there.
_TIMES = [
    ("role", ["update_datetime"]),
    ("team_member", ["create_datetime", "update_datetime"]),
    ("passkey", ["create_datetime"]),
]


def upgrade():
    for table, columns in _TIMES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(
                    column,
                    existing_type=sa.DateTime(),
                    existing_nullable=False,
                    server_default=sa.text("CURRENT_TIMESTAMP"),
                )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("name", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("language", sa.Text(), nullable=False, server_default="nl"))
        batch_op.add_column(sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    _give_codes()
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.alter_column("code", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("name", existing_type=sa.Text(), server_default=None)
        batch_op.alter_column("language", existing_type=sa.Text(), server_default=None)
        batch_op.create_unique_constraint(batch_op.f("uq_team_member_code"), ["code"])

    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["team_member.id"],
            name=op.f("fk_sign_in_link_member_id_team_member"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sign_in_link_secret_hash")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_link_member_id", ["member_id"], unique=False)

    op.create_table(
        "wrong_guess",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_hash", sa.Text(), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_guess")),
    )
    with op.batch_alter_table("wrong_guess", schema=None) as batch_op:
        batch_op.create_index("ix_wrong_guess_account_hash_at", ["account_hash", "at"])
        batch_op.create_index("ix_wrong_guess_at", ["at"])


def downgrade():
    op.drop_table("wrong_guess")
    op.drop_table("sign_in_link")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_team_member_code"), type_="unique")
        batch_op.drop_column("totp_last_step")
        batch_op.drop_column("language")
        batch_op.drop_column("name")
        batch_op.drop_column("code")


def _give_codes():
    member = sa.table("team_member", sa.column("id"), sa.column("code"))
    connection = op.get_bind()
    for (number,) in connection.execute(sa.select(member.c.id)).all():
        code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        connection.execute(member.update().where(member.c.id == number).values(code=code))
