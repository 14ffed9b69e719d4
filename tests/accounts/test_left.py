"""What is left of somebody who left. All tests look at the same two people."""

from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models

from accounts.models import (
    KeptRecord,
    User,
)
from accounts.privacy import erasing, keeping
from accounts.privacy import parts as privacy
from common.errors import NotAllowed
from community.models import MemberProfile, Post
from documents.models import Document, Signature
from journal.models import Event, ReactionRun
from services.models import Appointment
from subscriptions.models import Contract, Declaration
from tests.factories.accounts import UserFactory
from tests.factories.community import open_topic
from tests.factories.privacy import end_what_holds, fill_everything, person

LATER = timedelta(days=15)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

# Where a marker may be left, and why.
STAYS = {
    "community.Post": "posts stay readable",
    "community.Topic": "so do their titles",
    "community.Report": "the explanation is the moderation's, without a name",
    "subscriptions.Contract": "the offer as it was agreed, with the plate, points at a shell",
    "subscriptions.Declaration": "kept as received; off the desk, found through the locked record",
    "subscriptions.DeclarationAnswer": "kept with it",
    "subscriptions.Invoice": "issued with name and address on it, as the law wants it kept",
    "subscriptions.InvoiceLine": "what was billed",
    "subscriptions.Charge": "what is to be billed",
    "subscriptions.Mandate": "bank data, forgotten after ten years",
    "subscriptions.BankLine": "bank data, forgotten after ten years",
    "subscriptions.UsageRecord": "an id of the source, kept while bills rest on it",
    "services.StatusChange": "append-only; what colleagues wrote about a car",
    "services.PromiseChange": "append-only; what colleagues wrote about a car",
    "services.Finding": "what was found on a car is the car's history",
    "services.Estimate": "what it would have cost, locked with the visit",
    "services.EstimateLine": "what it would have cost, locked with the visit",
    "services.CostEntry": "what it would have cost, locked with the visit",
    "services.RepairOrder": "what was ordered, locked with the visit",
    "services.DamageMark": "how the car came, locked with the visit",
    "documents.Signature": "evidence under a paper, locked",
    "documents.Document": "papers that were signed, locked",
    "accounts.KeptRecord": "the locked record itself",
    "accounts.Organisation": "the company is not the person",
    "accounts.Partner": "nor is the service",
    "allauth_idp_oidc.Client": "nor is the service",
}
# Sheets of colleagues, and of cars that changed hands.
NOT_THEIRS = {"roles", "work", "working_times", "transfers"}


@pytest.fixture(scope="module")
def people(shared_rows, run_reactions):
    """Somebody with a row of every model, who left; and somebody else, who did not."""
    colleague = UserFactory.create(role="administrator")
    alpha, omega = person("alpha"), person("omega")
    open_topic(now=NOW, by=omega, title="omega fragt nach", text="Wie weit kommen Sie?")
    open_topic(now=NOW, by=alpha, title="alpha fragt nach", text="Wie weit kommen Sie?")
    fill_everything(alpha, "alpha", other=omega, colleague=colleague, now=NOW)
    fill_everything(omega, "omega", other=alpha, colleague=colleague, now=NOW)
    end_what_holds(alpha, now=NOW)
    erasing.request_erasure(by=alpha, now=NOW)
    assert erasing.carry_out_due(now=NOW + LATER) == 1
    run_reactions()
    return alpha.pk, omega.pk


@pytest.fixture
def left(people, db):
    gone, there = people
    return User.objects.get(pk=gone), User.objects.get(pk=there)


@pytest.fixture
def now():
    return NOW


def places_of(marker: str) -> set[str]:
    """Models with a row that says ``marker`` in any of its columns."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        texts = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._default_manager.values_list(*(field.attname for field in texts)):
            if any(marker in str(value) for value in row):
                found.add(model._meta.label)
    return found


def test_nothing_says_who_they_were_except_what_must(left):
    assert places_of("alpha") <= set(STAYS), places_of("alpha") - set(STAYS)


def test_the_row_is_an_empty_shell_that_nobody_can_sign_in_to(left, client):
    alpha, _omega = left
    assert alpha.standing == User.Standing.ERASED
    assert (alpha.email, alpha.display_name, alpha.phone, alpha.is_active) == (None, "", "", False)
    assert not alpha.has_usable_password()
    assert not EmailAddress.objects.filter(user=alpha).exists()
    answer = client.post("/account/login/", {"login": "alpha@example.org", "password": "Nordlicht-2026"})
    assert "_auth_user_id" not in client.session
    assert answer.status_code == 200


def test_somebody_else_lost_nothing(left, now):
    _alpha, omega = left
    for part in privacy.all_parts():
        for piece in part.export(omega):
            if isinstance(piece, privacy.Sheet):
                assert list(piece.rows()) or piece.name in NOT_THEIRS, (part.name, piece.name)
    assert places_of("omega") >= {"accounts.User", "accounts.Address", "accounts.CaseMessage"}


def test_their_posts_stay_readable_under_former_member(left, client):
    alpha, _omega = left
    post = Post.objects.filter(author__user=alpha, source="alpha-first-post").get()
    text = client.get(f"/community/topics/{post.topic_id}/").content.decode()
    assert "alpha-first-post" in text
    assert "Ehemaliges Mitglied" in text
    assert "alpha-handle" not in text
    assert MemberProfile.objects.get(user=alpha).left_at


def test_contracts_and_visits_are_kept_and_locked_with_law_and_day(left):
    alpha, _omega = left
    kept = {record.part: record for record in KeptRecord.objects.filter(user=alpha)}
    assert kept["subscriptions"].basis == "AO § 147, HGB § 257"
    assert kept["subscriptions"].until == date(2036, 12, 31)
    assert kept["subscriptions"].content["name"] == "alpha-first alpha-last"
    assert kept["subscriptions"].content["contracts"] == [Contract.objects.get(holder=alpha).code]
    assert kept["services"].until == date(2029, 12, 31)
    assert Appointment.objects.filter(booked_by=alpha, note="").exists()
    assert Declaration.objects.filter(by=alpha).exists()
    assert not Declaration.objects.for_desk().filter(by=alpha).exists()
    assert Signature.objects.filter(signer=alpha).exists()


def test_the_journal_stays_whole_and_says_that_they_left(left):
    alpha, _omega = left
    assert Event.objects.filter(by=alpha).exists()
    event = Event.objects.get(kind="accounts.erased")
    assert event.subject.object_id == alpha.pk
    assert event.data["reason"] == "asked"
    assert set(event.data["parts"]) == {part.name for part in privacy.all_parts()}


def test_only_administrators_open_what_is_locked_and_each_look_is_written_down(left):
    alpha, omega = left
    record = KeptRecord.objects.filter(user=alpha)[0]
    with pytest.raises(NotAllowed):
        keeping.look_at(by=omega, record=record)
    administrator = UserFactory.create(role="administrator")
    seen = keeping.look_at(by=administrator, record=record)
    assert seen.content["email"] == "alpha@example.org"
    event = Event.objects.get(kind="accounts.locked_seen")
    assert (event.by, event.data) == (administrator, {"record": record.pk})


def test_in_its_time_what_was_locked_goes_too(left, now):
    alpha, _omega = left
    assert keeping.erase_overdue(now=now + timedelta(days=1000), limit=10) == 0
    in_2030 = now.replace(year=2030, month=1, day=2)
    assert keeping.erase_overdue(now=in_2030, limit=10) == 2  # visits, signed papers
    locked = KeptRecord.objects.filter(erased_at=None).values_list("part", flat=True)
    assert set(locked) == {"subscriptions", "billing"}
    kept = Document.objects.not_erased().filter(owner=alpha)
    assert not kept.exclude(kind="subscriptions.invoice").exists()  # invoices are kept for eight years


def test_every_part_can_be_erased_twice(left, now):
    alpha, _omega = left
    before = Event.objects.count()
    for part in reversed(privacy.all_parts()):
        part.erase(user=User.objects.get(pk=alpha.pk), now=now + LATER)
    assert Event.objects.count() == before


def test_erasing_leaves_no_work_behind_that_fails(left):
    assert not ReactionRun.objects.exclude(state="done").exclude(last_error="").exists()
