"""The words of the books: kinds of entries, VAT, ways of paying, and the columns of the files."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from festival.books.queries import BookEntry
from festival.payments.methods import METHOD_NAMES
from festival.vat import Vat
from festival.web.languages import Bilingual

_KINDS = {
    "sale": _l("verkoop"),
    "reversal": _l("teruggedraaid"),
    "fee": _l("kosten, gift of korting achteraf"),
    "payment": _l("ontvangen"),
    "refund": _l("terugbetaald"),
}
_VAT = {"exempt": _l("vrijgesteld"), "outside": _l("buiten de btw"), "kor": _l("KOR, geen btw")}

_DAY = (_l("Dag"), _l("De dag waarop het telt: verkocht, of ontvangen of terugbetaald."))
_VAT_KIND = (_l("Btw-soort"), _l("Het tarief, of waarom er geen btw op zit."))
_VAT_REASON = (_l("Reden vrijstelling"), _l("De reden die bij de kaartsoort staat."))
_PERCENT = (_l("Btw-percentage"), _l("Het percentage van toen, als getal."))
_VAT_CENTS = (_l("Btw"), _l("De btw in het bedrag, per bestelling en tarief één keer afgerond."))
_NET = (_l("Zonder btw"), _l("Het bedrag zonder de btw."))

# What each column of each file holds, for whoever reads it.
COLUMNS: Mapping[str, tuple[tuple[object, object], ...]] = {
    "regels": (
        _DAY,
        (_l("Ingevoerd"), _l("De dag waarop de regel in het grootboek kwam.")),
        (_l("Soort"), _l("Verkoop, teruggedraaid, kosten, ontvangen of terugbetaald.")),
        (_l("Bestelling"), _l("De code van de bestelling.")),
        (_l("Omschrijving"), _l("Wat er verkocht is, zoals het toen heette.")),
        (_l("Bedrag"), _l("Met btw. Boven nul: de koper moet meer betalen. Onder nul: minder.")),
        _VAT_KIND,
        _VAT_REASON,
        _PERCENT,
        _VAT_CENTS,
        _NET,
        (_l("Manier"), _l("Hoe er betaald is; leeg als er geen geld bewoog.")),
        (_l("Factuur"), _l("De factuur of creditfactuur waar de regel op staat.")),
    ),
    "dagen": (
        _DAY,
        (_l("Verkocht"), _l("Alle verkopen van die dag, met btw.")),
        (_l("Teruggedraaid"), _l("Wat vervallen of geannuleerd is, met btw.")),
        (_l("Overig"), _l("Annuleringskosten en giften, min kortingen achteraf, met btw.")),
        (_l("Btw"), _l("De btw in verkocht, min teruggedraaid, plus overig.")),
        (_l("Ontvangen"), _l("Geld dat die dag binnenkwam.")),
        (_l("Terugbetaald"), _l("Geld dat die dag terugging.")),
        (_l("Openstaand"), _l("Wat aan het eind van de dag nog betaald moest worden.")),
    ),
    "btw": (
        _VAT_KIND,
        _VAT_REASON,
        _PERCENT,
        (_l("Bedrag"), _l("Met btw: verkocht, min teruggedraaid, plus overig.")),
        _VAT_CENTS,
        _NET,
    ),
}  # fmt: skip


def heads(what: str) -> list[str]:
    """Returns the heads of the columns of a file."""
    return [str(head) for head, _meaning in COLUMNS[what]]


def kind_name(kind: str) -> str:
    """Returns what a kind of entry is called."""
    return str(_KINDS[kind])


def line_name(line: BookEntry) -> str:
    """Returns what was sold, in the language of the page."""
    return Bilingual(line.name_nl, line.name_en).text()


def vat_name(vat: Vat) -> str:
    """Returns `21%`, or why there is no VAT."""
    return str(_VAT.get(vat.category) or f"{vat.percent}%")


def method_name(method: str) -> str:
    """Returns what a way of paying is called; a provider's own word stays as it is."""
    return str(METHOD_NAMES.get(method, method))
