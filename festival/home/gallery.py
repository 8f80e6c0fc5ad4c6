"""The gallery at /_stijl: every component in every state, in development only."""

from typing import Any

from flask import Flask, render_template, request
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from festival import qr
from festival.team.access import public
from festival.web.forms import PageForm
from festival.web.languages import Bilingual

COMPOUND = "arbeidsmarkttoeleidingsbijeenkomst"
_PASS = "HTTPS://FESTIVAL.EXAMPLE.ORG/T/" + "MFRGGZDFMZTWQ2LK" * 7
LONG_NAME = "Wilhelmina-Alexandrine van Schuylenburgh"  # forty letters: such names exist


def init_app(app: Flask) -> None:
    """Add the gallery, except in production."""
    if not app.config["PRODUCTION"]:
        app.add_url_rule("/_stijl", "home.stijl", stijl)


@public
def stijl() -> str:
    """The gallery. `?kleur=donker` or `?kleur=licht` overrides the colour scheme of the device."""
    wrong = SampleForm(MultiDict({"fout-email": "mia@", "fout-people": "0"}), prefix="fout-")
    wrong.validate()
    return render_template(
        "home/stijl.html",
        scheme={"donker": "dark", "licht": "light"}.get(request.args.get("kleur", ""), ""),
        compound=COMPOUND,
        long_name=LONG_NAME,
        form=SampleForm(formdata=None),
        wrong_form=wrong,
        cards=_cards(),
        slots=_slots(),
        day=_day(stages=4),
        wide_day=_day(stages=12),
        points=_points(),
        partners=_partners(),
        stories=_stories(),
        orders=_orders(),
        sold=[{"label": f"{n} juni", "value": v} for n, v in enumerate(_SOLD, start=1)],
        filled=_filled(),
        codes=[qr.svg(_PASS, label="QR-code", name=f"qr-{n}") for n in (1, 2)],
    )


class SampleForm(PageForm):
    """One field of each type."""

    class Meta:
        csrf = False

    name = StringField("Naam", [InputRequired("Vul je naam in.")])
    email = EmailField(
        "E-mailadres",
        [InputRequired(), Email("Dit is geen e-mailadres. Kijk of er een @ en een punt in staat.")],
        description="Hier sturen we je kaartje naartoe.",
    )
    people = IntegerField("Hoeveel mensen?", [InputRequired()])
    question = TextAreaField("Wat wil je de coach vragen?", [Length(max=300)])
    ticket = SelectField(
        "Kaartsoort", choices=["Hele festival, € 45,00", f"Dagkaart met {COMPOUND}, € 25,00"]
    )
    days = RadioField(
        "Welke dag kom je?",
        [InputRequired("Kies een dag.")],
        choices=["vrijdag 17 september", "zaterdag 18 september", "allebei"],
    )
    needs = SelectMultipleField(
        "Wat heb je nodig?",
        choices=["rolstoelplek", "tolk gebarentaal", "rustige ruimte"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    photo = FileField("Foto", description="JPG of PNG, hoogstens 10 MB.")
    starts_at = DateTimeLocalField("Begint om", [InputRequired()])
    agreed = BooleanField("Ik heb de huisregels gelezen.")


def _card(kind: str, title: Bilingual | str, time: str, stage: str, **more: Any) -> dict[str, Any]:
    what = {"kind": kind, "title": title, "url": "#"}
    return what | {"time_label": time, "stage_name": stage} | more


def _cards() -> list[dict[str, Any]]:
    return [
        _card(
            "talk",
            Bilingual("De buurt als bouwmeester", "The neighbourhood as master builder"),
            "vr 17 sept · 10.00–10.45 uur",
            "Grote hal",
            speakers=["Fatima Yıldız", "Joris de Wit"],
            theme="Wonen",
        ),
        _card(
            "workshop",
            f"Hoe organiseer je een {COMPOUND} zonder dat iemand afhaakt?",
            "vr 17 sept · 13.30–15.00 uur",
            "Werkplaats aan het Wilhelminakanaal",
            speakers=[LONG_NAME, "Łukasz Wiśniewski"],
            places_left=3,
            language_label="Nederlands en Engels",
            theme="Werk en ontwikkeling",
        ),
        _card("music", "Straatorkest", "vr 17 sept · 17.00–17.30 uur", "Plein"),
        _card(
            "game",
            "Wie betaalt de warmte?",
            "za 18 sept · 11.00–12.00 uur",
            "Speelhuis",
            places_left=12,
        ),
        _card(
            "coaching",
            "Een half uur met een geldcoach",
            "za 18 sept · 14.00–16.00 uur",
            "Coachtafels",
            speakers=["Amina el Idrissi"],
            places_left=0,
            is_full=True,
        ),
        _card(
            "story",
            Bilingual("", "My street, my story"),
            "za 18 sept · 16.00–16.20 uur",
            "Podium Mijn wijk",
            speakers=["Mevrouw Van den Broek"],
            language_label="Engels",
        ),
    ]


def _slots() -> list[dict[str, Any]]:
    workshop = {"kind": "workshop", "title": "Repareren met de buurt"}
    return [
        workshop
        | {
            "time_label": "vrijdag 17 september, 13.30–15.00 uur",
            "stage_name": "Werkplaats",
            "places_left": 14,
        },
        workshop
        | {
            "time_label": "zaterdag 18 september, 10.00–11.30 uur",
            "stage_name": "Werkplaats aan het Wilhelminakanaal, eerste verdieping",
            "places_left": 1,
        },
        {
            "kind": "coaching",
            "title": f"Coaching na een {COMPOUND}",
            "time_label": "zaterdag 18 september, 14.00–14.20 uur",
            "stage_name": "Coachtafels",
            "places_left": 0,
            "is_full": True,
        },
    ]


_STAGES = ["Grote hal", "Werkplaats", "Coachtafels", "Podium Mijn wijk", "Speelhuis", "Plein"]
_STAGES += ["Kantine", "Bibliotheek", "Ketelhuis", "Tuinzaal", "Woningcorporatiezaal", "Dak"]


def _day(*, stages: int) -> dict[str, Any]:
    """Returns a day from nine to five on `stages` stages, with two coaches side by side."""
    sample = _cards()
    hours: dict[int, list[dict[str, Any]]] = {hour: [] for hour in range(9, 18)}
    for stage in range(stages):
        minute = 9 * 60 + stage % 3 * 15
        while minute < 17 * 60:
            card = sample[(stage + minute // 45) % len(sample)]
            lasts = (90, 45, 30, 60)[(stage + minute) % 4]
            start, end = (f"{m // 60}.{m % 60:02}" for m in (minute, minute + lasts))
            placed = {"stage": stage, "hour": minute // 60, "minute": minute % 60, "minutes": lasts}
            hours[minute // 60].append(
                card
                | placed
                | {"time_label": f"{start}–{end} uur", "stage_name": _STAGES[stage], "lane": 0}
            )
            minute += lasts + (60 if minute // 60 == 12 else 15)
    hours[11].append(
        _card("coaching", "Coach Sanne", "11.00–13.00 uur", _STAGES[2], places_left=4)
        | {"stage": 2, "lane": 1, "hour": 11, "minute": 0, "minutes": 120}
        | {"states": [{"shape": "moved", "words": "Verplaatst naar tafel 4"}]}
    )
    return {
        "label": f"vrijdag 17 september op {stages} podia",
        "first_hour": 9,
        "stages": [
            {"name": name, "lanes": 2 if n == 2 else 1} for n, name in enumerate(_STAGES[:stages])
        ],
        "hours": [
            {
                "hour": hour,
                "label": f"{hour}.00 uur",
                "cards": sorted(cards, key=lambda card: (card["hour"], card["minute"])),
            }
            for hour, cards in hours.items()
        ],
    }


def _points() -> list[dict[str, Any]]:
    return [
        {
            "time_label": "10.00–10.45 uur",
            "title": "De buurt als bouwmeester",
            "url": "#",
            "stage_name": "Grote hal",
            "kind": "talk",
            "is_past": True,
        },
        {
            "time_label": "11.00–12.30 uur",
            "title": f"Hoe organiseer je een {COMPOUND}?",
            "url": "#",
            "stage_name": "Werkplaats",
            "kind": "workshop",
            "is_now": True,
        },
        {"time_label": "12.30–13.30 uur", "title": "Tijd om te eten", "is_gap": True},
        {
            "time_label": "14.00–14.20 uur",
            "title": "Een half uur met een geldcoach",
            "url": "#",
            "stage_name": "Coachtafels",
            "kind": "coaching",
            "note": "Je vraag: hoe begin ik zonder spaargeld?",
        },
    ]


def _partners() -> list[dict[str, Any]]:
    drawn = [("Gemeente", 600, 100), ("Breed Wonen", 300, 300), ("De School", 420, 200)]
    drawn += [("De Hoef", 200, 420)]
    logos = [
        {"name": name, "url": "#", "logo_url": _logo(w, h), "logo_width": w, "logo_height": h}
        for name, w, h in drawn
    ]
    names = ["Buurtcoöperatie Groenewoud", f"Stichting {COMPOUND.title()}"]
    return [*logos, *({"name": name} for name in names)]


def _logo(width: int, height: int) -> str:
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0"
        f" {width} {height}'%3E%3Crect width='{width}' height='{height}' rx='30'/%3E%3C/svg%3E"
    )


def _stories() -> list[dict[str, Any]]:
    return [
        {
            "quote": "Ik dacht: als niemand die bank maakt, dan maak ik hem zelf.",
            "url": "#",
            "name": "Henk",
            "neighbourhood": "Groenewoud, Tilburg",
        },
        {
            "quote": "Wij koken nu elke dinsdag voor de hele flat.",
            "url": "#",
            "name": LONG_NAME,
            "neighbourhood": "Kanaleneiland, Utrecht",
            "photo_url": _logo(400, 300),
            "photo_alt": "Een lange tafel op een galerij",
            "is_spoken": True,
        },
        {
            "quote": Bilingual("", "We planted forty trees before anyone asked us why."),
            "url": "#",
            "name": "Grace",
            "neighbourhood": "Gent",
        },
    ]


def _orders() -> list[dict[str, Any]]:
    rows = [
        ("K7PM4", "Mia Jansen", 1, "€ 45,00"),
        ("W2XQ9", LONG_NAME, 4, "€ 180,00"),
        ("H3RT6", "Łukasz Wiśniewski", 10, "€ 0,00"),
    ]
    return [{"code": c, "name": name, "tickets": n, "total": t} for c, name, n, t in rows]


def _filled() -> list[dict[str, Any]]:
    return [
        {"label": "Repareren met de buurt", "value": 18, "most": 20},
        {"label": f"Naar een {COMPOUND}", "value": 4, "most": 30},
        {"label": "Geldcoach", "value": 12, "most": 12},
    ]


_SOLD = [2, 5, 9, 9, 14, 31, 40, 38, 52, 71, 75, 90, 118, 121]
