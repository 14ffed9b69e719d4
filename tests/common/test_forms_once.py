"""A page's form sent twice does its work once; a changed one gets a new key."""

from typing import Any

import pytest
from django import forms
from django.test import RequestFactory

from common.models import IdempotencyKey
from common.pages import FormPage
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


class NameForm(forms.Form):
    name = forms.CharField()


class NamePage(FormPage):
    form_class = NameForm
    template_name = "components/form.html"
    once = True
    done: list[str] = []

    def perform(self, form: NameForm) -> str:
        self.done.append(form.cleaned_data["name"])
        return "/done/"


@pytest.fixture
def send(monkeypatch):
    monkeypatch.setattr(NamePage, "done", [])
    anna = UserFactory.create()

    def send(name: str, key: str):
        request: Any = RequestFactory().post("/name/", {"name": name, "idempotency_key": key})
        request.user = anna
        return NamePage.as_view()(request)

    return send


def test_a_double_click_is_one_action(send):
    answers = [send("Anna", "key-1") for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/done/")] * 2
    assert NamePage.done == ["Anna"]


def test_a_form_changed_after_sending_says_so_and_gets_a_new_key(send):
    send("Anna", "key-1")
    answer = send("Berta", "key-1")
    assert answer.status_code == 422
    assert answer.context_data["form"].errors
    new_key = answer.context_data["idempotency_key"]
    assert new_key != "key-1"
    assert send("Berta", new_key).status_code == 302
    assert NamePage.done == ["Anna", "Berta"]


def test_input_that_was_refused_keeps_its_key(send):
    answer = send("", "key-1")
    assert answer.context_data["idempotency_key"] == "key-1"
    assert not IdempotencyKey.objects.exists()
