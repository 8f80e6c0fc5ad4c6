"""What the team may send about the programme: shape only; what fits, the rules decide."""

from festival.programme.forms.fields import (
    LONGEST_NOTE,
    SpanForm,
    fill_spans,
    moment_on,
    offer_days,
    spans_of,
)
from festival.programme.forms.imports import UploadForm
from festival.programme.forms.people import SpeakerForm, fill_speaker
from festival.programme.forms.places import StageForm, ThemeForm, fill_stage, stage_form
from festival.programme.forms.sessions import BulkForm, CopyForm, SessionForm, fill_session
from festival.programme.forms.slots import MomentForm, SlotForm, fill_slot

__all__ = [
    "LONGEST_NOTE",
    "BulkForm",
    "CopyForm",
    "MomentForm",
    "SessionForm",
    "SlotForm",
    "SpanForm",
    "SpeakerForm",
    "StageForm",
    "ThemeForm",
    "UploadForm",
    "fill_session",
    "fill_slot",
    "fill_spans",
    "fill_speaker",
    "fill_stage",
    "moment_on",
    "offer_days",
    "spans_of",
    "stage_form",
]
