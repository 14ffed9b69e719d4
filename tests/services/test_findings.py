"""What technicians find becomes a line of an estimate; what was approved is ticked off."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from common.errors import Conflict, Invalid, NotFound
from documents import rights
from journal.models import Event
from services.models import Estimate, EstimateLine, Finding
from services.work import approved, findings
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.services import make_workshop
from tests.factories.work import MORNING, Shop, approved_line, make_shop

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(db: None) -> Shop:
    return make_shop(status="in_work")


def found(shop: Shop, text: str = "Bremsleitung porös", **more) -> Finding:
    return findings.record_finding(by=shop.person, job=shop.job, text=text, now=MORNING, **more)


def mention(finding: Finding, state: str) -> EstimateLine:
    line = approved_line(finding.job.appointment, decision="open")
    line.finding = finding
    line.save()
    undecided = {"decided_at": None, "decided_through": ""} if state != "decided" else {}
    Estimate.objects.filter(pk=line.estimate_id).update(state=state, **undecided)
    return line


def test_a_finding_carries_its_pictures(shop):
    picture = DocumentFactory.create(by=shop.person, kind=findings.PICTURE)
    finding = found(shop, pictures=[picture])
    assert [p.pk for p in findings.pictures_of([finding])[finding.pk]] == [picture.pk]


@pytest.mark.parametrize(
    ("state", "is_open"),
    [("draft", False), ("sent", False), ("decided", False), ("expired", True), ("replaced", True)],
)
def test_a_finding_is_open_until_an_estimate_in_force_mentions_it(shop, state, is_open):
    finding = found(shop)
    assert list(findings.open_findings(appointment=shop.visit)) == [finding]
    mention(finding, state)
    assert findings.open_findings(appointment=shop.visit).exists() == is_open


def test_the_customer_sees_the_picture_once_an_estimate_was_sent(shop):
    picture = DocumentFactory.create(by=shop.person, kind=findings.PICTURE)
    finding = found(shop, pictures=[picture])
    picture.refresh_from_db()
    owner, stranger = shop.visit.booked_by, UserFactory.create()
    elsewhere = UserFactory.create(role="staff", scope=make_workshop().centre)

    def readers() -> list[bool]:
        people = (shop.person, shop.staff, owner, stranger, elsewhere)
        return [rights.may_read(user=user, document=picture) for user in people]

    assert readers() == [True, True, False, False, False]
    line = mention(finding, "draft")
    assert readers() == [True, True, False, False, False]
    Estimate.objects.filter(pk=line.estimate_id).update(state="sent")
    assert readers() == [True, True, True, False, False]


def test_the_same_words_of_the_same_moment_are_one_finding_whenever_they_arrive(shop):
    for days in (0, 3):
        findings.record_finding(
            by=shop.person,
            job=shop.job,
            text="Stoßdämpfer feucht",
            at=MORNING,
            now=MORNING + timedelta(days=days),
        )
    assert Finding.objects.count() == 1
    assert Event.objects.filter(kind="services.finding_recorded").count() == 1


def test_a_finding_needs_words_a_visit_that_goes_on_and_the_right_person(shop):
    with pytest.raises(Invalid):
        found(shop, text="  ")
    with pytest.raises(NotFound):
        findings.record_finding(
            by=UserFactory.create(role="technician", scope=shop.workshop.centre),
            job=shop.job,
            text="Fremd",
            now=MORNING,
        )
    shop.visit.status = "done"
    shop.visit.save()
    with pytest.raises(Conflict):
        found(shop)
    assert not Finding.objects.exists()


def test_the_journal_holds_no_words_of_a_finding(shop):
    finding = found(shop)
    assert Event.objects.get(kind="services.finding_recorded").data == {
        "centre": shop.visit.centre_id,
        "job": shop.job.pk,
        "finding": finding.pk,
    }


def test_approved_work_is_ticked_off_and_back(shop):
    line = approved_line(shop.visit)
    assert list(approved.approved_lines(appointment=shop.visit)) == [line]
    for _again in range(2):
        approved.tick_line(by=shop.person, line=line, at=MORNING, now=MORNING + MINUTE)
    line.refresh_from_db()
    assert line.done_at == MORNING
    assert Event.objects.filter(kind="services.approved_work_done").count() == 1
    approved.tick_line(by=shop.person, line=line, done=False, now=MORNING + MINUTE)
    line.refresh_from_db()
    assert line.done_at is None


@pytest.mark.parametrize("decision", ["open", "refused"])
def test_what_was_not_approved_is_never_done(shop, decision):
    line = approved_line(shop.visit, decision=decision)
    assert not approved.approved_lines(appointment=shop.visit).exists()
    with pytest.raises(Conflict) as told:
        approved.tick_line(by=shop.person, line=line, now=MORNING)
    assert told.value.code == "not_approved"
    with pytest.raises(IntegrityError), transaction.atomic():
        EstimateLine.objects.filter(pk=line.pk).update(done_at=MORNING)


def test_work_of_other_people_is_not_found(shop):
    line = approved_line(shop.visit)
    for stranger in (
        UserFactory.create(role="technician", scope=shop.workshop.centre),
        UserFactory.create(role="staff", scope=make_workshop().centre),
        shop.visit.booked_by,
    ):
        with pytest.raises(NotFound):
            approved.tick_line(by=stranger, line=line, now=MORNING)


def test_a_finding_is_put_in_other_words_until_the_customer_has_read_it(shop):
    finding = found(shop)
    changed = findings.change_finding(by=shop.person, finding=finding, text=" Schlauch porös ", now=MORNING)
    assert changed.text == "Schlauch porös"
    mention(finding, "draft")
    findings.change_finding(by=shop.staff, finding=finding, text="Beide Schläuche porös", now=MORNING)
    Estimate.objects.update(state="sent", sent_at=MORNING, expires_at=MORNING + timedelta(days=3))
    with pytest.raises(Conflict) as refused:
        findings.change_finding(by=shop.person, finding=finding, text="Doch nicht", now=MORNING)
    assert refused.value.code == "told"
    assert Event.objects.filter(kind="services.finding_changed").count() == 2


def test_a_finding_that_was_none_is_withdrawn_with_its_pictures(shop):
    picture = DocumentFactory.create(by=shop.person, kind=findings.PICTURE)
    finding = found(shop, pictures=[picture])
    line = mention(finding, "draft")
    with pytest.raises(Conflict) as refused:
        findings.withdraw_finding(by=shop.person, finding=finding, now=MORNING)
    assert refused.value.code == "in_draft"
    line.delete()
    findings.withdraw_finding(by=shop.person, finding=finding, now=MORNING)
    assert not Finding.objects.exists()
    assert findings.pictures_of([finding]) == {}
    assert Event.objects.get(kind="services.finding_withdrawn").by == shop.person
    with pytest.raises(NotFound):
        findings.withdraw_finding(by=shop.person, finding=finding, now=MORNING)


def test_only_who_works_on_the_car_changes_what_was_found(shop):
    finding = found(shop)
    stranger = UserFactory.create(role="technician", scope=make_workshop().centre)
    with pytest.raises(NotFound):
        findings.change_finding(by=stranger, finding=finding, text="Alles gut", now=MORNING)
    with pytest.raises(NotFound):
        findings.withdraw_finding(by=stranger, finding=finding, now=MORNING)


def test_pages_and_api_change_and_withdraw(shop, client):
    first, second = found(shop), found(shop, "Wischer alt")
    client.force_login(shop.person)
    page = client.get(f"/staff/my-work/jobs/{shop.job.pk}/").content.decode()
    assert f"/staff/my-work/findings/{first.pk}/" in page
    client.post(f"/staff/my-work/findings/{first.pk}/", {"text": "Leitung rissig"})
    assert client.post(f"/staff/my-work/findings/{first.pk}/", {"text": ""}).status_code == 422
    first.refresh_from_db()
    assert first.text == "Leitung rissig"
    client.post(f"/staff/my-work/findings/{first.pk}/withdraw/")
    base = f"/api/v1/jobs/{shop.job.pk}/findings"
    changed = client.put(f"{base}/{second.pk}/", {"text": "Wischer hart"}, content_type="application/json")
    assert changed.json()["text"] == "Wischer hart"
    assert client.delete(f"{base}/{second.pk}/").status_code == 204
    assert not Finding.objects.exists()
    client.force_login(UserFactory.create(role="technician", scope=make_workshop().centre))
    assert client.delete(f"{base}/{second.pk}/").status_code == 404
