"""A session is in any languages: codes joined by "+", no longer only nl, en or nl+en.

Going back, what was in neither language becomes Dutch.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

session = sa.table(
    "session",
    sa.column("id", sa.Integer),
    sa.column("languages", sa.Text),
    sa.column("draft", sa.JSON),
)


def upgrade():
    with op.batch_alter_table("session") as batch_op:
        batch_op.drop_constraint(op.f("ck_session_known_languages"), type_="check")
        batch_op.create_check_constraint(op.f("ck_session_has_a_language"), "languages <> ''")


def downgrade():
    for row in op.get_bind().execute(sa.select(session)).all():
        draft = dict(row.draft)
        if "languages" in draft:
            draft["languages"] = former(draft["languages"])
        op.execute(
            session.update()
            .where(session.c.id == row.id)
            .values(languages=former(row.languages), draft=draft)
        )
    with op.batch_alter_table("session") as batch_op:
        batch_op.drop_constraint(op.f("ck_session_has_a_language"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_session_known_languages"), "languages IN ('nl', 'en', 'nl+en')"
        )


def former(languages):
    """Returns what the older program can keep of these languages."""
    return "+".join(code for code in ("nl", "en") if code in languages.split("+")) or "nl"
