"""Who hears that a qualification runs out."""

from datetime import date

from django.urls import reverse
from django.utils import translation

from accounts.telling import inbox
from journal.models import Event
from journal.reacting import reacts_to
from services.models import Qualification
from services.work import qualifications


@reacts_to("services.qualification_expiring")
def tell_of_expiry(event: Event) -> None:
    held = (
        Qualification.objects.select_related("resource__centre", "skill")
        .filter(pk=event.data["qualification"], valid_until=date.fromisoformat(event.data["until"]))
        .first()
    )
    if held is None:  # renewed or taken away since
        return
    for user in qualifications.whom_to_warn(resource=held.resource):
        own = user.pk == held.resource.user_id
        with translation.override(user.language):
            skill = held.skill.name
        inbox.notify(
            user=user,
            kind="services.own_qualification_expiring" if own else "services.qualification_expiring",
            params={
                "skill": skill,
                "day": f"{held.valid_until:%d.%m.%Y}",
                "name": held.resource.name,
                "centre": held.resource.centre.name,
            },
            url=reverse("services:my-row") if own else "",
            event=event,
        )
