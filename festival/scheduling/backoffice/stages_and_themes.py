"""Stages and themes: each a short list with the form for one row on the same page."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from festival import clock
from festival.editions.addresses import team_edition_or_404
from festival.editions.models import Edition
from festival.programme import queries
from festival.programme.fields import offer_days, spans_of
from festival.programme.models.places import Stage, Theme
from festival.programme.rules import stages_and_themes
from festival.scheduling.backoffice.base import apply_removal, bp, page, url
from festival.scheduling.forms.stages_and_themes import ThemeForm, fill_stage, stage_form
from festival.team.access import team
from festival.team.saving import Answer, save_form, seen_version
from festival.web.forms import PageForm


@bp.route("/<edition_slug>/podia", methods=["GET", "POST"])
@bp.route("/<edition_slug>/podia/<slug>", methods=["GET", "POST"])
@team("programme")
def stages(edition_slug: str, slug: str | None = None) -> Answer:
    """Lists the stages, with a form for one: its hours, and the walking times to the others."""
    edition = team_edition_or_404(edition_slug)
    rows = queries.stages(edition)
    row = (next((each for each in rows if each.slug == slug), None) or abort(404)) if slug else None
    others = [each for each in rows if each is not row]
    filled = (
        fill_stage(edition, row, others, queries.walks_from(row))
        if row
        else {"position": len(rows) + 1}
    )
    form = stage_form(others)(data=filled)
    offer_days(form.hours, edition)

    def save(**known: Any) -> Stage:
        return stages_and_themes.save_stage(
            edition,
            row,
            form.values,
            hours=spans_of(form.hours, edition),
            walks={other: form[f"walk_{other.slug}"].data for other in others},
            **known,
        )

    return _list_with_form("stages", edition, form, row, save)


@bp.post("/<edition_slug>/podia/<slug>/weg")
@team("programme")
def remove_stage(edition_slug: str, slug: str) -> Response:
    """Remove a stage."""
    edition = team_edition_or_404(edition_slug)
    row = queries.stage_by_slug(edition, slug) or abort(404)
    return apply_removal(
        lambda: stages_and_themes.remove_stage(row, now=clock.now()),
        back=url("stages", edition, slug=slug),
        to=url("stages", edition),
    )


@bp.route("/<edition_slug>/themas", methods=["GET", "POST"])
@bp.route("/<edition_slug>/themas/<slug>", methods=["GET", "POST"])
@team("programme")
def themes(edition_slug: str, slug: str | None = None) -> Answer:
    """Lists the themes, with a form for one of them or a new one."""
    edition = team_edition_or_404(edition_slug)
    row = (queries.theme_by_slug(edition, slug) or abort(404)) if slug else None
    rows = queries.themes(edition)
    form = ThemeForm(obj=row, data=None if row else {"position": len(rows) + 1})

    def save(**known: Any) -> Theme:
        return stages_and_themes.save_theme(edition, row, form.values, **known)

    return _list_with_form("themes", edition, form, row, save)


@bp.post("/<edition_slug>/themas/<slug>/weg")
@team("programme")
def remove_theme(edition_slug: str, slug: str) -> Response:
    """Remove a theme."""
    edition = team_edition_or_404(edition_slug)
    row = queries.theme_by_slug(edition, slug) or abort(404)
    return apply_removal(
        lambda: stages_and_themes.remove_theme(row, now=clock.now()),
        back=url("themes", edition, slug=slug),
        to=url("themes", edition),
    )


def _list_with_form(
    name: str,
    edition: Edition,
    form: PageForm,
    row: Stage | Theme | None,
    save: Callable[..., Stage | Theme],
) -> Answer:
    """Shows the list of stages or themes with a form for `row` or a new one, and saves that."""
    slug = row.slug if row else None
    saved, problems, status = save_form(
        form, lambda: save(seen=seen_version(form), now=clock.now())
    )
    if saved:
        flash(_("Bewaard."), "good")
        return redirect(url(name, edition))
    edition = team_edition_or_404(edition.slug)
    rows: list[Any] = queries.stages(edition) if name == "stages" else queries.themes(edition)
    current = next((each for each in rows if each.slug == slug), None)
    return page(name, edition, rows=rows, form=form, current=current, problems=problems), status
