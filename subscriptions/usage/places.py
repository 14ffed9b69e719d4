from django.utils.translation import gettext_lazy as _

from subscriptions.desk import Place, register_place
from subscriptions.models import UsageRecord
from subscriptions.usage import sources, unmatched

register_place(
    Place(
        name="usage",
        title=_("Usage without a contract"),
        text=_("Reports that no contract bears."),
        icon="gauge",
        url_name="subscriptions:staff-usage",
        permission=unmatched.DESK,
        order=70,
        waiting=lambda: UsageRecord.objects.unmatched().count(),
    )
)
register_place(
    Place(
        name="sources",
        title=_("Sources of usage"),
        text=_("Who reports what was used, and with which key."),
        icon="share-2",
        url_name="subscriptions:staff-sources",
        permission=sources.RUN,
        order=80,
    )
)
