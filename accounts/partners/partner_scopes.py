"""What partners may be allowed: the one table of scopes, with the words of the consent screen.

A view of the API names the scopes it takes in ``scopes``; one that names none is closed to
partners. ``openid`` alone says only that it is the same person as last time.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OPENID = "openid"


class Scope(NamedTuple):
    name: str
    label: Any
    text: Any
    acts: bool = False  # does something in the person's name; the others only read


SCOPES: dict[str, Scope] = {
    scope.name: scope
    for scope in (
        Scope(
            OPENID,
            _("That it is you"),
            _("It recognises you by a number that only this service knows."),
        ),
        Scope("profile", _("Your name"), _("First and last name, and your language.")),
        Scope("email", _("Your e-mail address"), _("And that you have confirmed it.")),
        Scope(
            "vehicles:read",
            _("Your cars"),
            _("Model, registration number, vehicle number, and cars that others share with you."),
        ),
        Scope(
            "appointments:read",
            _("Your workshop appointments"),
            _("When, where, and what for: those of all your cars, past and to come."),
        ),
        Scope(
            "appointments:write",
            _("Book, move and cancel appointments"),
            _("In your name and for your cars, as if you had done it yourself."),
            acts=True,
        ),
        Scope(
            "subscriptions:read",
            _("Your subscriptions"),
            _("Which plans you have, at what price, and until when."),
        ),
        Scope(
            "notifications:read",
            pgettext_lazy("scope", "Your inbox"),
            _("What we told you, read and unread."),
        ),
    )
}


def scope_choices() -> list[tuple[str, Any]]:
    """For the form that registers a partner; signing in is always part of it."""
    return [
        (scope.name, format_lazy("{} ({})", scope.label, scope.name))
        for scope in SCOPES.values()
        if scope.name != OPENID
    ]


def known_scopes(names: Iterable[str]) -> list[Scope]:
    """The table's rows for these names, in its order; names it does not have are left out."""
    wanted = set(names)
    return [scope for scope in SCOPES.values() if scope.name in wanted]
