"""The workshop's steps of the set-up."""

from django.utils.translation import gettext_lazy as _

from accounts.house import setup
from services.centres import centres
from services.models import ServiceType

STEPS = (
    setup.Step(
        name="centre",
        title=_("First centre"),
        text=_("Name, address and Land, opening hours; public holidays come by themselves."),
        url_name="services:staff-centres",
        is_done=centres.is_ready,
        blocks=_("Nobody can book a visit."),
        order=50,
        icon="building-2",
    ),
    setup.Step(
        name="services",
        title=_("Services"),
        text=_("What the workshop does, how long it takes, what it needs and costs."),
        url_name="services:staff-services",
        is_done=lambda: ServiceType.objects.filter(is_active=True, owner_may_book=True).exists(),
        blocks=_("There is nothing to book."),
        order=55,
        icon="wrench",
    ),
    setup.Step(
        name="resources",
        title=_("People and bays"),
        text=_("Technicians with their skills and hours, and the bays where they work."),
        url_name="services:staff-centres",
        is_done=centres.is_staffed,
        blocks=_("No time is free: every visit needs a technician and a bay."),
        order=60,
        icon="users",
    ),
)
