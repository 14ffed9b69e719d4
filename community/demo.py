"""The demo's forum: 12 categories and 1,500 posts of readable German. Everybody is invented."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from common.codes import new_code
from community.demo_writing import Opening, Room, Writer, common, rooms
from community.models import Category, MemberProfile, Post, Report, Topic, TopicRead
from community.names import handle_key

POSTS = 1500
BATCH = 2000
# The topics of the overview's picture: minutes since the last post, and replies.
FAVOURITES = {"Wintertest": (12, 48), "Ladeleistung bricht": (95, 9), "Nordlicht Haus Hamburg": (180, 14)}
# Reason, start of the topic's title, number of the post, and what the notifier says.
REPORTED = (
    ("danger", "Wallbox im Carport", 2, "Welche Leitung reicht, muss eine Fachkraft festlegen."),
    ("spam", "Erfahrungen mit dem Café", 2, "Klingt nach Werbung, offenbar vom Café selbst geschrieben."),
    (
        "privacy",
        "Stammtisch Ruhrgebiet",
        2,
        "Der Treffpunkt ist so genau beschrieben, dass man uns dort findet.",
    ),
    ("insult", "Welche Farbe zeigt", 3, "Der letzte Satz macht sich über den Fragenden lustig."),
)


class Line(NamedTuple):
    """One post before it is saved: who says what, when."""

    author: MemberProfile
    text: str
    at: datetime


def seed(*, rng: random.Random, scale: int, say: Callable[[str], None], context: dict[str, Any]) -> None:
    """Needs context["demo"] and context["owners"]; leaves context["members"] behind."""
    now = timezone.now()
    writer = Writer(rng)
    members = _members(rng, context, now)
    forum = rooms()
    categories = Category.objects.bulk_create(
        [Category(slug=room.slug, position=place, **room.fields) for place, room in enumerate(forum, 1)]
    )
    plan = [
        (room, category, opening, turn)
        for turn in range(scale)
        for room, category in zip(forum, categories, strict=True)
        for opening in room.openings
    ]
    counts = _spread(rng, [opening for _room, _category, opening, _turn in plan], POSTS * scale)
    topics, talks = [], []
    for (room, category, opening, turn), count in zip(plan, counts, strict=True):
        lines, solved = _talk(rng, writer, room, opening, count, members, now)
        talks.append(lines)
        topics.append(_topic(category, opening, turn, lines, solved))
    Topic.objects.bulk_create(topics, batch_size=BATCH)
    _save_posts(writer, topics, talks)
    _count(categories, topics)
    _own_corner(rng, context["demo"], members, topics, now)
    _reports(rng, context["demo"], topics, now)
    context["members"] = members
    say(f"{len(topics)} topics with {sum(counts)} posts")


def _members(rng: random.Random, context: dict[str, Any], now: datetime) -> list[MemberProfile]:
    """Owner and moderator first, then as many owners as there are names."""
    handles = common()["handles"]
    names = [*handles, *(f"{name}23" for name in handles)]
    people: list[tuple[User, str]] = [
        (context["demo"]["owner"], "Mara_unterwegs"),
        (context["demo"]["moderator"], "Emre-vom-Team"),
    ]
    others = [user for user in context["owners"] if user != context["demo"]["owner"]]
    people += zip(rng.sample(others, min(len(others), len(names))), names, strict=False)
    return MemberProfile.objects.bulk_create(
        [
            MemberProfile(user=user, handle=name, handle_key=handle_key(name), created_at=now)
            for user, name in people
        ]
    )


def _spread(rng: random.Random, openings: list[Opening], total: int) -> list[int]:
    """How many posts each topic has: few long ones, many short ones, ``total`` in all."""
    fixed = [_favourite(opening, 1) for opening in openings]
    least = [count + 1 if count else 3 + rng.randint(0, 2) for count in fixed]
    weights = [0.0 if count else rng.paretovariate(1.3) for count in fixed]
    extra = rng.choices(range(len(openings)), weights=weights, k=max(total - sum(least), 0))
    for place in extra:
        least[place] += 1
    return least


def _favourite(opening: Opening, place: int) -> int:
    return next((values[place] for start, values in FAVOURITES.items() if opening.title.startswith(start)), 0)


def _talk(
    rng: random.Random,
    writer: Writer,
    room: Room,
    opening: Opening,
    count: int,
    members: list[MemberProfile],
    now: datetime,
) -> tuple[list[Line], int | None]:
    """The posts of one topic in their order, and the number of the one that solved it."""
    owner, moderator, *others = members
    asker, *crowd = rng.sample(others, min(len(others), 9))
    if room.slug in ("akku", "software") and rng.random() < 0.2:
        asker = owner
    said = [(asker, opening.text)]
    said += zip(rng.sample(crowd, len(opening.answers)), opening.answers[: count - 1], strict=False)
    asked = room.slug not in ("haeuser", "neu-hier", "reisen") and "?" in opening.title
    solved = 2 if asked and rng.random() < 0.6 else None
    if opening.title.startswith("Ladeleistung bricht"):
        solved = 2
    for text in writer.replies(room, max(count - len(said), 0)):
        last = said[-1][0]
        who = asker if rng.random() < 0.15 and last != asker else rng.choice([m for m in crowd if m != last])
        said.append((who, text))
    if len(said) > 5 and rng.random() < 0.3:
        said[rng.randrange(4, len(said))] = (moderator, rng.choice(common()["team"]))
    if solved and len(said) > 3:
        said[-1] = (asker, rng.choice(common()["thanks"]))
    times = _times(rng, opening, len(said), now)
    return [Line(who, text, at) for (who, text), at in zip(said, times, strict=True)], solved


def _times(rng: random.Random, opening: Opening, count: int, now: datetime) -> list[datetime]:
    """Waking hours of the last three months; the first answers come quickest."""
    minutes = _favourite(opening, 0) or int(rng.triangular(20, 60 * 24 * 80, 60 * 24 * 3))
    last = now - timedelta(minutes=minutes)
    gaps = [rng.expovariate(1 / (40 + 15 * place)) + 2 for place in range(1, count)]
    times = [last]
    for gap in reversed(gaps):
        times.append(times[-1] - timedelta(minutes=gap))
    return times[::-1]


def _topic(category: Category, opening: Opening, turn: int, lines: list[Line], solved: int | None) -> Topic:
    return Topic(
        category=category,
        author=lines[0].author,
        last_author=lines[-1].author,
        title=opening.title if not turn else f"{opening.title} ({turn + 1})",
        created_at=lines[0].at,
        bumped_at=lines[-1].at,
        last_post_no=len(lines),
        post_count=len(lines),
        solved_post_no=solved,
    )


def _save_posts(writer: Writer, topics: list[Topic], talks: list[list[Line]]) -> None:
    def posts() -> Iterable[Post]:
        for topic, lines in zip(topics, talks, strict=True):
            for number, line in enumerate(lines, 1):
                rendered = writer.render(line.text)
                yield Post(
                    topic=topic,
                    post_no=number,
                    author=line.author,
                    source=line.text,
                    html=rendered.html,
                    plain=rendered.plain,
                    renderer_version=rendered.version,
                    created_at=line.at,
                )

    Post.objects.bulk_create(posts(), batch_size=BATCH)


def _count(categories: list[Category], topics: list[Topic]) -> None:
    by_id = {category.pk: category for category in categories}
    for topic in topics:
        by_id[topic.category_id].topic_count += 1
        by_id[topic.category_id].post_count += topic.post_count
    Category.objects.bulk_update(categories, ["topic_count", "post_count"])


def _own_corner(
    rng: random.Random,
    demo: dict[str, User],
    members: list[MemberProfile],
    topics: list[Topic],
    now: datetime,
) -> None:
    """The demo's owner watches some topics, has read a few to the end and others not quite."""
    owner = demo["owner"]
    newest = sorted(topics, key=lambda topic: topic.bumped_at, reverse=True)[:12]
    chosen = {topic.pk: topic for topic in [*newest[::2], *(t for t in topics if t.author == members[0])]}
    TopicRead.objects.bulk_create(
        [
            TopicRead(
                user=owner,
                topic=topic,
                last_read_no=max(1, topic.last_post_no - rng.choice((0, 0, 2, 5))),
                watch=TopicRead.Watch.WATCHING,
            )
            for topic in chosen.values()
        ]
    )
    topic = newest[0]
    post = topic.posts.order_by("post_no").last()
    if post is not None:
        Notice.objects.create(
            user=owner,
            kind="community.reply",
            params={"title": topic.title, "handle": topic.last_author.handle},
            url=reverse("community:post-detail", args=[post.pk]),
            created_at=min(topic.bumped_at, now),
        )


def _reports(rng: random.Random, demo: dict[str, User], topics: list[Topic], now: datetime) -> None:
    """Three open reports for the moderation's queue, one that was decided."""
    reports = []
    by_title = {topic.title: topic for topic in topics}
    for (reason, start, number, words), hours in zip(REPORTED, (2, 7, 26, 50), strict=True):
        topic = next(topic for title, topic in by_title.items() if title.startswith(start))
        reports.append(
            Report(
                code=new_code(rng.choice),
                post=topic.posts.get(post_no=number),
                notifier_name="Karla Notiz",
                notifier_email="karla@demo.example",
                reason=reason,
                explanation=words,
                good_faith=True,
                created_at=now - timedelta(hours=hours),
            )
        )
    decided = reports[-1]
    decided.outcome = Report.Outcome.NO_ACTION
    decided.statement = "Der Ton ist knapp, verletzt aber keine Hausregel. Der Beitrag bleibt stehen."
    decided.decided_by, decided.decided_at = demo["moderator"], now - timedelta(hours=40)
    Report.objects.bulk_create(reports)
