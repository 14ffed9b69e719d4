"""The seal of the house: over the whole file where a certificate is configured, nothing otherwise."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from documents import blocks, papers, sealing

VALUES = {"title": "Vertrag", "blocks": [blocks.text("Guten Tag")]}


@pytest.fixture
def paper(now: datetime) -> bytes:
    return papers.set_paper(values=VALUES, language="de", now=now)


@pytest.fixture
def certificate(tmp_path: Path, settings: Any) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nordlicht")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36500))
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "seal.p12"
    path.write_bytes(
        serialization.pkcs12.serialize_key_and_certificates(
            b"seal", key, made, None, serialization.BestAvailableEncryption(b"geheim")
        )
    )
    settings.SEAL_FILE, settings.SEAL_PASSWORD = str(path), "geheim"


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
