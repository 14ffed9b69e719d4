"""CSV imports: what there is, a new one, and one on its way."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.house import imports
from accounts.house.forms import ImportForm
from accounts.models import ImportRun, User
from common.pages import Access, ActionPage, DetailPage, FormPage, ListPage

DOOR = imports.DOOR


def _importer(name: str, user: User) -> imports.Importer:
    found = next((each for each in imports.importers_for(user) if each.name == name), None)
    if found is None:
        raise Http404
    return found


def _runs(user: User) -> QuerySet[ImportRun]:
    kinds = [importer.name for importer in imports.importers_for(user)]
    return ImportRun.objects.filter(kind__in=kinds).select_related("document", "started_by")


def _given(request: HttpRequest, importer: imports.Importer) -> dict[str, str]:
    """Values of the address that hold for every line; a column that they name need not be in the file."""
    asked = {column.name: request.GET.get(column.name, "")[:100] for column in importer.columns}
    return {name: value for name, value in asked.items() if value}


class ImportList(ListPage):
    permission = DOOR
    template_name = "accounts/import_list.html"
    context_object_name = "runs"

    def get_queryset(self) -> QuerySet[ImportRun]:
        return _runs(self.request.user).order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        importers = imports.importers_for(self.request.user)
        context = super().get_context_data(importers=importers, **kwargs)
        labels = {importer.name: importer.label for importer in importers}
        context["perms_setup"] = self.request.user.has_permission("accounts.set_up_house")
        context["entries"] = [(run, labels.get(run.kind, run.kind)) for run in context["runs"]]
        return context


class ImportNew(FormPage):
    permission = DOOR
    template_name = "accounts/import_new.html"
    form_class = ImportForm
    once = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        importer = _importer(self.kwargs["kind"], self.request.user)
        given = _given(self.request, importer)
        columns = [column for column in importer.columns if column.name not in given]
        return super().get_context_data(importer=importer, given=given, columns=columns, **kwargs)

    def perform(self, form: ImportForm) -> str:
        upload = form.cleaned_data["file"]
        importer = _importer(self.kwargs["kind"], self.request.user)
        run = imports.upload_file(
            by=self.request.user,
            kind=importer.name,
            given=_given(self.request, importer),
            content=upload.read(imports.MAX_BYTES + 1),
            name=upload.name,
            now=timezone.now(),
        )
        return reverse("accounts:import-detail", args=[run.pk])


class ImportDetail(DetailPage):
    permission = DOOR
    context_object_name = "run"

    def get_queryset(self) -> QuerySet[ImportRun]:
        return _runs(self.request.user)

    def get_template_names(self) -> list[str]:
        fragment = "HX-Request" in self.request.headers
        return ["accounts/_import_state.html" if fragment else "accounts/import_detail.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.object
        return super().get_context_data(
            importer=_importer(run.kind, self.request.user),
            good=run.rows_total - run.rows_bad,
            action=imports.summary_words(run),
            topic=f"{imports.TOPIC}:{run.pk}",
            here_url=self.request.path,
            running=run.state in (run.State.WAITING, run.State.CHECKING, run.State.WRITING),
            **kwargs,
        )


class _OfRun(ActionPage):
    permission = DOOR

    def run(self) -> ImportRun:
        return get_object_or_404(_runs(self.request.user), pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("accounts:import-detail", args=[self.kwargs["pk"]])


class ImportStart(_OfRun):
    success_message = _("The lines are being written. You may leave this page.")

    def perform(self) -> str:
        imports.start_import(by=self.request.user, run=self.run(), now=timezone.now())
        return self.failure_url()


class ImportDiscard(_OfRun):
    success_message = _("Nothing was imported, and the file is erased.")

    def perform(self) -> str:
        imports.discard_import(by=self.request.user, run=self.run(), now=timezone.now())
        return reverse("accounts:import-list")


class ImportTemplate(Access, View):
    permission = DOOR

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        importer = _importer(kind, cast(User, request.user))
        return _csv(imports.template_csv(importer), f"{importer.name}.csv")


class ImportErrors(Access, View):
    permission = DOOR

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(_runs(cast(User, request.user)), pk=pk)
        return _csv(imports.errors_csv(run), f"{run.kind}-{run.pk}.csv")


def _csv(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
