from django.utils.translation import gettext_lazy as _

from subscriptions.contracts import takeovers
from subscriptions.desk import Place, register_place
from subscriptions.models import PackSettlement
from subscriptions.packs import settling

register_place(
    Place(
        name="settlements",
        title=_("Batteries to settle"),
        text=_("Contracts that end: who buys, who hands in, what is lost."),
        icon="battery-charging",
        url_name="subscriptions:staff-settlements",
        permission=settling.DESK,
        order=60,
        waiting=lambda: PackSettlement.objects.filter(manner=PackSettlement.Manner.OPEN).count(),
    )
)
register_place(
    Place(
        name="takeovers",
        title=_("Takeovers of contracts"),
        text=_("Cars that are sold with their contract while something is overdue."),
        icon="share-2",
        url_name="subscriptions:staff-takeovers",
        permission=settling.DESK,
        order=62,
        waiting=takeovers.count_unapproved,
    )
)
