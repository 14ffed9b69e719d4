"""What can go wrong with files, with stable codes and words for the person who sent one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid, NotFound

# Why a file is not taken: the code is kept beside the document, the words are for its uploader.
REFUSALS: dict[str, Any] = {
    "file_empty": _("This file is empty. Please choose it again."),
    "file_too_large": _("This file is too large. Please choose a smaller one."),
    "file_type": _("We can't take this type of file here."),
    "file_pixels": _("The picture has more than 50 megapixels. Please choose a smaller one."),
    "file_animated": _("Moving pictures can't be taken. Please choose a still one."),
    "file_pages": _("The PDF has too many pages. Please send it in parts."),
    "file_locked": _("The PDF is protected by a password. Please send it without one."),
    "file_damaged": _("This file is damaged or incomplete. Please create it again, or take a new photo."),
    "file_too_complex": _("This file can't be processed. Please send it as a simple photo or PDF."),
}


class UploadRefused(Invalid):
    """A file that is not taken; ``code`` is one of REFUSALS."""

    code = "file_damaged"

    def __init__(self, code: str, *, field: str = "file", message: Any = None) -> None:
        super().__init__(message or REFUSALS[code], code=code, field=field)


class TooManyUploads(Conflict):
    """``waiting``: files that are being checked just now, else files that belong to nothing."""

    code = "too_many_uploads"

    def __init__(self, *, waiting: bool) -> None:
        super().__init__(
            _("Many of your files are still being checked. Please try again in a few minutes.")
            if waiting
            else _(
                "Many of your files belong to nothing yet. Finish your form first, or try again tomorrow."
            ),
            field="file",
        )


class DocumentNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(_("There is no such document, or it is not yours."))


class AlreadyAttached(Conflict):
    code = "document_attached"

    def __init__(self) -> None:
        super().__init__(_("This file belongs to something else already. Please choose it again."))
