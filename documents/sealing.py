"""The seal of the house on its papers: PAdES where a certificate is configured.

``SEAL_FILE`` names a PKCS#12 file with key and certificate, ``SEAL_PASSWORD`` opens it. Without one,
papers stay as they are: the law asks for no signature under a confirmation (BGB §126b).
"""

from functools import cache
from io import BytesIO

from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

FIELD = "Seal"


def seal(content: bytes, *, reason: str) -> bytes:
    """The PDF with the seal over all of it (ETSI EN 319 142-1), or unchanged without a certificate.

    ``reason`` is shown by readers of PDF beside the seal. Raises RuntimeError for a file that
    ``SEAL_PASSWORD`` does not open: a fault of the set-up, never of the reader.
    """
    if not settings.SEAL_FILE:
        return content
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        name=settings.BRAND["legal_name"],
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
    )
    sealed = BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(content)),
        about,
        signer=_signer(settings.SEAL_FILE, settings.SEAL_PASSWORD),
        output=sealed,
    )
    return sealed.getvalue()


def is_sealed(content: bytes, *, trusted: ValidationContext | None = None) -> bool:
    """Whether the last seal is intact and covers the entire file: bytes added later break it.

    With ``trusted`` the certificate must lead to one of its roots, too.
    """
    found = PdfFileReader(BytesIO(content)).embedded_signatures
    if not found:
        return False
    status = validate_pdf_signature(found[-1], trusted)
    whole = status.coverage is not None and status.coverage.name == "ENTIRE_FILE"
    return bool(whole and status.intact and status.valid and (trusted is None or status.trusted))


@cache
def _signer(path: str, password: str) -> signers.SimpleSigner:
    loaded = signers.SimpleSigner.load_pkcs12(path, passphrase=password.encode() or None)
    if loaded is None:
        raise RuntimeError("SEAL_FILE can't be opened with SEAL_PASSWORD")
    return loaded
