"""Requests in the API: one's own, and those of the desk."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.cases import cases, desk, queues, reading
from accounts.cases.serializers import (
    AssignSerializer,
    CaseCreateSerializer,
    CaseSerializer,
    CaseTopicSerializer,
    CloseSerializer,
    DeskCaseSerializer,
    DeskMessageCreateSerializer,
    DeskMessageSerializer,
    HandOverSerializer,
    MergeSerializer,
    MessageCreateSerializer,
    MessageSerializer,
    NoteSerializer,
    PromiseSerializer,
    ReopenSerializer,
)
from accounts.models import Case, CaseMessage
from common.rest.pagination import CursorPagination
from common.rest.views import CreateMixin, ReadViewSet


class AsSpoken(CursorPagination):
    ordering: Any = ("at", "id")


class Conversations(ReadViewSet):
    """What both sides share: the messages of one case, paged, and saying something."""

    message_serializer_class: Any = MessageSerializer
    filterset_class: Any = None

    def messages_of(self, case: Case) -> QuerySet[CaseMessage]:
        raise NotImplementedError

    def listed(self, case: Case) -> Response:
        pages = AsSpoken()
        rows = pages.paginate_queryset(self.messages_of(case), self.request, self) or []
        return pages.get_paginated_response(self._shown(rows).data)

    def _shown(self, rows: list[CaseMessage]) -> Any:
        context = {**self.get_serializer_context(), "pictures": reading.pictures_of(rows)}
        return self.message_serializer_class(rows, many=True, context=context)

    def said(self, message: CaseMessage) -> tuple[int, Any]:
        return status.HTTP_201_CREATED, dict(self._shown([message]).data[0])

    def read(self, shape_class: Any) -> dict[str, Any]:
        """The body, checked for its shape."""
        shape = shape_class(data=self.request.data, context=self.get_serializer_context())
        shape.is_valid(raise_exception=True)
        return dict(shape.validated_data)


class CaseViewSet(CreateMixin, Conversations):
    """One's own requests, newest first. Pictures go to ``/api/v1/documents/`` before, with the kind
    ``accounts.case_picture``."""

    queryset = Case.objects.none()
    serializer_class = CaseSerializer
    create_serializer_class = CaseCreateSerializer

    def get_queryset(self) -> QuerySet[Case]:
        return Case.objects.visible_to(self.request.user).unmerged()

    def messages_of(self, case: Case) -> QuerySet[CaseMessage]:
        return case.messages.for_customer().select_related("author")

    @extend_schema(request=CaseCreateSerializer, responses={201: CaseSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Case:
        return cases.open_case(
            by=self.request.user,
            customer=self.request.user,
            queue=cases.topic_named(data["queue"]).name,
            title=data["title"],
            text=data["text"],
            contact=cases.Contact(phone=data["phone"]),
            links=data["links"],
            call_time=data["call_time"],
            language=self.request.user.language,
            pictures=data["documents"],
            now=timezone.now(),
        )

    @extend_schema(responses=CaseTopicSerializer(many=True))
    @action(detail=False, pagination_class=None, filterset_class=None)
    def topics(self, request: Request) -> Response:
        """What a request can be about."""
        return Response(CaseTopicSerializer(queues.topics(for_guest=False), many=True).data)

    @extend_schema(responses=MessageSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=AsSpoken, filterset_class=None)
    def messages(self, request: Request, **kwargs: Any) -> Response:
        """What was said, oldest first."""
        return self.listed(self.get_object())

    @extend_schema(request=MessageCreateSerializer, responses={201: MessageSerializer})
    @messages.mapping.post
    def write(self, request: Request, **kwargs: Any) -> Response:
        """Write in it; a closed request opens again within 30 days."""

        def work() -> tuple[int, Any]:
            typed = self.read(MessageCreateSerializer)
            return self.said(
                cases.write_to_case(
                    by=self.request.user,
                    case=self.get_object(),
                    text=typed["text"],
                    pictures=typed["documents"],
                    now=timezone.now(),
                )
            )

        return self.answer_once(request, work)

    @extend_schema(request=None, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: Any) -> Response:
        """It is settled."""
        case = cases.close_case(by=self.request.user, case=self.get_object(), now=timezone.now())
        return Response(self.get_serializer(case).data)

    @extend_schema(request=MessageCreateSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **kwargs: Any) -> Response:
        """Open it again, within 30 days, by saying what is not settled."""
        typed, case = self.read(MessageCreateSerializer), self.get_object()
        cases.write_to_case(
            by=self.request.user,
            case=case,
            text=typed["text"],
            pictures=typed["documents"],
            now=timezone.now(),
        )
        case.refresh_from_db()
        return Response(self.get_serializer(case).data)


class DeskFilter(filters.FilterSet):
    assignee = filters.NumberFilter(field_name="assignee_id")
    unassigned = filters.BooleanFilter(field_name="assignee", lookup_expr="isnull")
    words = filters.CharFilter(method="with_words", label="number or words")

    class Meta:
        model = Case
        fields = ["queue", "state", "assignee", "customer"]

    def with_words(self, found: Any, _name: str, value: str) -> Any:
        return desk.with_words(found, value)


class DeskCaseViewSet(Conversations):
    """The requests that a colleague works on. Each change names the ``version`` that was read."""

    permission = "accounts.enter_desk"
    queryset = Case.objects.none()
    serializer_class = DeskCaseSerializer
    message_serializer_class = DeskMessageSerializer
    filterset_class = DeskFilter

    def get_queryset(self) -> QuerySet[Case]:
        return desk.cases_of(self.request.user).select_related("customer")

    def messages_of(self, case: Case) -> QuerySet[CaseMessage]:
        return case.messages.select_related("author")

    def _known(self, typed: dict[str, Any]) -> dict[str, Any]:
        return {
            "by": self.request.user,
            "case": self.get_object(),
            "expected": typed["version"],
            "now": timezone.now(),
        }

    def _now(self, case: Case) -> Response:
        return Response(self.get_serializer(case).data)

    @extend_schema(responses=DeskMessageSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=AsSpoken, filterset_class=None)
    def messages(self, request: Request, **kwargs: Any) -> Response:
        """What was said, internal notes included, oldest first."""
        return self.listed(self.get_object())

    @extend_schema(request=DeskMessageCreateSerializer, responses={201: DeskMessageSerializer})
    @messages.mapping.post
    def write(self, request: Request, **kwargs: Any) -> Response:
        """Answer the customer."""

        def work() -> tuple[int, Any]:
            typed = self.read(DeskMessageCreateSerializer)
            known = self._known(typed)
            return self.said(
                cases.reply(text=typed["text"], pictures=typed["documents"], waits=typed["waits"], **known)
            )

        return self.answer_once(request, work)

    @extend_schema(request=NoteSerializer, responses={201: DeskMessageSerializer})
    @action(detail=True, methods=["post"])
    def notes(self, request: Request, **kwargs: Any) -> Response:
        """Write something down for colleagues only."""

        def work() -> tuple[int, Any]:
            typed = self.read(NoteSerializer)
            known = self._known(typed)
            return self.said(cases.note(text=typed["text"], pictures=typed["documents"], **known))

        return self.answer_once(request, work)

    @extend_schema(request=None, responses=DeskCaseSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, **kwargs: Any) -> Response:
        return self._now(cases.take(by=self.request.user, case=self.get_object(), now=timezone.now()))

    @extend_schema(request=AssignSerializer, responses=DeskCaseSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, **kwargs: Any) -> Response:
        typed = self.read(AssignSerializer)
        return self._now(cases.assign(to=typed["assignee"], **self._known(typed)))

    @extend_schema(request=HandOverSerializer, responses=DeskCaseSerializer)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, **kwargs: Any) -> Response:
        """To another queue or person, with the reason for colleagues."""
        typed = self.read(HandOverSerializer)
        return self._now(
            cases.hand_over(
                reason=typed["reason"],
                queue=typed["queue"],
                person=typed["assignee"],
                **self._known(typed),
            )
        )

    @extend_schema(request=PromiseSerializer, responses=DeskCaseSerializer)
    @action(detail=True, methods=["post"])
    def promise(self, request: Request, **kwargs: Any) -> Response:
        """Another time by which the customer hears from us; they are told."""
        typed = self.read(PromiseSerializer)
        return self._now(cases.promise(promised_by=typed["promised_by"], **self._known(typed)))

    @extend_schema(request=CloseSerializer, responses=DeskCaseSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: Any) -> Response:
        """Close it with a summary that the customer reads."""
        typed = self.read(CloseSerializer)
        return self._now(cases.close_case(summary=typed["summary"], **self._known(typed)))

    @extend_schema(request=ReopenSerializer, responses=DeskCaseSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **kwargs: Any) -> Response:
        typed = self.read(ReopenSerializer)
        return self._now(cases.reopen(reason=typed["reason"], **self._known(typed)))

    @extend_schema(request=MergeSerializer, responses=DeskCaseSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, **kwargs: Any) -> Response:
        """Put this request into another one of the same person; the answer is the other."""
        typed = self.read(MergeSerializer)
        known = self._known(typed)
        return self._now(cases.merge_cases(kept=typed["into"], gone=known.pop("case"), **known))
