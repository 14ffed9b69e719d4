"""Legal texts over the API: what is in force today, for everybody."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.house import brand
from accounts.house.legal_serializers import LegalTextSerializer
from accounts.models import LegalText
from common.civil import local_date
from common.rest.views import ReadViewSet


class LegalTextViewSet(ReadViewSet):
    """One text of each kind, in the language of the request."""

    queryset = LegalText.objects.none()
    public = True
    serializer_class = LegalTextSerializer
    lookup_field = "kind"

    def get_queryset(self) -> QuerySet[LegalText]:
        held = brand.snapshot().in_force(local_date(timezone.now()))
        return LegalText.objects.filter(pk__in=[text.pk for text in held.values()])
