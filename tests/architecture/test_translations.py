"""Every Dutch sentence has English; and the finders of what lacks it do find it."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from babel.support import Translations

from tests.architecture.source import ROOT


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    """The script behind `make translations`."""
    spec = importlib.util.spec_from_file_location("translations", ROOT / "scripts/translations.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def little_program(
    translations: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A program of two files, all in English too."""
    (tmp_path / "festival").mkdir()
    (tmp_path / "festival/rules.py").write_text(
        'class Full(Refusal):\n    """Vol."""\n\n\n'
        'class Fuller(Full):\n    """Nog\n    voller."""\n'
        "title = f\"2027: {_l('Kaartjes')}\"\n"
        'left = ngettext("nog %(num)s plek", "nog %(num)s plekken", 3)\n'
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(
        "{% macro c() %}class-name{% endmacro %}"
        "<p class='c' title=\"{{ _('Wat kost het?') }}\">{% trans %}Welkom{% endtrans %} – Pluk</p>"
    )
    fragments = tmp_path / "translations/en"
    fragments.mkdir(parents=True)
    (fragments / "tickets.po").write_text(
        'msgid "Vol."\nmsgstr "Full."\n\n'
        'msgid "Nog voller."\nmsgstr "Fuller."\n\n'
        'msgid "Kaartjes"\nmsgstr "Tickets"\n\n'
        'msgid "nog %(num)s plek"\nmsgid_plural "nog %(num)s plekken"\n'
        'msgstr[0] "one place left"\nmsgstr[1] "%(num)s places left"\n\n'
        'msgid "Wat kost het?"\nmsgstr "What does it cost?"\n\n'
        'msgid "Welkom"\nmsgstr "Welcome"\n'
    )
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "FRAGMENTS", fragments)
    monkeypatch.setattr(translations, "CATALOGUE", fragments / "LC_MESSAGES/messages.mo")
    return tmp_path


def faults(translations: ModuleType) -> list[str]:
    """All that the check finds."""
    english, found = translations.read_fragments()
    uses = list(translations.sentences())
    missing = translations.missing(uses, english)
    return found + missing + translations.unused(uses, english) + translations.unmarked()


def test_every_sentence_has_english(translations: ModuleType) -> None:
    assert faults(translations) == []


def test_nothing_is_found_where_nothing_is_wrong(
    translations: ModuleType, little_program: Path
) -> None:
    assert faults(translations) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("festival/rules.py", "Vol.", "Bomvol.", "festival/rules.py:1: no English for 'Bomvol.'"),
        ("festival/rules.py", "Kaartjes", "Bon", "festival/rules.py:8: no English for 'Bon'"),
        ("festival/rules.py", "Kaartjes", "Bon", "translations/en: not used: 'Kaartjes'"),
        ("templates/page.html", "Welkom", "Dag", "templates/page.html:1: no English for 'Dag'"),
        (
            "templates/page.html",
            "– Pluk",
            "– fijn dat je er bent",
            "templates/page.html: not marked for translation: '– fijn dat je er bent'",
        ),
        (
            "templates/page.html",
            "{{ _('Wat kost het?') }}",
            "Wat kost het?",
            "templates/page.html: not marked for translation: 'Wat kost het?'",
        ),
        ("translations/en/tickets.po", '"Welcome"', '""', "no English for 'Welkom'"),
        ("translations/en/tickets.po", "%(num)s places", "%(n)s places", "placeholders differ"),
        (
            "translations/en/tickets.po",
            'msgid "Welkom"',
            '#, fuzzy\nmsgid "Welkom"',
            "marked fuzzy: 'Welkom'",
        ),
    ],
)
def test_a_fault_is_found(
    translations: ModuleType, little_program: Path, file: str, old: str, new: str, fault: str
) -> None:
    path = little_program / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert any(fault in found for found in faults(translations)), faults(translations)


def test_two_english_texts_for_one_sentence(translations: ModuleType, little_program: Path) -> None:
    other = little_program / "translations/en/home.po"
    other.write_text('msgid "Welkom"\nmsgstr "Hello"\n')
    assert any("has another English text elsewhere" in found for found in faults(translations))


def test_the_catalogue_can_be_read(translations: ModuleType, little_program: Path) -> None:
    english, _ = translations.read_fragments()
    translations.write_catalogue(english)
    with translations.CATALOGUE.open("rb") as file:
        catalogue = Translations(file)
    assert catalogue.gettext("Welkom") == "Welcome"
    assert catalogue.ngettext("nog %(num)s plek", "nog %(num)s plekken", 1) == "one place left"
