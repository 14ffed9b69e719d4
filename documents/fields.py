"""Form fields that take files in: several at once, kept when the form has another error.

A form names its person before it is validated::

    class MessageForm(forms.Form):
        pictures = UploadsField(kind="accounts.case_picture", max_files=5, required=False)

        def __init__(self, *args, user, now, **kwargs):
            super().__init__(*args, **kwargs)
            receive(self, "pictures", user, now)

``cleaned_data["pictures"]`` is a list of documents that belong to nothing yet: the domain function
calls ``uploads.attach``. Files are received while the form is checked, so that they are listed, with
a signed id, when it comes back with an error.
"""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from documents import drawing, registry, uploads
from documents.errors import TooManyUploads, UploadRefused
from documents.models import Document

SALT = "documents.upload"
KEPT_FOR = 24 * 3600  # seconds, as long as the upload itself


class UploadsWidget(forms.FileInput):
    """A file input with the list of what was received already."""

    template_name = "documents/_uploads_widget.html"
    allow_multiple_selected = True
    received: list[Document] = []
    accepts: tuple[str, ...] = ()
    max_files = 1
    megabytes = 10

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        sent = files.getlist(name) if hasattr(files, "getlist") else files.get(name) or []
        kept = data.getlist(f"{name}-kept") if hasattr(data, "getlist") else data.get(f"{name}-kept") or []
        return {"sent": list(sent), "kept": list(kept)}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-kept" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["attrs"].update({"accept": ",".join(sorted(self.accepts))})
        if self.max_files > 1:
            context["widget"]["attrs"]["multiple"] = True
        else:
            context["widget"]["attrs"].pop("multiple", None)
        context["widget"].update(
            kept=[(document, keep_token(document)) for document in self.received],
            max_files=self.max_files,
            megabytes=self.megabytes,
            has_pdf="application/pdf" in self.accepts,
        )
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        return super().use_required_attribute(initial) and not self.received


class UploadsField(forms.Field):
    """Files of one kind; see the module. ``about`` and ``owner`` are for the domain function to say."""

    widget = UploadsWidget
    default_error_messages = {
        "too_many": _("Please choose at most %(count)d files."),
        "gone": _("A file that you sent before is gone. Please choose it again."),
    }

    def __init__(self, *, kind: str, max_files: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind, self.max_files = kind, max_files
        self.person: Any = None
        self.owner: Any = None
        self.now: datetime | None = None

    def receive_for(self, person: Any, now: datetime, *, owner: Any = None) -> None:
        """Whose uploads these are; must be called before the form is validated or shown.

        ``person`` None is a guest; ``owner`` is whose data it is, by default the uploader's.
        """
        self.person, self.owner, self.now = person, owner, now
        terms = registry.kind_named(self.kind)
        widget: Any = self.widget
        widget.accepts, widget.max_files = tuple(terms.accepts), self.max_files
        widget.megabytes = terms.max_bytes // registry.MEGABYTE

    def clean(self, value: Any) -> list[Document]:
        if self.now is None:
            raise RuntimeError("receive_for was not called")
        errors: list[ValidationError] = []
        documents = self._kept(value["kept"], errors)
        documents += self._received(value["sent"], self.max_files - len(documents), errors)
        self.widget.received = documents  # type: ignore[attr-defined]
        if errors:
            raise ValidationError(errors)
        if self.required and not documents:
            raise ValidationError(self.error_messages["required"], code="required")
        return documents

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data and (data["sent"] or data["kept"]))

    def _kept(self, tokens: list[str], errors: list[ValidationError]) -> list[Document]:
        """What was received with an earlier try of this form, and belongs to nothing yet."""
        try:
            ids = [kept_id(token) for token in tokens]
        except signing.BadSignature:
            errors.append(ValidationError(self.error_messages["gone"], code="gone"))
            return []
        rows = Document.objects.unattached(self.person).filter(pk__in=ids, kind=self.kind)
        found = list(rows.exclude(state=Document.State.REFUSED).order_by("pk"))
        if len(found) < len(set(ids)):
            errors.append(ValidationError(self.error_messages["gone"], code="gone"))
        return found[: self.max_files]

    def _received(self, sent: list[Any], room: int, errors: list[ValidationError]) -> list[Document]:
        if len(sent) > room:
            told = {"count": self.max_files}
            errors.append(ValidationError(self.error_messages["too_many"], code="too_many", params=told))
            sent = sent[: max(room, 0)]
        received = []
        for upload in sent:
            try:
                received.append(
                    uploads.receive_upload(
                        by=self.person,
                        kind=self.kind,
                        upload=upload,
                        owner=self.owner,
                        now=self.now,  # type: ignore[arg-type]
                    )
                )
            except (UploadRefused, TooManyUploads) as error:
                # Which of several it was: the name is the sender's own, and escaped on the page.
                errors.append(ValidationError(f"{upload.name}: {error}", code=error.code))
        return received


class SignatureWidget(forms.Widget):
    """The field to draw in, and the tick that lets a typed name count instead."""

    template_name = "documents/_signature_widget.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return {"strokes": data.get(name, ""), "typed": bool(data.get(f"{name}-typed"))}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"].update(value or {})
        return context


class SignatureField(forms.Field):
    """``cleaned_data`` has ``{"strokes": [...], "typed": bool}``, as signing.sign takes them."""

    widget = SignatureWidget

    def clean(self, value: Any) -> dict[str, Any]:
        if value["typed"]:
            return {"strokes": [], "typed": True}
        try:
            drawn = json.loads(value["strokes"] or "[]")
            return {"strokes": drawing.checked_strokes(drawn), "typed": False}
        except (ValueError, RecursionError) as error:
            raise ValidationError(drawing.UNREADABLE, code="signature_unreadable") from error
        except Invalid as error:
            raise ValidationError(str(error), code=error.code) from error


def keep_token(document: Document) -> str:
    """The signed id by which a form sends again what it has received already."""
    return signing.dumps(document.pk, salt=SALT)


def kept_id(token: str) -> int:
    """Raises django.core.signing.BadSignature for a token that is forged or too old."""
    return int(signing.loads(token, salt=SALT, max_age=KEPT_FOR))


def receive(form: forms.BaseForm, name: str, person: Any, now: datetime, *, owner: Any = None) -> None:
    """``UploadsField.receive_for`` of the form's field ``name``."""
    field: Any = form.fields[name]
    field.receive_for(person, now, owner=owner)
