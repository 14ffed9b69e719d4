"""Finding people, for those who may."""

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import RoleGrant, User


def find_people(*, words: str = "", role: str = "") -> QuerySet[User]:
    """People whose name or address contains every word, with their roles in force; newest first.

    ``role`` keeps those who hold it. For pages that ask ``accounts.grant_roles``.
    """
    people = User.objects.all()
    for word in words.split():
        people = people.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
        )
    if role:
        people = people.filter(pk__in=RoleGrant.objects.in_force().filter(role=role).values("user_id"))
    held = Prefetch("role_grants", RoleGrant.objects.in_force().order_by("role"), to_attr="held_roles")
    return people.prefetch_related(held).order_by("-pk")
