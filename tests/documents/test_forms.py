"""Files in forms: several at once, kept when another field is wrong, never somebody else's."""

from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from documents import fields, uploads
from documents.fields import UploadsField
from documents.models import Document
from tests.factories.accounts import UserFactory
from tests.factories.documents import KIND, DocumentFactory, picture_bytes

pytestmark = pytest.mark.django_db


class LetterForm(forms.Form):
    text = forms.CharField()
    pictures = UploadsField(kind=KIND, max_files=3, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["pictures"]
        field.receive_for(user, timezone.now())


def typed(text="", kept=()):
    data = QueryDict(mutable=True)
    data["text"] = text
    data.setlist("pictures-kept", list(kept))
    return data


def photos(*contents):
    named = [SimpleUploadedFile(f"bild{n}.jpg", content) for n, content in enumerate(contents, 1)]
    return MultiValueDict({"pictures": named})


@pytest.fixture
def mara():
    return UserFactory.create()


def test_several_files_come_with_one_form(mara):
    form = LetterForm(typed("Guten Tag"), photos(picture_bytes(), picture_bytes("PNG")), user=mara)
    assert form.is_valid()
    first, second = form.cleaned_data["pictures"]
    assert (first.name, second.media_type) == ("bild1", "image/png")
    uploads.attach(document=first, about=mara)


def test_received_files_stay_when_another_field_is_wrong(mara):
    form = LetterForm(typed(""), photos(picture_bytes()), user=mara)
    assert not form.is_valid()
    document = Document.objects.get()
    token = fields.keep_token(document)
    assert token in form.as_div()
    again = LetterForm(typed("Guten Tag", [token]), MultiValueDict(), user=mara)
    assert again.is_valid()
    assert again.cleaned_data["pictures"] == [document]
    assert Document.objects.count() == 1


def test_one_bad_file_of_three_is_named_and_the_others_are_kept(mara):
    form = LetterForm(typed("Guten Tag"), photos(picture_bytes(), b"<svg/>", picture_bytes("PNG")), user=mara)
    assert not form.is_valid()
    (said,) = form.errors["pictures"]
    assert str(said).startswith("bild2.jpg: ")
    assert Document.objects.count() == 2


def test_more_files_than_allowed_are_not_taken(mara):
    form = LetterForm(typed("Guten Tag"), photos(*[picture_bytes()] * 4), user=mara)
    assert not form.is_valid()
    assert Document.objects.count() == 3


@pytest.mark.parametrize("whose", ["another's", "attached", "forged", "erased"])
def test_only_ones_own_waiting_uploads_are_kept(mara, whose):
    document = DocumentFactory.received(by=UserFactory.create() if whose == "another's" else mara)
    token = fields.keep_token(document)
    if whose == "attached":
        uploads.attach(document=document, about=mara)
    if whose == "forged":
        token = f"{document.pk}:x:y"
    if whose == "erased":
        from documents import erasing

        erasing.erase_document(document=document, now=timezone.now())
    form = LetterForm(typed("Guten Tag", [token]), MultiValueDict(), user=mara)
    assert not form.is_valid()
    assert form.errors.keys() == {"pictures"}


def test_a_hostile_file_name_is_harmless_on_the_page(mara):
    bad = SimpleUploadedFile("<script>alert(1)<script>.jpg", b"<svg/>")
    form = LetterForm(typed("x"), MultiValueDict({"pictures": [bad]}), user=mara)
    assert not form.is_valid()
    assert "<script>" not in form.as_div()
