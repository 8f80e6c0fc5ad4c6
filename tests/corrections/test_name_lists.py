"""Lists of names as people type, paste and save them."""

import pytest

from festival import sheets
from festival.corrections.name_lists import list_of_file, read_list


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("Zoë Bakker", "Zoë Bakker", ""),
        ("Zoë Bakker, zoe@example.org", "Zoë Bakker", "zoe@example.org"),
        ("Zoë Bakker;zoe@example.org", "Zoë Bakker", "zoe@example.org"),
        ("Zoë\tBakker\tzoe@example.org", "Zoë Bakker", "zoe@example.org"),
        ("Zoë Bakker zoe@example.org", "Zoë Bakker", "zoe@example.org"),
        ('"Bakker, Zoë" <zoe@example.org>', "Bakker, Zoë", "zoe@example.org"),
        ("Bakker, Zoë", "Bakker, Zoë", ""),
        ("Zoë;;", "Zoë", ""),
        ("zoe@example.org", "", "zoe@example.org"),
        ("Zoë; zoe@", "Zoë", "zoe@"),
        ("Zoë;;Bakker;zoe@example.org;", "Zoë Bakker", "zoe@example.org"),
    ],
)
def test_a_line_is_a_name_and_perhaps_an_address(line, name, email):
    [person] = read_list(line)
    assert (person.name, person.email) == (name, email)


def test_lines_are_counted_as_people_count_them():
    found = read_list("Naam;E-mail\n\nZoë\n ; \nBo")
    assert [(each.line, each.name) for each in found] == [(3, "Zoë"), (5, "Bo")]


def test_a_heading_counts_only_on_top():
    assert [each.name for each in read_list("Zoë\nNaam")] == ["Zoë", "Naam"]


def test_files_become_the_same_list(app):
    rows = [["Zoë", "zoe@example.org"], ["Bo; de Wit", ""]]
    book = sheets.xlsx("Namen", ["Naam", "E-mailadres"], rows)
    table = "Naam;E-mailadres\nZoë;zoe@example.org\n'=Bo, de Wit;\n".encode()
    for file, second in ((book, "Bo, de Wit"), (table, "=Bo, de Wit")):
        found = read_list(list_of_file(file))
        assert [each.name for each in found] == ["Zoë", second]
        assert found[0].email == "zoe@example.org"
