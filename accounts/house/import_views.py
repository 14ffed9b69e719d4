"""CSV imports: what there is, a new one, and one on its way."""

from typing import Any

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
from accounts.models import ImportRun
from common.pages import Access, ActionPage, DetailPage, FormPage, ListPage

SET_UP = "accounts.set_up_house"


def _importer(name: str) -> imports.Importer:
    try:
        return imports.importer_named(name)
    except KeyError as error:
        raise Http404 from error


def _runs() -> QuerySet[ImportRun]:
    return ImportRun.objects.select_related("document", "started_by")


class ImportList(ListPage):
    permission = SET_UP
    template_name = "accounts/import_list.html"
    context_object_name = "runs"

    def get_queryset(self) -> QuerySet[ImportRun]:
        return _runs().order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(importers=imports.all_importers(), **kwargs)
        labels = {importer.name: importer.label for importer in imports.all_importers()}
        context["entries"] = [(run, labels.get(run.kind, run.kind)) for run in context["runs"]]
        return context


class ImportNew(FormPage):
    permission = SET_UP
    template_name = "accounts/import_new.html"
    form_class = ImportForm
    once = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(importer=_importer(self.kwargs["kind"]), **kwargs)

    def perform(self, form: ImportForm) -> str:
        upload = form.cleaned_data["file"]
        run = imports.upload_file(
            by=self.request.user,
            kind=_importer(self.kwargs["kind"]).name,
            content=upload.read(imports.MAX_BYTES + 1),
            name=upload.name,
            now=timezone.now(),
        )
        return reverse("accounts:import-detail", args=[run.pk])


class ImportDetail(DetailPage):
    permission = SET_UP
    context_object_name = "run"

    def get_queryset(self) -> QuerySet[ImportRun]:
        return _runs()

    def get_template_names(self) -> list[str]:
        fragment = "HX-Request" in self.request.headers
        return ["accounts/_import_state.html" if fragment else "accounts/import_detail.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.object
        return super().get_context_data(
            importer=_importer(run.kind),
            good=run.rows_total - run.rows_bad,
            action=imports.summary_words(run),
            topic=f"{imports.TOPIC}:{run.pk}",
            here_url=self.request.path,
            running=run.state in (run.State.WAITING, run.State.CHECKING, run.State.WRITING),
            **kwargs,
        )


class _OfRun(ActionPage):
    permission = SET_UP

    def run(self) -> ImportRun:
        return get_object_or_404(_runs(), pk=self.kwargs["pk"])

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
    permission = SET_UP

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        importer = _importer(kind)
        return _csv(imports.template_csv(importer), f"{importer.name}.csv")


class ImportErrors(Access, View):
    permission = SET_UP

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(_runs(), pk=pk)
        return _csv(imports.errors_csv(run), f"{run.kind}-{run.pk}.csv")


def _csv(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
