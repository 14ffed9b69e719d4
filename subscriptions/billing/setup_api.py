"""Rates of VAT and series of numbers in the API; for who keeps the books."""

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common.rest.views import CreateMixin, ReadViewSet
from subscriptions.billing import numbers, vat
from subscriptions.models import NumberSeries, VatRate


class VatRateSerializer(serializers.ModelSerializer):
    class Meta:
        model = VatRate
        fields = ["id", "code", "valid_from", "rate"]


class NewVatRateSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=VatRate.Code.choices)
    valid_from = serializers.DateField(help_text="Civil day in Berlin.")
    rate = serializers.DecimalField(max_digits=4, decimal_places=3, help_text="0.190 for 19 %.")


class NumberSeriesSerializer(serializers.ModelSerializer):
    next = serializers.SerializerMethodField(help_text="The number that the next document gets.")
    begun = serializers.SerializerMethodField(help_text="Numbers were given; nothing changes any more.")

    class Meta:
        model = NumberSeries
        fields = ["code", "prefix", "last_number", "next", "begun"]

    def get_next(self, series: NumberSeries) -> str:
        return numbers.preview(series)

    @extend_schema_field(bool)
    def get_begun(self, series: NumberSeries) -> bool:
        return numbers.has_begun(series)


class SeriesChangeSerializer(serializers.Serializer):
    prefix = serializers.CharField(max_length=12)
    next_number = serializers.IntegerField(min_value=1)


class VatRateViewSet(CreateMixin, ReadViewSet):
    """Which rate of VAT holds from which day. DELETE withdraws one that has not begun."""

    permission = vat.KEEP_BOOKS
    queryset = VatRate.objects.none()
    serializer_class = VatRateSerializer
    create_serializer_class = NewVatRateSerializer
    filterset_fields = ("code",)

    def get_queryset(self) -> QuerySet[VatRate]:
        return VatRate.objects.order_by("-valid_from", "-pk")

    @extend_schema(request=NewVatRateSerializer, responses={201: VatRateSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> VatRate:
        return vat.add_rate(by=self.request.user, now=timezone.now(), **data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        vat.withdraw_rate(by=cast(User, request.user), rate=self.get_object(), now=timezone.now())
        return Response(status=204)


class NumberSeriesViewSet(ReadViewSet):
    """What numbers of documents look like; changed only while none was given."""

    permission = vat.KEEP_BOOKS
    queryset = NumberSeries.objects.none()
    serializer_class = NumberSeriesSerializer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[NumberSeries]:
        return NumberSeries.objects.order_by("pk")

    @extend_schema(request=SeriesChangeSerializer, responses=NumberSeriesSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        shape = SeriesChangeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        changed = numbers.change_series(
            by=cast(User, request.user), series=self.get_object(), now=timezone.now(), **shape.validated_data
        )
        return Response(self.get_serializer(changed).data)
