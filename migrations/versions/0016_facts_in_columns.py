"""Facts get columns: what a letter is about, when a speaker was written to, why one said no.

Until now they were read from the letters and the audit trail themselves.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WITH_LINK = ("speakers/speaker_invited", "speakers/speaker_reminded")
AT_A_TIME = 500
SECRET = re.compile(r"/(bestelling|kaartje|spreker)/([\w-]+)")
CODE = re.compile(r"\b[A-Z0-9]{8}\b")

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "letter_subject",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["letter.id"],
            name=op.f("fk_letter_subject_letter_id_letter"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("letter_id", "kind", "row_id", name=op.f("pk_letter_subject")),
    )
    op.create_index("ix_letter_subject_row", "letter_subject", ["kind", "row_id"])
    with op.batch_alter_table("speaker") as table:
        table.add_column(sa.Column("invited_at", MOMENT))
        table.add_column(sa.Column("reminded_at", MOMENT))
        table.add_column(sa.Column("unreached_at", MOMENT))
    with op.batch_alter_table("session_speaker") as table:
        table.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    known = Known(connection)
    contacts = {}
    for letter in letters(connection):
        about = sorted(known.subjects(letter))
        if about:
            connection.execute(
                sa.insert(SUBJECTS),
                [{"letter_id": letter.id, "kind": kind, "row_id": row} for kind, row in about],
            )
        if letter.name in WITH_LINK:
            for kind, row in about:
                if kind == "speaker":
                    contacts.setdefault(row, []).append((letter.queued_at, letter.state))
    for speaker_id, sent in contacts.items():
        connection.execute(
            sa.update(SPEAKERS)
            .where(SPEAKERS.c.id == speaker_id)
            .values(
                invited_at=sent[0][0],
                reminded_at=sent[-1][0] if len(sent) > 1 else None,
                unreached_at=sent[-1][0] if all(state == "failed" for _, state in sent) else None,
            )
        )
    fill_reasons(connection)


def downgrade():
    with op.batch_alter_table("session_speaker") as table:
        table.drop_column("reason")
    with op.batch_alter_table("speaker") as table:
        table.drop_column("unreached_at")
        table.drop_column("reminded_at")
        table.drop_column("invited_at")
    op.drop_index("ix_letter_subject_row", "letter_subject")
    op.drop_table("letter_subject")


class Known:
    """Which order, ticket, speaker or member a letter is about, by what stands in it."""

    def __init__(self, connection):
        rows = connection.execute
        orders = rows(sa.text("SELECT id, secret, code, email FROM orders")).all()
        tickets = rows(sa.text("SELECT id, secret, order_id, holder_email FROM ticket")).all()
        speakers = rows(sa.text("SELECT id, secret, email FROM speaker")).all()
        members = rows(sa.text("SELECT id, email FROM team_member")).all()
        self.by_secret = {("bestelling", row.secret): ("orders", row.id) for row in orders}
        self.by_secret |= {("kaartje", row.secret): ("ticket", row.id) for row in tickets}
        self.by_secret |= {("spreker", row.secret): ("speaker", row.id) for row in speakers}
        self.order_of = {row.id: row.order_id for row in tickets}
        self.by_code = {row.code: row.id for row in orders}
        self.addresses = {row.id: {row.email} for row in orders}
        for row in tickets:
            self.addresses[row.order_id].add(row.holder_email)
        self.by_email = {}
        for row in speakers:
            self.by_email.setdefault(row.email, []).append(("speaker", row.id))
        self.members = {row.email: ("team_member", row.id) for row in members}

    def subjects(self, letter):
        folder, _, name = letter.name.partition("/")
        found = {
            self.by_secret[place, secret]
            for place, secret in SECRET.findall(letter.body_text)
            if (place, secret) in self.by_secret
        }
        if folder in {"payments", "tickets"}:
            tickets = [row for kind, row in found if kind == "ticket"]
            found = {each for each in found if each[0] == "orders"}
            found |= {("orders", self.order_of[row]) for row in tickets}
            found |= {
                ("orders", self.by_code[code])
                for code in CODE.findall(letter.body_text)
                if code in self.by_code and letter.to_address in self.addresses[self.by_code[code]]
            }
        elif folder == "accounts" and letter.to_address in self.members:
            found.add(self.members[letter.to_address])
        elif name == "speaker_answered" and letter.reply_to:
            found.update(self.by_email.get(letter.reply_to, ()))
        return found


def letters(connection):
    """Yields all letters in order of their ids, some at a time: their texts are long."""
    last = 0
    while True:
        rows = connection.execute(
            sa.select(LETTERS).where(LETTERS.c.id > last).order_by(LETTERS.c.id).limit(AT_A_TIME)
        ).all()
        yield from rows
        if len(rows) < AT_A_TIME:
            return
        last = rows[-1].id


def fill_reasons(connection):
    """Copy the last reason that each speaker gave for a no which still stands."""
    entries = connection.execute(
        sa.select(AUDIT.c.subject, AUDIT.c.details)
        .where(AUDIT.c.verb == "decline_session")
        .order_by(AUDIT.c.id)
    )
    for subject, details in entries:
        edition_id = sa.select(EDITIONS.c.id).where(EDITIONS.c.slug == details.get("edition", ""))
        speaker_id = sa.select(SPEAKERS.c.id).where(
            SPEAKERS.c.slug == subject.removeprefix("speaker "),
            SPEAKERS.c.edition_id.in_(edition_id),
        )
        session_id = sa.select(SESSIONS.c.id).where(
            SESSIONS.c.slug == details.get("session", ""), SESSIONS.c.edition_id.in_(edition_id)
        )
        connection.execute(
            sa.update(ANSWERS)
            .where(
                ANSWERS.c.answer == "no",
                ANSWERS.c.speaker_id.in_(speaker_id),
                ANSWERS.c.session_id.in_(session_id),
            )
            .values(reason=details.get("reason", ""))
        )


def table(name, *names, **types):
    columns = [sa.column(each) for each in names]
    return sa.table(name, *columns, *(sa.column(each, type_) for each, type_ in types.items()))


LETTERS = table(
    "letter", "id", "name", "to_address", "reply_to", "body_text", "state", queued_at=MOMENT
)
SUBJECTS = table("letter_subject", "letter_id", "kind", "row_id")
SPEAKERS = table(
    "speaker",
    "id",
    "slug",
    "edition_id",
    invited_at=MOMENT,
    reminded_at=MOMENT,
    unreached_at=MOMENT,
)
ANSWERS = table("session_speaker", "speaker_id", "session_id", "answer", "reason")
SESSIONS = table("session", "id", "slug", "edition_id")
EDITIONS = table("edition", "id", "slug")
AUDIT = table("audit_entry", "id", "verb", "subject", details=sa.JSON)
