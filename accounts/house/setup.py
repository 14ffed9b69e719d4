"""From an empty house to a running brand: the steps, each registered by the app that it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant, User
from accounts.permissions import Role
from common.errors import Conflict, NotFound
from journal import log

SET_UP = "accounts.set_up_house"
LINK_HOURS = 48
_SALT = "accounts.first-administrator"


@dataclass(frozen=True)
class Step:
    """``is_done()`` is asked at every look; ``blocks`` says in words what waits for it.

    ``url_name`` is the page where it is done; ``optional`` steps do not count.
    """

    name: str
    title: Any
    text: Any
    url_name: str
    is_done: Callable[[], bool]
    blocks: Any
    order: int
    icon: str = "settings"
    optional: bool = False


class Look(NamedTuple):
    """A step and how it stands."""

    step: Step
    done: bool


class Progress(NamedTuple):
    looks: list[Look]
    done: int
    total: int

    @property
    def next(self) -> Step | None:
        return next((look.step for look in self.looks if not look.done and not look.step.optional), None)


_steps: dict[str, Step] = {}


def register_step(step: Step) -> None:
    """From an app's apps.py."""
    _steps[step.name] = step


def read_progress() -> Progress:
    """Every step in its order; the optional ones do not count."""
    ordered = sorted(_steps.values(), key=lambda step: (step.order, step.name))
    looks = [Look(step, step.is_done()) for step in ordered]
    needed = [look for look in looks if not look.step.optional]
    return Progress(looks, sum(look.done for look in needed), len(needed))


# -- the first administrator ------------------------------------------------------------------


def has_administrator() -> bool:
    held = RoleGrant.objects.in_force().filter(role=Role.ADMINISTRATOR)
    return held.filter(user__is_active=True).exists()


def first_link_token() -> str:
    """A token for the page where the first administrator signs up; valid for 48 hours.

    Only whoever reaches the server's terminal draws it. Raises Conflict once there is an administrator.
    """
    if has_administrator():
        raise Conflict(
            _("There is an administrator already. They can invite others in the team."), code="house_taken"
        )
    return signing.dumps("first", salt=_SALT)


def check_first_link(token: str) -> None:
    """Raises NotFound for a token that is not ours, too old, or of no use any more."""
    try:
        signing.loads(token, salt=_SALT, max_age=LINK_HOURS * 3600)
    except signing.BadSignature as error:
        raise NotFound(_("This link is not valid any more.")) from error
    if has_administrator():
        raise NotFound(_("This link has been used."))


def lock_first_link(token: str) -> None:
    """Inside a transaction: as ``check_first_link``, and whoever comes second waits and then fails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_SALT])
    check_first_link(token)


def sign_up_first(
    *, token: str, email: str, password: str, first_name: str, last_name: str, language: str
) -> User:
    """The first administrator of an empty house, whose address counts as confirmed.

    Raises NotFound when the link is of no use any more, Conflict for an address with an account.
    """
    address = email.strip().lower()
    with transaction.atomic():
        lock_first_link(token)
        if User.objects.filter(email=address).exists():
            raise Conflict(
                _("This address has an account already. Choose another one."),
                code="email_taken",
                field="email",
            )
        user = User.objects.create_superuser(
            address, password, first_name=first_name, last_name=last_name, language=language
        )
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
        log.record("accounts.signed_up", by=user, subject=user, audience=[user])
        log.record("accounts.first_administrator", by=user, subject=user, audience=[user])
    return user
