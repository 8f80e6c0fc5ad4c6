"""The shell of the team's pages: navigation, roles, tables, exports, audit trail, the outbox."""

from flask import Flask

from festival.mail import subjects
from festival.team import commands, lists, members, missing, models, navigation, outbox, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    for pages in (members, views, outbox):
        app.register_blueprint(pages.bp)
    missing.init_app(app)
    subjects.describe_with(app, "team_member", members.subject_links)
    app.cli.add_command(commands.group)
    app.jinja_env.globals["team_navigation"] = navigation.team_navigation
    app.jinja_env.globals["as_asked"] = lists.as_asked
    app.jinja_env.globals["nav_item"] = navigation.nav_item
