"""The team's shell: navigation, role gate, tables, audit trail. It knows no capability."""

from flask import Flask

from festival.backoffice import commands, models, navigation, team, views  # noqa: F401


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(team.bp)
    app.register_blueprint(views.bp)
    app.cli.add_command(commands.group)
    app.jinja_env.globals["team_navigation"] = navigation.team_navigation
    app.jinja_env.globals["nav_item"] = navigation.nav_item
