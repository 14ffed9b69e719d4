"""The contract as a PDF with the whole withdrawal notice; the wish to begin early."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from common.civil import local_date
from documents.models import Document
from subscriptions.contracts import ordering, papers
from subscriptions.models import Contract
from tests.factories.accounts import UserFactory, company
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


def words_of(content: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def content_of(paper: Document) -> bytes:
    with paper.file.open("rb") as kept:
        return bytes(kept.read())


def test_the_confirmation_carries_the_contract_as_a_pdf(now: datetime, deliver_outbox: Any) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    deliver_outbox()
    ((name, content, kind),) = mail.outbox[0].attachments
    assert (name, kind) == (f"Vertrag {contract.code}.pdf", "application/pdf")
    words = words_of(content)
    for shown in (contract.code, contract.offer_hash, "Muster-Widerrufsformular", "binnen vierzehn Tagen"):
        assert shown in words
    for line in contract.offer_text.splitlines():
        assert " ".join(line.partition(": ")[2].split()) in words


def test_mail_and_reaction_make_one_paper(now: datetime, deliver_outbox: Any, run_reactions: Any) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    run_reactions()
    deliver_outbox()
    assert Document.objects.filter(kind=papers.KIND).count() == 1
    paper = papers.find_paper(contract)
    assert paper is not None
    assert content_of(paper) == mail.outbox[0].attachments[0][1]


def test_holder_and_desk_read_it_and_nobody_else(now: datetime, client: Client) -> None:
    user, desk = UserFactory.create(), UserFactory.create(role="advisor")
    paper = papers.paper_of(contract=subscribed(user, own(user), now=now))
    address = reverse("documents:document-detail", args=[paper.pk])
    for reader, status in ((user, 200), (UserFactory.create(), 404)):
        client.force_login(reader)
        assert client.get(address).status_code == status
    assert papers.may_read(desk, paper) == desk.has_permission(papers.DESK)


def test_an_organisation_is_told_nothing_of_withdrawing(now: datetime) -> None:
    user = UserFactory.create()
    organisation = company(user)
    version = offer_plan(plan={"kind": "charging"})
    contract = ordering.subscribe(
        by=user, plan_version=version, vehicle=None, organisation=organisation, early_wish=True, now=now
    )
    words = words_of(content_of(papers.paper_of(contract=contract)))
    assert organisation.name in words
    assert "Widerruf" not in words
    assert not contract.early_wish


def test_who_wishes_an_early_start_owes_the_days_used(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now, early_wish=True)
    assert contract.early_wish
    assert "Ihr ausdrücklicher Wunsch" in words_of(content_of(papers.paper_of(contract=contract)))
    contract.withdrawn_at = now
    assert contract.owes_days_used


def test_without_the_wish_nothing_is_owed_after_a_withdrawal(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    contract.withdrawn_at = now
    assert not contract.owes_days_used


def test_a_start_after_the_fourteen_days_needs_no_wish(now: datetime) -> None:
    user = UserFactory.create()
    later = date(2026, 11, 24) + timedelta(days=30)
    assert not subscribed(user, own(user), now=now, starts_on=later, early_wish=True).early_wish


def test_the_order_asks_for_the_wish_and_keeps_it(now: datetime, client: Client) -> None:
    user = UserFactory.create()
    car, version = own(user), offer_plan()
    client.force_login(user)
    address = reverse("subscriptions:contract-order", args=[version.plan.code])
    page = client.get(f"{address}?vehicle={car.pk}&starts_on={local_date(timezone.now()).isoformat()}")
    form = page.context["form"]
    assert "early_wish" in page.content.decode()
    sent = {
        "vehicle": car.pk,
        "starts_on": form.initial["starts_on"].isoformat(),
        "plan_version": version.pk,
        "offer_hash": form.initial["offer_hash"],
        "early_wish": "on",
        "idempotency_key": page.context["idempotency_key"],
    }
    answers = [client.post(address, sent) for _ in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    assert Contract.objects.get().early_wish  # pressed twice: one contract
