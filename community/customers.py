"""Who somebody is in the forum stays apart from the customer file; a merge takes it along unsaid.

So none of these movers has a label: the preview and what is named by undoing never mention them.
"""

from django.db.models import Q

from accounts.customers.movers import Mover, register_mover, register_stay
from accounts.models import User
from community.models import MemberProfile, TopicRead


def register() -> None:
    """From apps.py."""
    register_mover(Mover("community.MemberProfile", "user", stays=_both_are_members))
    register_mover(Mover("community.TopicRead", "user", stays=_read_by_both))
    register_mover(Mover("community.Report", "reported_by"))
    register_stay("community.Report", "decided_by", "who acted stays who acted")
    register_stay("community.Post", "hidden_by", "who acted stays who acted")
    register_stay("community.PostVersion", "moderator", "who acted stays who acted")


def _both_are_members(kept: User, gone: User) -> Q:
    """Two names in the forum never become one: what the other wrote stays under its own."""
    return Q(pk__isnull=not MemberProfile.objects.filter(user=kept).exists())


def _read_by_both(kept: User, gone: User) -> Q:
    return Q(topic__in=TopicRead.objects.filter(user=kept).values("topic_id"))


__all__ = ["register"]
