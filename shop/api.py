"""The models on sale in the API."""

from django.db.models import QuerySet

from common.rest.views import ReadViewSet
from shop.serializers import ModelSerializer
from vehicles.models import VehicleModel


class ModelViewSet(ReadViewSet):
    """For everybody."""

    public = True
    queryset = VehicleModel.objects.none()
    serializer_class = ModelSerializer
    lookup_field = "code"
    ordering = ("price_cents", "id")

    def get_queryset(self) -> QuerySet[VehicleModel]:
        return VehicleModel.objects.on_sale()
