"""Every pair of inks that meets on a page can be read: measured in tokens.css, in both schemes."""

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
KINDS = ["talk", "workshop", "music", "coaching", "story"]
GROUNDS = ["paper", "paper-raised", "paper-sunk"]

TEXT = [
    *product(["ink", "ink-soft"], GROUNDS),
    *product(["ink"], [f"{kind}-tint" for kind in KINDS]),
    *product([f"{kind}-text" for kind in KINDS], GROUNDS),
    *((f"{kind}-text", f"{kind}-tint") for kind in KINDS),
    *(("on-fill", f"{kind}-fill") for kind in KINDS),
    ("paper", "ink"),
    ("paper", "story-text"),
    ("on-night", "night"),
]
CONTROLS = [
    *product(["control", "focus", "thread"], GROUNDS),
    *product([f"{kind}-fill" for kind in KINDS], ["paper", "paper-raised"]),
    *product(["focus"], [f"{kind}-tint" for kind in KINDS]),
]


def scheme_after(start):
    """The colours declared in the first block after `start`, by name."""
    block = re.search(re.escape(start) + r"\s*\{(.*?)\}", TOKENS, re.DOTALL)[1]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b", block))


SCHEMES = {
    "light": scheme_after("\n  :root"),
    "dark": scheme_after(":root:not(.light)"),
}


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG contrast ratio, from 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(scheme, text, ground):
    inks = SCHEMES[scheme]
    assert contrast(inks[text], inks[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("control", "ground"), CONTROLS)
def test_controls_can_be_seen(scheme, control, ground):
    inks = SCHEMES[scheme]
    assert contrast(inks[control], inks[ground]) >= 3


def test_both_dark_schemes_are_the_same():
    assert scheme_after("\n    .dark") == SCHEMES["dark"]


def test_the_dark_scheme_names_every_colour():
    assert SCHEMES["dark"].keys() == SCHEMES["light"].keys()
