from festival import money


def test_amounts_are_shown_as_people_write_them(app):
    assert money.shown(123456, "nl") == "€\xa01.234,56"
    assert money.shown(4500, "en") == "€45.00"
