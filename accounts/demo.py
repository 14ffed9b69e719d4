"""People of the demo: the sign-ins of every role and owners all over Germany. All invented."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.cases.demo import seed_cases
from accounts.house.legal_demo import seed_house
from accounts.models import Address, Notice, RoleGrant, User
from accounts.organisations.demo import seed_organisation
from accounts.permissions import Role

OWNERS = 300
FIRST_NAMES = [
    "Anna",
    "Mara",
    "Lena",
    "Jule",
    "Frieda",
    "Greta",
    "Hanna",
    "Ida",
    "Johanna",
    "Klara",
    "Lotte",
    "Marie",
    "Nele",
    "Paula",
    "Rosa",
    "Sophie",
    "Thea",
    "Wiebke",
    "Elif",
    "Aylin",
    "Zeynep",
    "Oksana",
    "Mila",
    "Yara",
    "Amal",
    "Carla",
    "Antje",
    "Birgit",
    "Heike",
    "Silke",
    "Ute",
    "Ben",
    "Emil",
    "Felix",
    "Finn",
    "Jonas",
    "Karl",
    "Lukas",
    "Mats",
    "Moritz",
    "Noah",
    "Oskar",
    "Paul",
    "Theo",
    "Till",
    "Anton",
    "Hannes",
    "Jakob",
    "Ole",
    "Piet",
    "Emre",
    "Mehmet",
    "Deniz",
    "Andrij",
    "Tomasz",
    "Ivan",
    "Karim",
    "Samir",
    "Luca",
    "Bernd",
    "Dieter",
    "Jürgen",
    "Holger",
    "Rainer",
    "Uwe",
]
LAST_NAMES = [
    "Ahlers",
    "Albrecht",
    "Bartels",
    "Behrens",
    "Berger",
    "Bock",
    "Brandt",
    "Burmeister",
    "Clausen",
    "Dahlke",
    "Dietz",
    "Ebert",
    "Eggers",
    "Falk",
    "Feddersen",
    "Fink",
    "Friedrich",
    "Gerdes",
    "Gruber",
    "Haase",
    "Hagen",
    "Hansen",
    "Harms",
    "Hellwig",
    "Hinrichs",
    "Holm",
    "Huber",
    "Iversen",
    "Jahn",
    "Janssen",
    "Jensen",
    "Kaiser",
    "Kern",
    "Kock",
    "Kowalski",
    "Krause",
    "Kröger",
    "Kühn",
    "Lange",
    "Lindner",
    "Lorenz",
    "Lund",
    "Maier",
    "Martens",
    "Meiners",
    "Mohr",
    "Nissen",
    "Nowak",
    "Oltmann",
    "Ott",
    "Paulsen",
    "Petersen",
    "Pohl",
    "Reimers",
    "Richter",
    "Riedel",
    "Roth",
    "Sander",
    "Schilling",
    "Schröter",
    "Seidel",
    "Sommer",
    "Stark",
    "Steffen",
    "Thiel",
    "Thomsen",
    "Ulrich",
    "Vogt",
    "Wagner",
    "Weiß",
    "Wendt",
    "Winkler",
    "Yıldız",
    "Zander",
    "Ziegler",
    "Çelik",
]
STREETS = [
    "Ahornweg",
    "Am Deich",
    "Am Mühlenbach",
    "Bahnhofstraße",
    "Bergstraße",
    "Birkenallee",
    "Brunnengasse",
    "Deichstraße",
    "Eichenweg",
    "Elbchaussee",
    "Gartenstraße",
    "Goethestraße",
    "Hafenstraße",
    "Heideweg",
    "Hauptstraße",
    "Im Winkel",
    "Kastanienallee",
    "Kirchplatz",
    "Lange Reihe",
    "Lindenstraße",
    "Lerchenweg",
    "Marktstraße",
    "Möwenstieg",
    "Neuer Weg",
    "Parkstraße",
    "Ringstraße",
    "Rosenweg",
    "Schillerstraße",
    "Seestraße",
    "Talstraße",
    "Uferweg",
    "Wiesengrund",
]
# Town and the first digits of its postcodes.
TOWNS = (
    ("Hamburg", "22", 7), ("Kiel", "241", 3), ("Lübeck", "235", 2), ("Bremen", "28", 3),
    ("Oldenburg", "261", 2),
    ("Hannover", "30", 4), ("Braunschweig", "381", 2), ("Berlin", "10", 8), ("Potsdam", "144", 2),
    ("Leipzig", "04", 4), ("Dresden", "01", 4), ("Köln", "50", 6), ("Düsseldorf", "40", 4),
    ("Dortmund", "44", 3),
    ("Münster", "481", 2), ("Frankfurt am Main", "60", 5), ("Kassel", "341", 2), ("Stuttgart", "70", 4),
    ("Freiburg im Breisgau", "791", 2), ("Nürnberg", "90", 3), ("München", "80", 6), ("Rostock", "181", 2),
)  # fmt: skip
SIGN_INS = (
    ("owner", "Mara", "Lund", None),
    ("staff", "Jule", "Behrens", Role.STAFF),
    ("technician", "Tomasz", "Nowak", Role.TECHNICIAN),
    ("advisor", "Hanna", "Petersen", Role.ADVISOR),
    ("moderator", "Emre", "Yıldız", Role.MODERATOR),
    ("accountant", "Holger", "Kern", Role.ACCOUNTANT),
    ("product", "Ida", "Sander", Role.PRODUCT),
    ("host", "Noah", "Ahlers", Role.HOST),
    ("admin", "Antje", "Brandt", Role.ADMINISTRATOR),
)
# Bound to a centre by the workshop's own demo.
PER_CENTRE = {Role.STAFF, Role.TECHNICIAN, Role.HOST}
COMPANY = (7, 8)  # of the owners: who administers the company, and who drives for it
BATCH = 2000


def seed(*, rng: random.Random, scale: int, say: Callable[[str], None], context: dict[str, Any]) -> None:
    """Leaves context["demo"] (name → user), ["owners"], ["staff"] and ["company"] behind."""
    password = make_password(settings.DEMO_PASSWORD)  # one hash for all: hashing is slow on purpose
    now = timezone.now()
    signed_in = [
        User(
            email=f"{name}@demo.example",
            first_name=first,
            last_name=last,
            phone=_phone(rng),
            password=password,
            date_joined=now - timedelta(days=400),
        )
        for name, first, last, _role in SIGN_INS
    ]
    owners = [_owner(rng, number, password, now) for number in range(1, OWNERS * scale + 1)]
    everybody = User.objects.bulk_create(signed_in + owners, batch_size=BATCH)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in everybody],
        batch_size=BATCH,
    )
    Address.objects.bulk_create([_address(rng, user) for user in everybody], batch_size=BATCH)
    demo = {name: user for (name, *_rest), user in zip(SIGN_INS, signed_in, strict=True)}
    RoleGrant.objects.bulk_create(
        [
            RoleGrant(user=demo[name], role=role, granted_at=now)
            for name, _first, _last, role in SIGN_INS
            if role is not None and role not in PER_CENTRE
        ]
    )
    Notice.objects.bulk_create([Notice(user=demo["owner"], kind="accounts.welcome", url="/garage/")])
    seed_house(by=demo["admin"], now=now)
    # Numbers of its own: what others draw from the seed stays the same.
    seed_cases(owner=demo["owner"], advisor=demo["advisor"], choice=random.Random("cases").choice, now=now)
    context["company"] = seed_organisation(
        administrator=owners[COMPANY[0]], driver=owners[COMPANY[1]], since=now - timedelta(days=200)
    )
    context["demo"] = demo
    context["owners"] = [demo["owner"], *owners]
    context["staff"] = [user for name, user in demo.items() if name != "owner"]
    say(f"{len(everybody)} people")


def _owner(rng: random.Random, number: int, password: str, now: Any) -> User:
    return User(
        email=f"owner{number}@demo.example",
        first_name=rng.choice(FIRST_NAMES),
        last_name=rng.choice(LAST_NAMES),
        phone=_phone(rng),
        password=password,
        language="en" if rng.random() < 0.05 else "de",
        date_joined=now - timedelta(days=rng.randint(1, 900)),
    )


def _phone(rng: random.Random) -> str:
    """From the range that the Bundesnetzagentur keeps for films and the like."""
    return f"+49 171 39200{rng.randint(0, 99):02}"


def _address(rng: random.Random, user: User) -> Address:
    town, start, _weight = rng.choices(TOWNS, weights=[weight for *_names, weight in TOWNS])[0]
    low, high = (1, 99) if len(start) == 3 else (85, 999)
    return Address(
        user=user,
        street=f"{rng.choice(STREETS)} {rng.randint(1, 120)}",
        postcode=f"{start}{rng.randint(low, high):0{5 - len(start)}}",
        town=town,
    )
