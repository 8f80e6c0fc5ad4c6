"""An edition with a cheap type for one day and a dear one for both."""

import pytest

from tests import make


@pytest.fixture
def edition(app):
    return make.edition(cancel_until_on=make.FRIDAY, payment_days=7)


@pytest.fixture
def cheap(edition):
    return make.ticket_type(
        slug="dag", price_cents=2500, vat_category="reduced",
        days=["2026-10-23"], pool=make.pool(capacity=5),
    )  # fmt: skip


@pytest.fixture
def dear(edition):
    return make.ticket_type(
        slug="weekend", price_cents=6500, vat_category="standard", pool=make.pool(capacity=5)
    )
