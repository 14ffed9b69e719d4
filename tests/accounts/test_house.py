"""The brand from the database: on every page, at once, without a query, and readable."""

import json
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from accounts.house import brand as house
from accounts.house import colours
from accounts.models import Brand
from common import brand
from common.errors import Invalid, NotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.documents import sent

pytestmark = pytest.mark.django_db

TOKENS = (django_settings.BASE_DIR / "frontend" / "css" / "tokens.css").read_text()


@pytest.fixture
def admin() -> Any:
    return UserFactory.create(role="administrator")


@pytest.fixture
def change(admin: Any, now: Any, django_capture_on_commit_callbacks: Any) -> Any:
    def do(**changes: Any) -> Brand:
        with django_capture_on_commit_callbacks(execute=True):
            return house.change_brand(by=admin, changes=changes, now=now)

    return do


def test_a_new_house_shows_the_brand_of_its_settings(client: Any) -> None:
    assert brand.current()["name"] == django_settings.BRAND["name"]
    assert django_settings.BRAND["name"] in client.get("/").content.decode()


def test_a_changed_name_shows_on_pages_in_the_manifest_and_as_sender(client: Any, change: Any) -> None:
    change(name="Südwind", legal_name="Südwind Automobile AG")
    assert "Südwind" in client.get("/").content.decode()
    assert "© Südwind Automobile AG" in client.get("/").content.decode()
    assert json.loads(client.get("/manifest.webmanifest").content)["name"] == "Südwind"
    assert brand.sender().endswith(f"<{django_settings.DEFAULT_FROM_EMAIL.partition('<')[2]}")
    assert "=?utf-8?" in brand.sender()


def test_the_imprint_never_mixes_in_what_another_brand_wrote(client: Any, change: Any) -> None:
    change(name="Südwind")
    page = client.get("/imprint/").content.decode()
    assert django_settings.BRAND["address"] not in page
    assert django_settings.BRAND["legal_name"] not in page


def test_a_page_asks_the_database_nothing_about_the_brand(
    client: Any, change: Any, django_assert_num_queries: Any
) -> None:
    change(name="Südwind")
    client.get("/robots.txt")
    house.snapshot()
    with django_assert_num_queries(0):
        assert "Südwind" in client.get("/offline/").content.decode()


def test_another_process_notices_a_change_at_its_next_look(change: Any, settings: Any) -> None:
    settings.HOUSE_CHECK_SECONDS = 0
    change(name="Südwind")
    assert house.snapshot().brand["name"] == "Südwind"
    Brand.objects.update(name="Nordwind")  # as another process would, which then changes the signal
    assert house.snapshot().brand["name"] == "Südwind"
    cache.set(house.SIGNAL, "another", 60)
    assert house.snapshot().brand["name"] == "Nordwind"


def test_a_lost_signal_costs_one_look_into_the_database(
    change: Any, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.HOUSE_CHECK_SECONDS = 0
    change(name="Südwind")
    house.snapshot()
    cache.delete(house.SIGNAL)
    with django_assert_num_queries(2):
        house.snapshot()
        house.snapshot()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_surfaces_are_those_of_the_style_sheet(theme: str) -> None:
    place = 0 if theme == "light" else 1
    found = [
        re.findall(r"#[0-9a-f]{6}", re.search(rf"--{name}: (light-dark\(.*?\));", TOKENS)[1])[place]  # type: ignore[index]
        for name in ("card", "paper", "sunken", "aurora-on")
    ]
    assert tuple(found) == (*colours.SURFACES[theme], colours.ON_COLOUR[theme])


def test_an_unreadable_colour_is_refused_with_the_figure_and_a_shade_that_works(change: Any) -> None:
    with pytest.raises(Invalid, match=r"#f2c94c .* 1[.,]\d .* #[0-9a-f]{6}") as refused:
        change(colour_light="#f2c94c")
    assert refused.value.field == "colour_light"
    shade = re.findall("#[0-9a-f]{6}", str(refused.value))[-1]
    assert change(colour_light=shade).colour_light == shade


@pytest.mark.parametrize("typed", ["#0b7d6b", "#7a2048", "#1d4ed8", "#8a5f00", "#000000"])
def test_every_shade_that_follows_from_a_colour_can_be_read(typed: str) -> None:
    for theme in ("light", "dark"):
        shown = colours.nearest_readable(typed, theme=theme)
        assert colours.lowest_contrast(shown, theme=theme) >= colours.READABLE
        shades = colours.palette(shown, theme=theme)
        assert colours.contrast(shades.ink, shades.soft) >= colours.READABLE


def test_a_colour_of_ones_own_comes_as_a_style_sheet_for_both_themes(client: Any, change: Any) -> None:
    change(colour_light="#7a2048")
    page = client.get("/").content.decode()
    address = re.search(r'href="(/brand\.css\?7a2048-[0-9a-f]{6})"', page)
    assert address
    sheet = client.get(address[1]).content.decode()
    assert sheet.count("light-dark(#") == 3


def test_a_sign_shows_once_it_was_drawn_anew_and_the_one_before_is_gone(
    client: Any,
    admin: Any,
    now: Any,
    clean_documents: Any,
    run_reactions: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    assert "brand/logo.svg" in client.get("/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        first = house.change_logo(by=admin, upload=sent(), now=now)
    assert "brand/logo.svg" in client.get("/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        run_reactions()
    page = client.get("/").content.decode()
    address = re.search(r'src="(/brand/logo-[0-9a-f]{12}\.webp)"', page)
    assert address
    answer = client.get(address[1])
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    icons = json.loads(client.get("/manifest.webmanifest").content)["icons"]
    assert client.get(icons[0]["src"]).content.startswith(b"\x89PNG")
    with django_capture_on_commit_callbacks(execute=True):
        house.drop_logo(by=admin, now=now)
    first.refresh_from_db()
    assert first.state == "erased"
    assert client.get(address[1]).status_code == 404


def test_only_administrators_change_the_brand(now: Any) -> None:
    with pytest.raises(NotAllowed):
        house.change_brand(by=UserFactory.create(role="moderator"), changes={"name": "Meins"}, now=now)


def test_a_wrong_vat_id_is_named(change: Any) -> None:
    with pytest.raises(Invalid, match="DE"):
        change(vat_id="DE123456789")
    assert change(vat_id="DE 136 695 976").vat_id == "DE136695976"


def test_the_imprint_page_saves_what_the_law_asks_for(client: Any, admin: Any) -> None:
    client.force_login(admin)
    typed = {
        "legal_name": "Südwind AG",
        "street": "Kai 1",
        "postcode": "20457",
        "town": "Hamburg",
        "represented_by": "Ada Brandt",
        "register": "",
        "vat_id": "",
        "phone": "+49 40 1",
        "email": "hallo@suedwind.example",
    }
    refused = client.post("/staff/setup/imprint/", {**typed, "represented_by": ""})
    assert refused.status_code == 422
    assert client.post("/staff/setup/imprint/", typed).status_code == 302
    assert house.imprint_gaps() == []


def test_the_error_page_needs_no_database_for_the_brand(django_assert_num_queries: Any) -> None:
    house.hold(None)
    with django_assert_num_queries(0):
        assert house.held_brand()["name"]
