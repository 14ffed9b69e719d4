"""What the web process and the proxy owe each other: the visitor's address, and a body read to its end."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import pytest

from portal.wsgi import behind_proxy, body_first


def _seen(**environ: str) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def application(given: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.update(given)
        return []

    list(behind_proxy(application)(dict(environ), lambda *_: None))
    return seen


@pytest.mark.parametrize(
    ("header", "address"), [("203.0.113.7", "203.0.113.7"), ("10.1.1.1, 203.0.113.7", "203.0.113.7")]
)
def test_the_last_entry_is_the_visitor(header: str, address: str) -> None:
    seen = _seen(REMOTE_ADDR="", HTTP_X_FORWARDED_FOR=header)

    assert seen["REMOTE_ADDR"] == address
    assert "HTTP_X_FORWARDED_FOR" not in seen


def test_without_the_proxy_the_address_stays() -> None:
    assert _seen(REMOTE_ADDR="127.0.0.1")["REMOTE_ADDR"] == "127.0.0.1"


@pytest.mark.parametrize("header", [{"CONTENT_LENGTH": "200000"}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_a_body_that_no_view_asked_for_is_read_before_the_answer(header: dict[str, str]) -> None:
    body = BytesIO(b"x" * 200_000)

    def refuses(given: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return [b"403"]

    assert list(body_first(refuses)({"wsgi.input": body, **header}, lambda *_: None)) == [b"403"]
    assert body.tell() == 200_000
