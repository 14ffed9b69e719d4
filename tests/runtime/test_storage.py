"""Uploads in a bucket, against a server that speaks S3 and checks signatures; and in a folder."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import httpx
import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer

from documents import erasing, retention
from documents.models import RECEIVED
from portal.storage import upload_storage
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory

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


@pytest.mark.django_db
def test_a_document_goes_to_the_bucket_is_shown_by_its_page_and_leaves_again(
    bucket: Any, client: Client, run_reactions: Any, django_capture_on_commit_callbacks: Any
) -> None:
    owner = UserFactory.create()
    client.force_login(owner)

    with django_capture_on_commit_callbacks(execute=True):
        document = DocumentFactory.create(by=owner)

    assert [each.key for each in bucket.objects.all()] == [document.file.name]
    answer: Any = client.get(reverse("documents:document-detail", args=[document.pk]))
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    assert answer["Content-Type"] == "image/webp"

    erasing.erase_document(document=document, now=document.created_at)
    run_reactions()

    assert list(bucket.objects.all()) == []


@pytest.mark.django_db
def test_remains_in_the_bucket_are_swept(bucket: Any) -> None:
    waiting = DocumentFactory.received(by=UserFactory.create())
    bucket.put_object(Key=f"{RECEIVED}/lost", Body=b"lost")
    assert retention.sweep_received(now=waiting.created_at + timedelta(days=3)) == 1
    assert [each.key for each in bucket.objects.all()] == [waiting.received.name]


@pytest.mark.django_db
def test_a_document_that_the_bucket_lost_is_not_found(bucket: Any, client: Client) -> None:
    owner = UserFactory.create()
    client.force_login(owner)
    document = DocumentFactory.create(by=owner)
    bucket.Object(document.file.name).delete()

    answer = client.get(reverse("documents:document-detail", args=[document.pk]))

    assert answer.status_code == 404
