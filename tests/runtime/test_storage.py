"""Uploads in a bucket, against a server that speaks S3 and checks signatures; and in a folder."""

import json
import stat
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer
from PIL import Image

from portal.storage import PrivateFolder, upload_storage
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import own
from vehicles import garage

BUCKET = "uploads-of-the-portal"
ANYTHING_IN_S3 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


class Server:
    """The address and keys of an account that may do anything with S3 and nothing else."""

    def __init__(self, address: str) -> None:
        self.address = address
        unchecked = {
            "endpoint_url": address,
            "region_name": "us-east-1",
            "aws_access_key_id": "first",
            "aws_secret_access_key": "first",
        }
        boto3.client("s3", **unchecked).create_bucket(Bucket=BUCKET)
        accounts = boto3.client("iam", **unchecked)
        accounts.create_user(UserName="portal")
        accounts.put_user_policy(
            UserName="portal", PolicyName="storage", PolicyDocument=json.dumps(ANYTHING_IN_S3)
        )
        self.key = accounts.create_access_key(UserName="portal")["AccessKey"]
        self.check_signatures(after=0)

    def check_signatures(self, *, after: float) -> None:
        headers = {"Content-Type": "text/plain"}
        httpx.post(
            f"{self.address}/moto-api/reset-auth", content=str(after), headers=headers
        ).raise_for_status()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "STORAGE_BUCKET": BUCKET,
            "STORAGE_ENDPOINT": self.address,
            "STORAGE_ACCESS_KEY": self.key["AccessKeyId"],
            "STORAGE_SECRET_KEY": self.key["SecretAccessKey"],
        }


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    speaking = Server(f"http://{host}:{port}")
    yield speaking
    speaking.check_signatures(after=float("inf"))
    httpx.post(f"{speaking.address}/moto-api/reset").raise_for_status()  # it remembers beyond its end
    running.stop()


@pytest.fixture
def bucket(server: Server, settings: Any) -> Iterator[Any]:
    """The bucket as boto3 sees it, while uploads go there; empty again afterwards."""
    settings.STORAGES = {**settings.STORAGES, "default": upload_storage(server.environment)}
    storage: Any = storages["default"]
    found = storage.bucket
    yield found
    for each in found.objects.all():
        each.delete()


def _photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.django_db
def test_a_photo_goes_to_the_bucket_is_shown_by_its_page_and_leaves_again(
    bucket: Any,
    client: Client,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    owner = UserFactory.create()
    client.force_login(owner)
    car = own(owner)
    photo = _photo()

    with django_capture_on_commit_callbacks(execute=True):
        car = garage.set_photo(by=owner, vehicle=car, upload=BytesIO(photo), size=len(photo), now=now)

    assert [each.key for each in bucket.objects.all()] == [car.photo.name]
    answer: Any = client.get(reverse("vehicles:vehicle-picture", args=[car.pk]))
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    assert answer["Content-Type"] == "image/webp"

    with django_capture_on_commit_callbacks(execute=True):
        garage.remove_photo(by=owner, vehicle=car, now=now)

    assert list(bucket.objects.all()) == []


@pytest.mark.django_db
def test_a_photo_that_the_bucket_lost_is_not_found(bucket: Any, client: Client, now: datetime) -> None:
    owner = UserFactory.create()
    client.force_login(owner)
    photo = _photo()
    car = garage.set_photo(by=owner, vehicle=own(owner), upload=BytesIO(photo), size=len(photo), now=now)
    bucket.Object(car.photo.name).delete()

    answer = client.get(reverse("vehicles:vehicle-picture", args=[car.pk]))

    assert answer.status_code == 404


def test_nobody_gets_an_upload_by_its_address(bucket: Any, server: Server) -> None:
    name = default_storage.save("vehicles/a.webp", ContentFile(b"private"))

    assert httpx.get(f"{server.address}/{BUCKET}/{name}").status_code == 403
    grants = bucket.Object(name).Acl().grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]
    assert default_storage.open(name).read() == b"private"


def test_a_link_is_signed_and_ends_after_five_minutes(bucket: Any) -> None:
    link = default_storage.url("vehicles/a.webp")

    assert "X-Amz-Signature=" in link
    assert "X-Amz-Expires=300&" in link


def test_nothing_is_written_over(bucket: Any) -> None:
    first = default_storage.save("vehicles/a.webp", ContentFile(b"first"))
    second = default_storage.save("vehicles/a.webp", ContentFile(b"second"))

    assert first != second
    assert default_storage.open(first).read() == b"first"


def test_the_wrong_key_is_refused(server: Server, settings: Any) -> None:
    wrong = {**server.environment, "STORAGE_SECRET_KEY": "guessed"}
    settings.STORAGES = {**settings.STORAGES, "default": upload_storage(wrong)}

    with pytest.raises(ClientError, match="Forbidden"):
        default_storage.save("vehicles/a.webp", ContentFile(b"stranger"))


def test_a_bucket_without_an_address_is_at_aws() -> None:
    options = upload_storage({"STORAGE_BUCKET": BUCKET, "STORAGE_REGION": "eu-central-1"})["OPTIONS"]

    assert options["endpoint_url"] is None
    assert options["region_name"] == "eu-central-1"


def test_the_folder_is_closed_and_its_files_have_no_address(tmp_path: Path) -> None:
    assert upload_storage({})["BACKEND"] == "portal.storage.PrivateFolder"
    folder = PrivateFolder(str(tmp_path / "media"))

    name = folder.save("vehicles/a.webp", ContentFile(b"private"))

    assert stat.S_IMODE(Path(folder.path(name)).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(folder.path("vehicles")).stat().st_mode) == 0o700
    with pytest.raises(ValueError, match="no address"):
        folder.url(name)
