"""The seal of the house: over the whole file where a certificate is configured, nothing otherwise."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from documents import blocks, papers, sealing
from tests.factories.sealing import PASSWORD, write_certificate

VALUES = {"title": "Vertrag", "blocks": [blocks.text("Guten Tag")]}


@pytest.fixture
def paper(now: datetime) -> bytes:
    return papers.set_paper(values=VALUES, language="de", now=now)


@pytest.fixture
def certificate(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "seal.p12"
    write_certificate(path)
    settings.SEAL_FILE, settings.SEAL_PASSWORD = str(path), PASSWORD


def test_without_a_certificate_a_paper_stays_as_it_is(paper: bytes) -> None:
    assert sealing.seal(paper, reason="Vertrag") == paper
    assert not sealing.is_sealed(paper)


def test_the_seal_covers_the_whole_file(certificate: None, paper: bytes) -> None:
    sealed = sealing.seal(paper, reason="Vertrag")
    assert sealed.startswith(paper)
    assert sealing.is_sealed(sealed)
    with pikepdf.open(BytesIO(sealed)) as pdf:
        assert pdf.open_metadata().pdfa_status == "2A"


def test_what_is_added_behind_the_seal_breaks_it(certificate: None, paper: bytes) -> None:
    sealed = sealing.seal(paper, reason="Vertrag")
    assert not sealing.is_sealed(sealed + b"\n% more\n")


def test_a_changed_byte_breaks_it(certificate: None, paper: bytes) -> None:
    sealed = bytearray(sealing.seal(paper, reason="Vertrag"))
    place = sealed.index(b"obj")  # in the words of the paper itself
    sealed[place - 2] ^= 1
    assert not sealing.is_sealed(bytes(sealed))


def test_a_wrong_password_is_a_fault_of_the_set_up(certificate: None, settings: Any, paper: bytes) -> None:
    settings.SEAL_PASSWORD = "falsch"
    with pytest.raises(RuntimeError, match="SEAL_FILE"):
        sealing.seal(paper, reason="Vertrag")
