"""Where uploads lie: a private folder, or a bucket that speaks S3. Nobody gets them from there by address.

Every upload is shown by a view that asks first who may see it; so the folder is served by nothing and
the bucket stays closed.
"""

from collections.abc import Mapping
from typing import Any

from django.core.files.storage import FileSystemStorage

NAMES = ("STORAGE_BUCKET", "STORAGE_ACCESS_KEY", "STORAGE_SECRET_KEY", "STORAGE_ENDPOINT", "STORAGE_REGION")
LINK_SECONDS = 300


class PrivateFolder(FileSystemStorage):
    """Files below MEDIA_ROOT, readable by the portal's own account only, without addresses."""

    def __init__(self, location: str | None = None) -> None:
        super().__init__(location, file_permissions_mode=0o600, directory_permissions_mode=0o700)

    def url(self, name: str | None) -> str:
        """Raises ValueError: uploads are shown by views."""
        raise ValueError("Uploads have no address of their own.")


def upload_storage(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's STORAGES entry for uploads: the bucket of STORAGE_BUCKET, else the folder MEDIA_ROOT."""
    if not environ.get("STORAGE_BUCKET"):
        return {"BACKEND": "portal.storage.PrivateFolder"}
    # Loaded only when wanted: it costs a quarter of a second at every start.
    from botocore.config import Config

    endpoint = environ.get("STORAGE_ENDPOINT") or None
    config = Config(
        signature_version="s3v4",
        # Servers of one's own seldom have a name per bucket, and not all know AWS's newer checksums.
        s3={"addressing_style": "path" if endpoint else "virtual"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "max_attempts": 3},
    )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": environ["STORAGE_BUCKET"],
            "access_key": environ.get("STORAGE_ACCESS_KEY"),
            "secret_key": environ.get("STORAGE_SECRET_KEY"),
            "endpoint_url": endpoint,
            "region_name": environ.get("STORAGE_REGION") or "us-east-1",
            # No ACL means private, and is the only thing that buckets with ACLs switched off take.
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": LINK_SECONDS,
            "file_overwrite": False,
            "client_config": config,
        },
    }


def storage_problems(environ: Mapping[str, str]) -> dict[str, bool]:
    """What production refuses, by sentence: no storage that outlives a deployment, or half of a bucket."""
    given = {name for name in NAMES if environ.get(name)}
    if not given:
        return {
            "MEDIA_ROOT must name a folder that outlives deployments, or STORAGE_BUCKET a bucket.": not (
                environ.get("MEDIA_ROOT")
            )
        }
    endpoint = environ.get("STORAGE_ENDPOINT", "")
    return {
        "STORAGE_BUCKET must name the bucket that the other STORAGE_ variables are for.": (
            "STORAGE_BUCKET" not in given
        ),
        "STORAGE_ACCESS_KEY and STORAGE_SECRET_KEY must both be set.": (
            not {"STORAGE_ACCESS_KEY", "STORAGE_SECRET_KEY"} <= given
        ),
        "STORAGE_ENDPOINT must be the https address of the S3 server, or unset for AWS.": (
            bool(endpoint) and not endpoint.startswith("https://")
        ),
        "STORAGE_REGION must be set: without STORAGE_ENDPOINT the bucket is AWS's.": (
            not endpoint and "STORAGE_REGION" not in given
        ),
    }
