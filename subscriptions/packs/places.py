from django.utils.translation import gettext_lazy as _

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
