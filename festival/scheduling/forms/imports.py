"""The form that uploads a spreadsheet of sessions or people."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class UploadForm(FlaskForm):
    """A spreadsheet to import."""

    file = FileField(
        _l("Bestand"),
        [FileRequired(_l("Kies een bestand."))],
        description=_l("CSV of XLSX, hoogstens 5 MB en 1.000 rijen."),
    )
