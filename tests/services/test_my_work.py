"""The technician's pages and their API: own jobs only, each step once, nothing typed is lost."""

import json
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from services.models import Appointment, CheckResult, Finding, JobTime
from services.work import findings
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.services import make_workshop
from tests.factories.work import MORNING, Shop, approved_line, employ, make_shop, tread, visit_for

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def shop() -> Shop:
    """With a job of this moment."""
    return make_shop(starts_at=NOW)


@pytest.fixture
def page(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.person)
    return client


def url(shop: Shop, name: str, *more: int) -> str:
    return reverse(f"services:{name}", args=[shop.job.pk, *more])


def call(client: Client, path: str, key: str = "", **body):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        f"/api/v1/{path}", json.dumps(body, default=str), content_type="application/json", headers=headers
    )


def test_the_next_job_stands_first_with_one_big_button(shop, page):
    colleague = visit_for(shop.workshop, None, starts_at=NOW + timedelta(hours=3))
    shown = page.get(reverse("services:my-work")).content.decode()
    assert shown.count("btn-big") == 3  # start; pause and finish are there for a phone without a network
    assert url(shop, "job-detail") in shown
    assert reverse("services:job-detail", args=[colleague.pk]) not in shown


def test_a_day_goes_by_buttons_from_start_to_the_quality_check(shop, page):
    page.post(url(shop, "job-start"))
    page.post(url(shop, "job-pause"))
    page.post(url(shop, "job-start"))
    page.post(url(shop, "job-finish"))
    done = page.post(url(shop, "job-to-check"), follow=True)
    assert done.redirect_chain == [(reverse("services:my-work"), 302)]
    shop.visit.refresh_from_db()
    assert shop.visit.status == Appointment.Status.QUALITY_CHECK
    assert JobTime.objects.count() == 2


def test_a_refusal_comes_back_in_words(shop, page):
    answer = page.post(url(shop, "job-finish"), follow=True)
    assert "noch nicht begonnen" in answer.content.decode() or "not been started" in answer.content.decode()
    page.post(url(shop, "job-start"))
    point = tread(shop.job)
    answer = page.post(url(shop, "point-record", point.pk), {"value": "viel"}, follow=True)
    assert answer.status_code == 200
    assert not CheckResult.objects.exists()


def test_a_point_is_recorded_with_a_comma_and_shown_with_its_verdict(shop, page):
    page.post(url(shop, "job-start"))
    point = tread(shop.job)
    page.post(url(shop, "point-record", point.pk), {"value": "3,2"}, headers={"Accept-Language": "de"})
    result = CheckResult.objects.get()
    assert (result.value, result.verdict) == (Decimal("3.20"), "bad")
    shown = page.get(url(shop, "job-detail")).content.decode()
    assert 'value="bad" checked' in shown


def test_a_finding_comes_with_its_form_or_keeps_what_was_typed(shop, page):
    form = {"text": "", "idempotency_key": uuid.uuid4().hex}
    assert page.post(url(shop, "finding-create"), form).status_code == 422
    form["text"] = "Stoßdämpfer feucht"
    for _press in range(2):
        page.post(url(shop, "finding-create"), form)
    assert Finding.objects.get().text == "Stoßdämpfer feucht"
    assert "Stoßdämpfer feucht" in page.get(url(shop, "job-detail")).content.decode()


def test_approved_lines_are_ticked_off_and_only_they_are_shown(shop, page):
    line = approved_line(shop.visit)
    refused = approved_line(shop.visit, decision="refused")
    refused.title = "Scheibenwischer"
    refused.save()
    shown = page.get(url(shop, "job-detail")).content.decode()
    assert line.title in shown
    assert "Scheibenwischer" not in shown
    page.post(url(shop, "line-tick", line.pk), {"done": "true"})
    line.refresh_from_db()
    assert line.done_at is not None
    assert page.post(url(shop, "line-tick", refused.pk), {"done": "true"}).status_code == 302
    refused.refresh_from_db()
    assert refused.done_at is None


def test_jobs_of_others_do_not_exist(shop):
    stranger = UserFactory.create(role="technician", scope=shop.workshop.centre)
    elsewhere = UserFactory.create(role="staff", scope=make_workshop().centre)
    for person in (stranger, elsewhere):
        client = Client()
        client.force_login(person)
        assert client.get(url(shop, "job-detail")).status_code == 404
        for deed in ("start", "pause", "finish", "to-check"):
            assert client.post(url(shop, f"job-{deed}")).status_code == 404
        assert call(client, f"jobs/{shop.job.pk}/start/").status_code == 404
        assert client.get(reverse("services:my-work"), {"centre": 0}).status_code == 404
    owner = Client()
    owner.force_login(shop.visit.booked_by)
    assert owner.get(url(shop, "job-detail")).status_code == 403


def test_staff_see_the_jobs_of_everybody_at_their_centre(shop):
    client = Client()
    client.force_login(shop.staff)
    shown = client.get(reverse("services:my-work")).content.decode()
    assert url(shop, "job-detail") in shown
    assert shop.technician.name in shown


def test_the_switch_of_the_name_is_ones_own(shop, page):
    shown = reverse("services:name-shown", args=[shop.technician.pk])
    page.post(shown, {"shown": "true"})
    shop.technician.refresh_from_db()
    assert shop.technician.shown_since is not None
    other = Client()
    other.force_login(shop.staff)
    assert other.post(shown, {"shown": "false"}).status_code == 404
    assert page.get(reverse("services:my-row")).status_code == 200


def test_the_list_needs_as_many_queries_for_one_job_as_for_many(shop, page, count_queries):
    page.get(reverse("services:my-work"))  # the session's first look
    one = count_queries(lambda: page.get(reverse("services:my-work")))
    for hours in range(1, 7):
        job = visit_for(shop.workshop, shop.technician, starts_at=NOW + timedelta(hours=hours))
        tread(job, position=hours)
    assert count_queries(lambda: page.get(reverse("services:my-work"))) == one
    assert one <= 9


def test_a_job_needs_as_many_queries_with_much_as_with_little(shop, page, count_queries):
    def add(position: int) -> None:
        tread(shop.job, position=position)
        found = findings.record_finding(by=shop.person, job=shop.job, text=f"Befund {position}", now=NOW)
        DocumentFactory.create(by=shop.person, kind=findings.PICTURE, about=found)
        approved_line(shop.visit)

    add(1)
    page.get(url(shop, "job-detail"))
    few = count_queries(lambda: page.get(url(shop, "job-detail")))
    for position in range(2, 9):
        add(position)
    assert count_queries(lambda: page.get(url(shop, "job-detail"))) == few
    assert few <= 18


# The API, as the phone uses it.


def test_the_phone_sends_what_it_kept_and_a_lost_answer_repeats_nothing(shop, page):
    began, key = NOW - timedelta(hours=2), uuid.uuid4().hex
    for _again in range(2):
        answer = call(page, f"jobs/{shop.job.pk}/start/", key, at=began.isoformat())
        assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == "started"
    assert JobTime.objects.get().started_at == began
    point = tread(shop.job)
    answer = call(page, f"jobs/{shop.job.pk}/points/", item=point.pk, value="4.1", at=began.isoformat())
    assert (answer.status_code, answer.json()["verdict"]) == (200, "watch")
    changed = call(page, f"jobs/{shop.job.pk}/points/", item=point.pk, value="6")
    assert changed.status_code == 409
    problem = changed.json()
    assert (problem["code"], problem["value"], problem["verdict"]) == ("result_changed", "4.10", "watch")
    mine = call(page, f"jobs/{shop.job.pk}/points/", item=point.pk, value="6", seen=problem["at"])
    assert mine.json()["verdict"] == "good"
    done = call(page, f"jobs/{shop.job.pk}/finish/", at=NOW.isoformat())
    assert (done.json()["state"], done.json()["next_step"]) == ("finished", "quality_check")
    assert call(page, f"jobs/{shop.job.pk}/quality-check/").json()["status"] == "quality_check"


def test_findings_take_pictures_of_their_sender_only(shop, page):
    picture = DocumentFactory.create(by=shop.person, kind=findings.PICTURE)
    foreign = DocumentFactory.create(by=UserFactory.create(), kind=findings.PICTURE)
    path = f"jobs/{shop.job.pk}/findings/"
    assert call(page, path, text="Riss", documents=[foreign.pk]).status_code == 404
    made = call(page, path, text="Riss", documents=[picture.pk])
    assert (made.status_code, made.json()["documents"]) == (201, [picture.pk])
    shown = page.get(f"/api/v1/jobs/{shop.job.pk}/").json()
    assert [found["text"] for found in shown["findings"]] == ["Riss"]


def test_a_line_of_another_visit_is_not_found(shop, page):
    other = approved_line(visit_for(shop.workshop, shop.technician, starts_at=MORNING).appointment)
    path = f"jobs/{shop.job.pk}/approved-lines/"
    assert call(page, path, line=other.pk).status_code == 404
    assert call(page, path, line=approved_line(shop.visit).pk).status_code == 200


def test_the_list_of_the_api_is_in_order_and_filtered(shop):
    late = visit_for(shop.workshop, shop.technician, starts_at=NOW + timedelta(hours=2))
    foreign = visit_for(make_workshop(), None, starts_at=NOW)
    client = Client()
    client.force_login(shop.staff)
    ids = [job["id"] for job in client.get("/api/v1/jobs/").json()["results"]]
    assert ids == [shop.job.pk, late.pk]
    assert foreign.pk not in ids
    after = (NOW + timedelta(hours=1)).isoformat()
    found = client.get("/api/v1/jobs/", {"starts_from": after}).json()["results"]
    assert [job["id"] for job in found] == [late.pk]
    assert client.get("/api/v1/jobs/", {"mine": "true"}).json()["results"] == []


def test_a_technician_reads_and_switches_the_own_row(shop, page):
    [row] = page.get("/api/v1/technicians/").json()["results"]
    assert (row["id"], row["shown_since"]) == (shop.technician.pk, None)
    shown = call(page, f"technicians/{row['id']}/name-shown/", shown=True)
    assert shown.json()["shown_since"] is not None
    other = Client()
    other.force_login(employ(make_workshop()))
    assert call(other, f"technicians/{row['id']}/name-shown/", shown=False).status_code == 404
