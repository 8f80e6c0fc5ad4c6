"""What an order comes to."""

from festival.payments import summary
from festival.web.languages import Bilingual


def test_lines_count_the_same_name_at_the_same_price():
    weekend, day = Bilingual("Weekend"), Bilingual("Vrijdag")
    lines = summary.lines([(weekend, 6500), (day, 4500), (weekend, 6500), (weekend, 5000)])
    assert [(line.number, str(line.name.nl), line.total_cents) for line in lines] == [
        (2, "Weekend", 13000),
        (1, "Vrijdag", 4500),
        (1, "Weekend", 5000),
    ]
