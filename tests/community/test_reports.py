"""Reports by anybody, decided once, told to those concerned (DSA Art. 16 and 17)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from accounts.telling import inbox
from common.errors import Conflict, Invalid, NotAllowed
from community import moderation, reporting
from community.models import Category, Post, Report, Topic
from tests.factories.accounts import UserFactory
from tests.factories.community import ReportFactory, reply

pytestmark = pytest.mark.django_db
Run = Callable[[], int]
STATEMENT = "Der Beitrag beleidigt einen anderen Fahrer (Hausregel 2)."


@pytest.fixture
def rude(topic: Topic, ben: User, now: datetime) -> Post:
    return reply(topic, by=ben, text="Sie haben ja keine Ahnung!", now=now)


def test_a_guest_reports_from_the_page(client: Client, rude: Post) -> None:
    url = reverse("community:report-create", args=[rude.pk])
    page = client.get(url).content.decode()
    assert "Sie haben ja keine Ahnung!" in page
    answer = client.post(
        url,
        {
            "reason": "insult",
            "explanation": "Das ist eine Beleidigung.",
            "good_faith": "on",
            "notifier_name": "Karla",
            "notifier_email": "karla@example.org",
        },
        follow=True,
    )
    report = Report.objects.get()
    assert report.code in answer.content.decode()
    assert report.reported_by is None


def test_a_guest_without_name_or_good_faith_is_asked_for_it(client: Client, rude: Post) -> None:
    url = reverse("community:report-create", args=[rude.pk])
    answer = client.post(url, {"reason": "insult", "explanation": "Das ist eine Beleidigung."})
    assert answer.status_code == 422
    assert "Das ist eine Beleidigung." in answer.content.decode()
    assert not Report.objects.exists()


def test_a_guest_gets_receipt_and_decision_by_mail(
    deliver_outbox: Run, rude: Post, moderator: User, now: datetime
) -> None:
    report = reporting.report_post(
        by=AnonymousUser(),
        post=rude,
        reason="insult",
        explanation="Das ist eine Beleidigung.",
        good_faith=True,
        notifier_name="Karla",
        notifier_email="karla@example.org",
        now=now,
    )
    reporting.decide_report(by=moderator, report=report, outcome="hidden", statement=STATEMENT, now=now)
    deliver_outbox()
    receipt, decision = mail.outbox
    assert receipt.to == decision.to == ["karla@example.org"]
    assert report.code in receipt.subject
    assert STATEMENT in decision.body


def test_a_member_gets_receipt_and_decision_in_the_inbox(
    run_reactions: Run, rude: Post, anna: User, moderator: User, now: datetime
) -> None:
    report = reporting.report_post(
        by=anna,
        post=rude,
        reason="insult",
        explanation="Das ist eine Beleidigung.",
        good_faith=True,
        now=now,
    )
    run_reactions()
    reporting.decide_report(by=moderator, report=report, outcome="no_action", statement=STATEMENT, now=now)
    run_reactions()
    told = Notice.objects.filter(user=anna, kind__startswith="community.report").order_by("pk")
    assert [notice.kind for notice in told] == ["community.report_received", "community.report_decided"]
    assert STATEMENT in inbox.words_of(told[1]).text
    rude.refresh_from_db()
    assert rude.hidden_at is None


def test_hiding_tells_the_author_what_why_and_how_to_complain(
    run_reactions: Run, rude: Post, ben: User, moderator: User, now: datetime
) -> None:
    report = ReportFactory.create(post=rude, created_at=now)
    reporting.decide_report(by=moderator, report=report, outcome="hidden", statement=STATEMENT, now=now)
    run_reactions()
    words = inbox.words_of(Notice.objects.get(user=ben, kind="community.post_hidden"))
    assert STATEMENT in words.text
    assert moderation.complaint_contact() in words.text


def test_a_report_is_decided_once(rude: Post, moderator: User, now: datetime) -> None:
    report = ReportFactory.create(post=rude, created_at=now)
    reporting.decide_report(by=moderator, report=report, outcome="locked", statement=STATEMENT, now=now)
    with pytest.raises(Conflict):
        reporting.decide_report(by=moderator, report=report, outcome="hidden", statement=STATEMENT, now=now)
    rude.topic.refresh_from_db()
    assert rude.topic.locked_at == now


def test_a_decision_needs_words(rude: Post, moderator: User, now: datetime) -> None:
    report = ReportFactory.create(post=rude, created_at=now)
    with pytest.raises(Invalid):
        reporting.decide_report(by=moderator, report=report, outcome="hidden", statement=" ", now=now)


def test_only_the_moderation_decides(rude: Post, anna: User, now: datetime) -> None:
    report = ReportFactory.create(post=rude, created_at=now)
    with pytest.raises(NotAllowed):
        reporting.decide_report(by=anna, report=report, outcome="hidden", statement=STATEMENT, now=now)
    with pytest.raises(NotAllowed):
        moderation.hide_post(by=anna, post=rude, reason=STATEMENT, now=now)


def test_the_queue_is_for_the_moderation(rude: Post, anna: User, moderator: User, now: datetime) -> None:
    report = ReportFactory.create(post=rude, created_at=now)
    client = Client()
    client.force_login(anna)
    for url in (reverse("community:staff-home"), reverse("community:report-detail", args=[report.pk])):
        assert client.get(url).status_code == 403
    client.force_login(moderator)
    assert report.code in client.get(reverse("community:staff-home")).content.decode()
    url = reverse("community:report-detail", args=[report.pk])
    assert "Sie haben ja keine Ahnung!" in client.get(url).content.decode()
    answer = client.post(url, {"outcome": "hidden", "statement": STATEMENT})
    assert answer.headers["Location"] == reverse("community:staff-home")
    assert report.code not in client.get(reverse("community:staff-home")).content.decode()
    assert report.code in client.get(reverse("community:staff-home") + "?state=decided").content.decode()


def test_hiding_the_first_post_hides_the_topic_and_showing_brings_it_back(
    topic: Topic, rude: Post, moderator: User, client: Client, now: datetime
) -> None:
    first = topic.posts.get(post_no=1)
    moderation.hide_post(by=moderator, post=first, reason=STATEMENT, now=now)
    url = reverse("community:topic-detail", args=[topic.pk])
    assert client.get(url).status_code == 404
    category = Category.objects.get()
    assert (category.topic_count, category.post_count) == (0, 0)
    moderation.restore_post(by=moderator, post=first, now=now)
    assert client.get(url).status_code == 200
    category.refresh_from_db()
    assert (category.topic_count, category.post_count) == (1, 2)


def test_hiding_the_last_reply_takes_its_bump_back(
    topic: Topic, ben: User, moderator: User, now: datetime
) -> None:
    later = timezone.now()
    post = reply(topic, by=ben, now=later)
    moderation.hide_post(by=moderator, post=post, reason=STATEMENT, now=later)
    topic.refresh_from_db()
    assert (topic.bumped_at, topic.post_count, topic.last_post_no) == (now, 1, 2)


def test_the_moderation_acts_from_the_page(topic: Topic, rude: Post, moderator: User) -> None:
    client = Client()
    client.force_login(moderator)
    answer = client.post(reverse("community:post-hide", args=[rude.pk]), {"reason": STATEMENT})
    assert answer.status_code == 302
    client.post(reverse("community:topic-lock", args=[topic.pk]), {"lock": "1"})
    topic.refresh_from_db()
    assert topic.locked_at is not None
    client.post(reverse("community:topic-lock", args=[topic.pk]), {"lock": "0"})
    client.post(reverse("community:post-restore", args=[rude.pk]))
    topic.refresh_from_db()
    assert (topic.locked_at, topic.post_count) == (None, 2)


def test_a_reply_tells_the_author_once(
    run_reactions: Run, topic: Topic, rude: Post, anna: User, ben: User
) -> None:
    run_reactions()
    run_reactions()
    notice = Notice.objects.get(user=anna)
    assert (notice.kind, notice.params["handle"]) == ("community.reply", "Ben")
    assert notice.url == reverse("community:post-detail", args=[rude.pk])
    assert not Notice.objects.filter(user=ben).exists()


def test_who_does_not_want_to_hear_does_not(
    run_reactions: Run, topic: Topic, anna: User, ben: User, now: datetime
) -> None:
    client = Client()
    client.force_login(anna)
    client.post(reverse("community:topic-watch", args=[topic.pk]), {"watching": "0"})
    reply(topic, by=ben, now=now)
    run_reactions()
    assert not Notice.objects.filter(user=anna).exists()


def test_another_member_can_watch(run_reactions: Run, topic: Topic, ben: User, now: datetime) -> None:
    watcher = UserFactory.create()
    client = Client()
    client.force_login(watcher)
    client.post(reverse("community:topic-watch", args=[topic.pk]), {"watching": "1"})
    reply(topic, by=ben, now=now)
    run_reactions()
    assert Notice.objects.filter(user=watcher, kind="community.reply").count() == 1
