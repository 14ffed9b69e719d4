"""A photo is chosen, seen before it is sent, checked by the worker and then shown; a name is drawn."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two photos as a phone takes them, with a place in one of them, and something that is none."""
    exif = Image.Exif()
    exif[0x010F] = "Kamera"
    made = []
    for name, colour in (("vorn.jpg", "teal"), ("hinten.png", "orange")):
        picture = Image.new("RGB", (1600, 1200), colour)
        ImageDraw.Draw(picture).ellipse((400, 300, 1200, 900), fill="white")
        picture.save(tmp_path / name, exif=exif)
        made.append(tmp_path / name)
    broken = tmp_path / "kaputt.jpg"
    broken.write_bytes(made[0].read_bytes()[:9000])
    return [*made, broken]


def photo_page(page: Page) -> str:
    page.goto("/garage/")
    page.locator("main a.cover").first.click()
    page.wait_for_url("**/garage/*/")
    car = page.url
    page.goto(car + "photo/")
    return car


@pytest.mark.parametrize(("person", "phone"), [(50, False), (51, True)])
def test_a_photo_of_the_car_appears_without_a_reload(
    visit: Callable[..., Page], photos: list[Path], person: int, phone: bool
) -> None:
    page = visit(f"owner{person}@demo.example", phone=phone)
    car = photo_page(page)
    page.locator("input[name=photo]").set_input_files(photos[0])
    expect(page.locator("[data-previews] li")).to_contain_text("vorn.jpg")
    page.locator("[data-previews] button").click()
    expect(page.locator("[data-previews] li")).to_have_count(0)
    page.locator("input[name=photo]").set_input_files(photos[1])
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(car)
    picture = page.locator("main img[src^='/documents/']").first
    expect(picture).to_be_visible()
    assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") == 1600


def test_a_broken_photo_is_refused_in_words_and_the_page_stays_whole(
    visit: Callable[..., Page], photos: list[Path]
) -> None:
    page = visit("owner52@demo.example")
    car = photo_page(page)
    page.locator("input[name=photo]").set_input_files(photos[2])
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(car)
    page.goto(car + "edit/")
    expect(page.locator("main aside .note-bad, main aside .document-waiting")).to_be_visible()
    page.goto("/account/inbox/")
    expect(page.locator("main")).to_contain_text("kaputt")


def test_a_name_is_drawn_cleared_and_drawn_again_or_typed(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/dev/components/")
    field = page.locator("[data-signature]").first
    canvas, strokes = field.locator("canvas"), field.locator("[data-strokes]")
    draw(page, canvas)
    drawn = json.loads(strokes.input_value())
    assert len(drawn) == 1
    assert all(0 <= x <= 1000 and 0 <= y <= 1000 for x, y, _ms in drawn[0])
    assert drawn[0][-1][2] >= drawn[0][0][2] == 0
    field.locator("[data-clear]").click()
    expect(strokes).to_have_value("")
    draw(page, canvas)
    draw(page, canvas)
    assert len(json.loads(strokes.input_value())) == 2
    field.locator("[data-typed]").focus()
    page.keyboard.press("Space")
    expect(canvas).to_be_hidden()


def draw(page: Page, canvas: Locator) -> None:
    canvas.scroll_into_view_if_needed()
    area = canvas.bounding_box()
    assert area is not None
    left, top = area["x"] + 30, area["y"] + area["height"] / 2
    page.mouse.move(left, top)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(left + 20 * step, top + (25 if step % 2 else -25))
    page.mouse.up()
