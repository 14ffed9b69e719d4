"""Photos: checked before decoding, drawn anew, shown only to those who see the car."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from tests.factories.accounts import UserFactory
from tests.factories.vehicles import own, share
from vehicles import garage, ownership, pictures
from vehicles.errors import PictureRefused

ORIENTATION, MAKE = 0x0112, 0x010F


def encoded(image, kind="JPEG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def cleaned(data):
    picture = pictures.clean_picture(BytesIO(data), size=len(data))
    return Image.open(BytesIO(picture.read()))


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_comes_out_as_webp_without_metadata(kind):
    exif = Image.Exif()
    exif[MAKE] = "Kamera von Mara"
    out = cleaned(encoded(Image.new("RGB", (800, 600), "teal"), kind, exif=exif))
    assert (out.format, out.size) == ("WEBP", (800, 600))
    assert not out.getexif()
    assert "exif" not in out.info


def test_a_picture_is_turned_upright_and_made_smaller():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    out = cleaned(encoded(Image.new("RGB", (3200, 1600), "teal"), exif=exif))
    assert out.size == (800, 1600)


def test_transparent_places_become_white():
    out = cleaned(encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG")).convert("RGB")
    assert min(out.getpixel((5, 5))) > 250


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b"",
        b"GIF89a" + b"\0" * 40,
        b"\xff\xd8\xff\xe0 not really",
        encoded(Image.new("RGB", (300, 300), "red"))[:400],
        encoded(Image.new("RGB", (20, 20)), "GIF"),
    ],
    ids=["svg", "empty", "gif head", "jpeg head", "cut off", "gif"],
)
def test_what_is_no_readable_picture_is_refused(data):
    with pytest.raises(PictureRefused):
        cleaned(data)


def test_too_many_pixels_are_refused_before_decoding(monkeypatch):
    def never(*args):
        raise AssertionError("decoded")

    monkeypatch.setattr(pictures, "_redraw", never)
    data = encoded(Image.new("1", (10_000, 9_000)), "PNG")
    assert len(data) < 100_000
    with pytest.raises(PictureRefused, match="50"):
        cleaned(data)


def test_a_file_over_the_limit_is_refused_unread():
    with pytest.raises(PictureRefused, match="10"):
        pictures.clean_picture(BytesIO(), size=pictures.MAX_BYTES + 1)


def upload(client, car, data=None):
    photo = SimpleUploadedFile("IMG.jpg", data or encoded(Image.new("RGB", (40, 30), "teal")))
    return client.post(reverse("vehicles:vehicle-photo", args=[car.pk]), {"photo": photo})


@pytest.mark.django_db
def test_only_those_who_see_the_car_get_its_photo(signed_in):
    owner, driver, stranger = UserFactory.create(), UserFactory.create(), UserFactory.create()
    car = own(owner)
    share(car, driver, rights=["drive"])
    url = reverse("vehicles:vehicle-picture", args=[car.pk])
    assert signed_in(owner).get(url).status_code == 404
    assert upload(signed_in(owner), car).status_code == 302
    for person in (owner, driver):
        answer = signed_in(person).get(url)
        assert answer["Content-Type"] == "image/webp"
        assert "private" in answer["Cache-Control"]
        assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    assert signed_in(stranger).get(url).status_code == 404


@pytest.mark.django_db
def test_a_refused_photo_is_explained_beside_the_field(signed_in):
    owner = UserFactory.create()
    car = own(owner)
    answer = upload(signed_in(owner), car, SVG)
    assert answer.status_code == 422
    assert answer.context["form"].errors["photo"]


@pytest.mark.django_db
def test_the_photo_leaves_with_its_owner(now, django_capture_on_commit_callbacks):
    owner = UserFactory.create()
    car = own(owner)
    data = encoded(Image.new("RGB", (40, 30), "teal"))
    car = garage.set_photo(by=owner, vehicle=car, upload=BytesIO(data), size=len(data), now=now)
    assert car.photo.storage.exists(str(car.photo.name))
    name, storage = str(car.photo.name), car.photo.storage
    with django_capture_on_commit_callbacks(execute=True):
        ownership.release_vehicle(by=owner, vehicle=car, now=now)
    assert not storage.exists(name)
