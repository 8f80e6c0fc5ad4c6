"""The team's screens of an edition as a whole: copy it for next year, delete an empty one."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.addresses import team_edition_or_404
from festival.home import rules
from festival.home.forms import CopyEditionForm, next_year
from festival.home.views import bp
from festival.team.access import team
from festival.team.saving import Answer, apply_rule, save_form


@bp.route("/team/edities/<slug>/kopie", methods=["GET", "POST"])
@team("organiser")
def copy_edition(slug: str) -> Answer:
    """Make the edition of next year out of this one."""
    edition = team_edition_or_404(slug)
    form = CopyEditionForm(data=next_year(edition))
    copy, problems, status = save_form(
        form, lambda: rules.copy_edition(edition, **form.values, now=clock.now())
    )
    if copy:
        flash(
            _(
                "De kopie is gemaakt. Bezoekers zien haar pas als je haar de huidige maakt. Kijk"
                " de teksten, de prijzen en de dagen van de verkoop na."
            ),
            "good",
        )
        return redirect(url_for("editions_team.edit", slug=copy.slug))
    shown = team_edition_or_404(slug)
    page = render_template("home/copy_edition.html", shown=shown, form=form, problems=problems)
    return page, status


@bp.post("/team/edities/<slug>/weg")
@team("organiser")
def delete_edition(slug: str) -> Response:
    """Delete an edition that nobody uses."""
    edition = team_edition_or_404(slug)
    return apply_rule(
        lambda: rules.delete_edition(edition, now=clock.now()),
        _("De editie is weg."),
        back=url_for("editions_team.edit", slug=slug),
        to=url_for("editions_team.index"),
    )
