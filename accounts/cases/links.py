"""What a case can be about: kinds of things that the apps register, and the links to them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Case, CaseLink, User
from common.errors import Invalid, NotFound
from journal import log


class Link(NamedTuple):
    """("vehicles.vehicle", 17)"""

    kind: str
    object_id: int


class Thing(NamedTuple):
    """What a link looks like; an address of "" is nowhere to go."""

    title: str
    owner_url: str = ""
    staff_url: str = ""
    staff_title: str = ""  # where colleagues see more


@dataclass(frozen=True)
class LinkKind:
    """``describe(ids)`` names many at once; ``choices(user, now)`` are a customer's own, newest first;
    ``may_link(user, id, now)`` is asked when a customer names one; ``blocks_closing(ids)`` says in
    words what has to be done first, or nothing; ``scope_of(id)`` is the place that it belongs to; who
    holds ``permission`` finds the staff's page."""

    name: str  # the model's label: "vehicles.vehicle"
    label: Any
    describe: Callable[[list[int]], dict[int, Thing]]
    may_link: Callable[[User, int, datetime], bool]
    choices: Callable[[User, datetime], list[tuple[int, str]]] = lambda _user, _now: []
    permission: str = ""
    blocks_closing: Callable[[list[int]], Any] = lambda _ids: ""
    scope_of: Callable[[int], models.Model | None] = lambda _id: None


class Shown(NamedTuple):
    link: CaseLink
    label: Any
    title: str
    url: str


_kinds: dict[str, LinkKind] = {}


def register_link_kind(kind: LinkKind) -> None:
    """From an app's apps.py."""
    _kinds[kind.name] = kind


def kind_named(name: str) -> LinkKind:
    """Raises Invalid for a kind that nobody registered."""
    if name not in _kinds:
        raise Invalid(_("A request can't be about this."), code="link_unknown", field="links")
    return _kinds[name]


def parse_link(key: str) -> Link:
    """The link behind "vehicles.vehicle:17". Raises Invalid for any other text."""
    kind, _colon, number = key.partition(":")
    if kind not in _kinds or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Invalid(_("A request can't be about this."), code="link_unknown", field="links")
    return Link(kind, int(number))


def choices_of(user: User, now: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a customer's case can be about, by kind: ("Vehicles", [("vehicles.vehicle:17", "N5 …")])."""
    found = []
    for kind in _kinds.values():
        own = [(f"{kind.name}:{number}", title) for number, title in kind.choices(user, now)]
        if own:
            found.append((str(kind.label), own))
    return found


def add_links(*, by: User | None, case: Case, links: Iterable[Link], now: datetime) -> None:
    """Link a case to things; linking again changes nothing.

    A customer (also where staff acts for nobody in particular) may name their own things only:
    raises NotFound for another's, Invalid for a kind that there is not.
    """
    with transaction.atomic():
        for kind_name, number in links:
            kind = kind_named(kind_name)
            if by is not None and by.pk == case.customer_id and not kind.may_link(by, number, now):
                raise NotFound(_("There is no such thing among yours."), field="links")
            if number not in kind.describe([number]):
                raise NotFound(_("There is no such thing."), field="links")
            _link, new = CaseLink.objects.get_or_create(case=case, kind=kind_name, object_id=number)
            if new:
                log.record(
                    "accounts.case_linked",
                    by=by,
                    subject=case,
                    data={"kind": kind_name, "object": number},
                    at=now,
                )


def shown_links(case: Case, *, reader: User | None, for_staff: bool) -> list[Shown]:
    """The things of a case with the address that this reader can open, or "".

    One read per kind. What is gone is left out.
    """
    by_kind: dict[str, list[CaseLink]] = {}
    for link in case.links.order_by("pk"):
        by_kind.setdefault(link.kind, []).append(link)
    found = []
    for name, links in by_kind.items():
        kind = _kinds.get(name)
        if kind is None:
            continue
        things = kind.describe([link.object_id for link in links])
        opens = not kind.permission or (reader is not None and reader.has_permission(kind.permission))
        for link in links:
            if link.object_id in things:
                thing = things[link.object_id]
                url = (thing.staff_url if opens else "") if for_staff else thing.owner_url
                title = (for_staff and thing.staff_title) or thing.title
                found.append(Shown(link, kind.label, title, url if reader is not None else ""))
    return found


def place_of(links: Iterable[Link]) -> models.Model | None:
    """Where the things of a case belong to: the first that knows a place."""
    for kind_name, number in links:
        place = kind_named(kind_name).scope_of(number)
        if place is not None:
            return place
    return None


def reason_not_to_close(case: Case) -> str:
    """What has to be done first with the things of a case, in words; or nothing."""
    by_kind: dict[str, list[int]] = {}
    for link in case.links.all():
        by_kind.setdefault(link.kind, []).append(link.object_id)
    for name, ids in by_kind.items():
        if name in _kinds and (reason := _kinds[name].blocks_closing(ids)):
            return str(reason)
    return ""
