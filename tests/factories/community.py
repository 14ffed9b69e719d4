"""The forum for tests: categories, members, topics with posts, reports."""

from datetime import datetime
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from community import names, posting
from community.models import Category, MemberProfile, Post, Report, Topic
from tests.factories.accounts import UserFactory


class CategoryFactory(DjangoModelFactory):
    """A category that everybody may read and members may write in."""

    class Meta:
        model = Category

    slug = factory.Sequence(lambda n: f"winter-{n}")
    name_de = factory.Sequence(lambda n: f"Winter {n}")
    name_en = factory.Sequence(lambda n: f"Winter {n}")
    position = factory.Sequence(lambda n: n)


class MemberFactory(DjangoModelFactory):
    """A person's profile in the forum."""

    class Meta:
        model = MemberProfile

    user = factory.SubFactory(UserFactory)
    handle = factory.Sequence(lambda n: f"Nordfahrer{n}x")
    handle_key = factory.LazyAttribute(lambda member: names.handle_key(member.handle))
    created_at = factory.LazyFunction(timezone.now)


def open_topic(
    *, now: datetime, by: User | None = None, category: Category | None = None, **kwargs: Any
) -> Topic:
    """A topic through the domain function, as people open it."""
    return posting.open_topic(
        by=by or MemberFactory.create().user,
        category=category or CategoryFactory.create(),
        title=kwargs.get("title", "Reichweite bei Frost"),
        text=kwargs.get("text", "Wie weit kommen Sie bei **minus zehn** Grad?"),
        now=now,
    )


def reply(
    topic: Topic, *, now: datetime, by: User | None = None, text: str = "Bei mir sind es 320 km."
) -> Post:
    """A reply through the domain function."""
    return posting.reply(by=by or MemberFactory.create().user, topic=topic, text=text, now=now)


class ReportFactory(DjangoModelFactory):
    """An open report by a guest; give ``post`` and ``created_at``."""

    class Meta:
        model = Report

    code = factory.Sequence(lambda n: f"NL-{n:04d}-XYZ")
    notifier_name = "Karla Notiz"
    notifier_email = "karla@example.org"
    reason = Report.Reason.INSULT
    explanation = "Der zweite Satz beleidigt einen anderen Fahrer."
    good_faith = True
