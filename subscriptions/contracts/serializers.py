"""Shapes of contracts in the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organisation
from common import civil
from common.money import net_of
from common.rest.fields import VisibleField
from subscriptions.models import Contract, Plan


class SubscriptionSerializer(serializers.ModelSerializer[Contract]):
    """A contract of the caller."""

    plan = serializers.SlugRelatedField[Plan](slug_field="code", read_only=True)
    status = serializers.SerializerMethodField()
    price_cents = serializers.IntegerField(source="plan_version.price_cents", read_only=True)
    net_cents = serializers.SerializerMethodField(help_text="Without VAT; what organisations compare.")
    currency = serializers.CharField(source="plan_version.currency", read_only=True)

    class Meta:
        model = Contract
        fields = (
            "id",
            "code",
            "plan",
            "plan_version",
            "vehicle",
            "organisation",
            "status",
            "price_cents",
            "net_cents",
            "currency",
            "ordered_at",
            "starts_on",
            "ends_on",
            "cancelled_at",
            "withdrawn_at",
            "offer_text",
            "offer_hash",
            "early_wish",
        )
        read_only_fields = fields

    def get_net_cents(self, contract: Contract) -> int:
        return net_of(contract.plan_version.price_cents, contract.plan_version.vat_rate)

    @extend_schema_field(serializers.ChoiceField(choices=Contract.Status.choices))
    def get_status(self, contract: Contract) -> str:
        return contract.status(civil.local_date(timezone.now()))


class ChangeWishSerializer(serializers.Serializer[Any]):
    """A change that is asked for. ``plan`` for a switch or a flex upgrade; ``ends_on`` is the first day
    after a flex upgrade or a pause. Whether a switch goes up or down follows from the prices.
    """

    what = serializers.ChoiceField(choices=["switch", "flex", "pause", "resume"])
    plan = serializers.SlugField(max_length=40, required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)


class ChangeSerializer(ChangeWishSerializer):
    """With the ``offer_hash`` of the preview: agreed is exactly what was shown, or nothing."""

    offer_hash = serializers.CharField(max_length=64)


class PreviewSerializer(serializers.Serializer[Any]):
    """What a change would cost. Cents include VAT, unless ``net``."""

    kind = serializers.CharField(source="change.kind")
    plan_version = serializers.IntegerField(source="change.version.pk", allow_null=True, default=None)
    starts_on = serializers.DateField(source="change.starts_on")
    ends_on = serializers.DateField(source="change.ends_on", allow_null=True)
    today_cents = serializers.IntegerField(source="costs.today_cents", help_text="More in this period.")
    next_cents = serializers.IntegerField(source="costs.next_cents", help_text="The whole next period.")
    next_on = serializers.DateField(source="costs.next_on")
    net = serializers.BooleanField(source="costs.net")
    offer_text = serializers.CharField(source="text")
    offer_hash = serializers.CharField(source="hash")


class SubscribeSerializer(serializers.Serializer[Any]):
    """``plan`` is the code of a plan; with ``plan_version`` or ``offer_hash`` the order is for
    exactly those terms and refused (409 ``offer_changed``) when they have changed.
    """

    plan = serializers.SlugField(max_length=40)
    plan_version = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    vehicle = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    organisation = VisibleField(
        Organisation,
        Organisation.objects.run_by,
        missing=_("You do not act for such an organisation."),
        required=False,
        allow_null=True,
        help_text="In whose name; nobody named means oneself.",
    )
    starts_on = serializers.DateField(required=False)
    early_wish = serializers.BooleanField(
        default=False,
        help_text="Express wish to begin before the 14 days to withdraw are over (BGB §357a(2)): "
        "after a withdrawal the days used are owed.",
    )
    offer_hash = serializers.CharField(required=False, max_length=64)
