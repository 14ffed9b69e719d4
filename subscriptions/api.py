"""Plans in the API."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from common import civil
from common.rest.views import ReadViewSet
from subscriptions.models import Plan, PlanVersion
from subscriptions.serializers import PlanSerializer

OF_VERSION = (
    "price_cents",
    "currency",
    "period_months",
    "vat_rate",
    "term_months",
    "notice_months",
    "allowances",
)


class PlanViewSet(ReadViewSet):
    """Plans on sale today, for everybody."""

    public = True
    queryset = Plan.objects.none()
    serializer_class = PlanSerializer
    filterset_fields = ("kind",)
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Plan]:
        version = PlanVersion.objects.filter(pk=OuterRef("version_id"))
        columns = {name: Subquery(version.values(name)[:1]) for name in OF_VERSION}
        return Plan.objects.on_sale(civil.local_date(timezone.now())).annotate(**columns)
