"""The customer file in the API, for staff: the same functions as the pages."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.customers import customers, file, finding, invitations, merging, unmerging
from accounts.customers.serializers import (
    CustomerCreateSerializer,
    CustomerFileSerializer,
    CustomerInvitationSerializer,
    CustomerInviteSerializer,
    CustomerMergeSerializer,
    CustomerSerializer,
    EntrySerializer,
    FoundListSerializer,
    FoundSerializer,
    MergedSerializer,
    MergePreviewSerializer,
    UndoneSerializer,
)
from accounts.models import CustomerMerge, User
from common.rest.views import CreateMixin, HouseView

VIEW, EDIT, MERGE = "accounts.view_customers", "accounts.edit_customers", "accounts.merge_customers"


class CustomerViewSet(CreateMixin, HouseView, viewsets.GenericViewSet[User]):
    """Finding a customer, their file, writing one down, inviting, merging."""

    permission = {
        "list": VIEW,
        "retrieve": VIEW,
        "part": VIEW,
        "create": EDIT,
        "invite": EDIT,
        "merge_preview": MERGE,
        "merge": MERGE,
    }
    queryset = User.objects.none()
    serializer_class = CustomerSerializer
    create_serializer_class = CustomerCreateSerializer
    pagination_class = None
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.none()  # found through the domain: shells do not exist

    @property
    def customer(self) -> User:
        return customers.customer_numbered(int(self.kwargs["pk"]))

    @extend_schema(
        parameters=[OpenApiParameter("search", str, description="Name, mail, phone, plate, VIN or code.")],
        responses=FoundListSerializer,
    )
    def list(self, request: Request) -> Response:
        """Whom ``search`` may mean, at most 20, exact hits first. What was typed is kept nowhere."""
        found = finding.find_customers(
            by=self.request.user, typed=request.query_params.get("search", ""), now=timezone.now()
        )
        return Response({"results": FoundSerializer(found, many=True).data, "next": None, "previous": None})

    @extend_schema(responses=CustomerFileSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """The file: the parts that the caller may see. Looking is written down for the customer."""
        now, customer = timezone.now(), self.customer
        file.note_look(by=self.request.user, customer=customer, now=now)
        shown = file.read_file(customer=customer, by=self.request.user, now=now)
        return Response(CustomerFileSerializer({"customer": customer, "sections": shown}).data)

    @extend_schema(
        parameters=[OpenApiParameter("page", int), OpenApiParameter("name", str, OpenApiParameter.PATH)],
        responses=EntrySerializer(many=True),
    )
    @action(detail=True, methods=["get"], url_path="parts/(?P<name>[a-z0-9-]+)")
    def part(self, request: Request, pk: str, name: str) -> Response:
        """25 rows of one part of the file."""
        now, customer = timezone.now(), self.customer
        section = file.section_named(name, by=self.request.user)
        file.note_look(by=self.request.user, customer=customer, now=now)
        reading = section.read(customer, self.request.user, now)
        page = Paginator(reading.rows, 25).get_page(request.query_params.get("page"))
        entries = [reading.shape(row) for row in page.object_list]
        return Response(EntrySerializer(entries, many=True).data)

    @extend_schema(request=CustomerCreateSerializer, responses={201: CustomerSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write down a customer without an account. 409 ``email_known`` names who has the address."""
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> User:
        address = data.pop("address")
        home = customers.Home(**address) if address else None
        return customers.create_customer(by=self.request.user, address=home, now=timezone.now(), **data)

    @extend_schema(request=CustomerInviteSerializer, responses={201: CustomerInvitationSerializer})
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: str) -> Response:
        """Send the link by which the customer takes their data over."""
        shape = CustomerInviteSerializer(data=request.data)
        shape.is_valid(raise_exception=True)

        def work() -> tuple[int, Any]:
            invitation = invitations.invite_customer(
                by=self.request.user, customer=self.customer, now=timezone.now(), **shape.validated_data
            )
            return status.HTTP_201_CREATED, dict(CustomerInvitationSerializer(invitation).data)

        return self.answer_once(request, work)

    @extend_schema(
        parameters=[OpenApiParameter("gone", int, required=True)], responses=MergePreviewSerializer
    )
    @action(detail=True, methods=["get"], url_path="merge-preview")
    def merge_preview(self, request: Request, pk: str) -> Response:
        """What merging ``gone`` into this customer would move, and what stands against it."""
        shape = CustomerMergeSerializer(data={"gone": request.query_params.get("gone")})
        shape.is_valid(raise_exception=True)
        gone = customers.customer_numbered(shape.validated_data["gone"])
        preview = merging.preview_merge(kept=self.customer, gone=gone, now=timezone.now())
        return Response(MergePreviewSerializer(preview).data)

    @extend_schema(request=CustomerMergeSerializer, responses={201: MergedSerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Make ``gone`` a part of this customer; undoable for 30 days."""
        shape = CustomerMergeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)

        def work() -> tuple[int, Any]:
            merge = merging.merge_customers(
                by=self.request.user,
                kept=self.customer,
                gone=customers.customer_numbered(shape.validated_data["gone"]),
                facts_of_gone=frozenset(shape.validated_data["facts_of_gone"]),
                now=timezone.now(),
            )
            return status.HTTP_201_CREATED, dict(MergedSerializer(merge).data)

        return self.answer_once(request, work)


class CustomerMergeViewSet(HouseView, viewsets.GenericViewSet[CustomerMerge]):
    """Merges that may still be undone."""

    permission = MERGE
    queryset = CustomerMerge.objects.all()
    serializer_class = MergedSerializer

    @extend_schema(request=None, responses=UndoneSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Part the two again: what changed since stays, and is named."""
        done = unmerging.undo_merge(by=self.request.user, merge=self.get_object(), now=timezone.now())
        return Response(UndoneSerializer(done).data)
