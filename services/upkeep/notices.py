"""What we tell owners of recalls and of what their cars are due for."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_notice

# The law asks the maker to reach every owner (ProdSG §6(4), KBA code): no switch holds it back.
register_notice(
    "services.recall",
    title=_("Recall for your %(car)s: %(title)s"),
    text=_("Please book the free repair soon. Recall %(code)s."),
    mail=True,
    group="service",
    required=True,
)
register_notice(
    "services.recall.do_not_drive",
    title=_("Please do not drive your %(car)s: recall %(code)s"),
    text=_("%(title)s. Leave the car parked until it is repaired. Please book now; we can fetch it."),
    mail=True,
    group="service",
    required=True,
    urgent=True,
)
register_notice(
    "services.campaign",
    title=_("Free of charge for your %(car)s: %(title)s"),
    text=_("Book it by itself or with your next visit. Campaign %(code)s."),
    mail=True,
    group="service",
)
register_notice(
    "services.upkeep_due.inspection",
    title=_("General inspection of your %(car)s in %(when)s"),
    text=_("The month on the sticker is near. An examiner comes to our centres: book a time that suits you."),
    mail=True,
    group="service",
)
register_notice(
    "services.upkeep_due.service",
    title=_("Your %(car)s is due for service"),
    text=_("By the maker's plan: %(when)s. Book a time that suits you."),
    mail=True,
    group="service",
)
register_notice(
    "services.upkeep_due.warranty",
    title=_("The warranty of your %(car)s ends on %(when)s"),
    text=_("Is there something that we should look at before? Book a visit in time."),
    mail=True,
    group="service",
)
