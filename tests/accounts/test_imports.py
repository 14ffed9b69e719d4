"""CSV files: checked line by line, then written in batches that nothing interrupts for good."""

from datetime import date
from io import BytesIO
from time import monotonic
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.house import import_files, imports
from accounts.models import ImportRun, User
from common.errors import Conflict, Invalid, NotAllowed
from journal.models import ReactionRun
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import VehicleFactory, VehicleModelFactory
from vehicles.models import Vehicle

pytestmark = pytest.mark.django_db

HEAD = "email;first_name;last_name;phone;street;postcode;town"


@pytest.fixture
def admin() -> Any:
    return UserFactory.create(role="administrator")


@pytest.fixture
def upload(admin: Any, now: Any) -> Any:
    def do(text: str | bytes, kind: str = "customers") -> ImportRun:
        content = text.encode() if isinstance(text, str) else text
        return imports.upload_file(by=admin, kind=kind, content=content, name="liste.csv", now=now)

    return do


@pytest.fixture
def checked(upload: Any, run_reactions: Any) -> Any:
    def do(text: str | bytes, kind: str = "customers") -> ImportRun:
        run = upload(text, kind)
        run_reactions()
        run.refresh_from_db()
        return run

    return do


def said(run: ImportRun) -> list[tuple[int, str]]:
    return [(error["line"], error["column"]) for error in run.errors]


def people(count: int, start: int = 0) -> str:
    return "\n".join(f"p{n}@example.org;Anna;Nr{n};;;;" for n in range(start, start + count))


def test_nothing_is_written_before_somebody_says_so(
    checked: Any, admin: Any, now: Any, run_reactions: Any
) -> None:
    run = checked(f"{HEAD}\nanna@example.org;Anna;Öz;+49 171 1234567;Kai 1;20457;Hamburg\n")
    assert (run.state, run.rows_total, run.rows_bad) == ("checked", 1, 0)
    assert not User.objects.filter(email="anna@example.org").exists()
    imports.start_import(by=admin, run=run, now=now)
    run_reactions()
    run.refresh_from_db()
    anna = User.objects.get(email="anna@example.org")
    assert (run.state, anna.standing, anna.last_name) == ("done", "customer", "Öz")
    assert anna.addresses.get().town == "Hamburg"
    assert not anna.has_usable_password()
    assert run.document is not None
    assert run.document.state == "erased"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_files_of_excel_and_others_are_read(checked: Any, encoding: str, delimiter: str) -> None:
    text = "E-Mail;Vorname;Nachname\r\nanna@example.org;Anna;Groß\r\n".replace(";", delimiter)
    run = checked(text.encode(encoding))
    assert (run.rows_total, run.errors) == (1, [])


def test_every_error_names_its_line_of_the_file_and_its_column(checked: Any) -> None:
    UserFactory.create(email="da@example.org")
    run = checked(
        f"{HEAD}\n"
        "gut@example.org;A;B;;;;\n"
        "kein-at;A;B;;;;\n"
        '\n"quer@example.org";A;"mit\nZeile";;;;\n'
        "da@example.org;A;B;;;;\n"
        "gut@example.org;A;B;;;;\n"
        "x@example.org;A;;;;;\n"
        "y@example.org;A;B;;Kai 1;2045;Hamburg\n"
        ";A;B;;;;\n"
        "z@example.org;A;B;abc;;;\n"
        "v@example.org;A;B;;;;;verrutscht\n"
        "w@example.org;A;B;;;;;\n"
    )
    assert said(run) == [
        (3, "email"),
        (7, "email"),
        (8, "email"),
        (9, "last_name"),
        (10, "postcode"),
        (11, "email"),
        (12, "phone"),
        (13, "email"),
    ]
    assert run.rows_bad == 8
    assert "2" in run.errors[2]["message"]  # the line that has the same


def test_good_lines_are_written_and_bad_ones_left_out(
    checked: Any, admin: Any, now: Any, run_reactions: Any
) -> None:
    run = checked(f"{HEAD}\ngut@example.org;A;B;;;;\nschlecht;A;B;;;;\n")
    imports.start_import(by=admin, run=run, now=now)
    run_reactions()
    run.refresh_from_db()
    assert (run.state, run.rows_done, run.rows_bad) == ("done", 2, 1)
    assert User.objects.filter(standing="customer").count() == 1


def test_a_file_without_the_needed_columns_is_refused_at_once(upload: Any) -> None:
    with pytest.raises(Invalid, match="last_name"):
        upload("email;vorname\na@example.org;Anna\n")
    with pytest.raises(Invalid):
        upload("last_name;Nachname\nA;B\n")
    with pytest.raises(Invalid):
        upload(f"{HEAD}\n")
    with pytest.raises(Invalid):
        upload(b"\x89PNG\r\n\x1a\n\x00\x00")
    assert not ImportRun.objects.exists()


def test_what_nobody_knows_is_passed_over_and_said(checked: Any) -> None:
    run = checked("email;last_name;Lieblingsfarbe\na@example.org;B;rot\n")
    assert run.shape["ignored"] == ["Lieblingsfarbe"]


def test_only_a_checked_file_is_written_and_only_once(checked: Any, admin: Any, now: Any) -> None:
    run = checked(f"{HEAD}\n{people(1)}\n")
    imports.start_import(by=admin, run=run, now=now)
    with pytest.raises(Conflict):
        imports.start_import(by=admin, run=run, now=now)
    with pytest.raises(NotAllowed):
        imports.start_import(by=UserFactory.create(role="advisor"), run=run, now=now)


def test_a_file_without_one_right_line_is_not_written(checked: Any, admin: Any, now: Any) -> None:
    run = checked(f"{HEAD}\nschlecht;A;B;;;;\n")
    with pytest.raises(Conflict):
        imports.start_import(by=admin, run=run, now=now)
    imports.discard_import(by=admin, run=run, now=now)
    run.refresh_from_db()
    assert run.state == "failed"


def test_a_worker_killed_between_batches_loses_nothing_and_doubles_nothing(
    checked: Any, admin: Any, now: Any, run_reactions: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(imports, "BATCH", 10)
    run = checked(f"{HEAD}\n{people(35)}\n")
    imports.start_import(by=admin, run=run, now=now)
    imports.advance(run_id=run.pk, now=now)  # one batch is written, then the worker is gone
    run.refresh_from_db()
    assert (run.state, run.rows_done, User.objects.filter(standing="customer").count()) == ("writing", 10, 10)
    run_reactions()
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("done", 35)
    assert User.objects.filter(standing="customer").count() == 35


def test_a_batch_that_breaks_half_way_leaves_no_half_behind(
    checked: Any, admin: Any, now: Any, monkeypatch: Any
) -> None:
    run = checked(f"{HEAD}\n{people(3)}\n")
    imports.start_import(by=admin, run=run, now=now)
    broken = imports.importer_named("customers").__class__(
        **{**imports.importer_named("customers").__dict__, "write": _write_then_break}
    )
    monkeypatch.setitem(imports._importers, "customers", broken)
    with pytest.raises(RuntimeError):
        imports.advance(run_id=run.pk, now=now)
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("writing", 0)
    assert not User.objects.filter(standing="customer").exists()


def _write_then_break(rows: Any, by: Any, now: Any) -> None:
    User.objects.create(standing="customer", last_name=rows[0].values["last_name"])
    raise RuntimeError


def test_the_same_address_far_below_is_found_across_batches(checked: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(imports, "BATCH", 10)
    run = checked(f"{HEAD}\n{people(25)}\np3@example.org;A;B;;;;\n")
    assert said(run) == [(27, "email")]


def test_cars_come_with_model_plate_owner_and_day(
    checked: Any, admin: Any, now: Any, run_reactions: Any
) -> None:
    model = VehicleModelFactory.create()
    owner = UserFactory.create(email="anna@example.org")
    known = VehicleFactory.create()
    run = checked(
        "vin;model;plate;owner;first_registered\n"
        f"WNLN5AZZZTH900001;{model.code};hh-nl 512e;ANNA@example.org;31.03.2026\n"
        f"WNLN5AZZZTH900002;{model.name};;{owner.pk};2026-03-31\n"
        f"WNLN5AZZZTH900003;{model.code};;;\n"
        f"{known.vin};{model.code};;;\n"
        "WNLN5AZZZTH90000I;N5;;;\n"
        "WNLN5AZZZTH900004;Z9;;;\n"
        "WNLN5AZZZTH900005;N5;;niemand@example.org;\n"
        "WNLN5AZZZTH900006;N5;;;31.02.2026\n"
        "WNLN5AZZZTH900007;N5;?;;\n",
        "cars",
    )
    assert said(run) == [
        (5, "vin"),
        (6, "vin"),
        (7, "model"),
        (8, "owner"),
        (9, "first_registered"),
        (10, "plate"),
    ]
    imports.start_import(by=admin, run=run, now=now)
    run_reactions()
    first = Vehicle.objects.get(vin="WNLN5AZZZTH900001")
    assert (first.plate, first.first_registered) == ("HH NL 512E", date(2026, 3, 31))
    assert Vehicle.objects.owned_by(owner, now).count() == 2
    assert Vehicle.objects.filter(vin="WNLN5AZZZTH900003").exists()


def test_the_pages_lead_from_template_to_errors(client: Any, admin: Any, run_reactions: Any) -> None:
    client.force_login(admin)
    template = client.get("/staff/imports/new/customers/template/").content
    run = imports.upload_file(
        by=admin, kind="customers", content=template, name="x.csv", now=admin.date_joined
    )
    assert run.shape["ignored"] == []
    file = SimpleUploadedFile("kunden.csv", f"{HEAD}\nschlecht;A;B;;;;\n".encode(), "text/csv")
    target = client.post("/staff/imports/new/customers/", {"file": file})["Location"]
    run_reactions()
    page = client.get(target).content.decode()
    assert "schlecht" not in page  # what people typed stays in the file
    assert "email" in page
    errors = client.get(f"{target}errors/")
    assert errors["Content-Disposition"].startswith("attachment")
    assert "2;email;" in errors.content.decode()
    refused = client.post(
        "/staff/imports/new/customers/", {"file": SimpleUploadedFile("x.csv", b"foo\n1\n", "text/csv")}
    )
    assert refused.status_code == 422
    assert client.get("/staff/imports/new/unknown/").status_code == 404


def test_an_uploaded_list_of_people_is_readable_by_nobody(client: Any, admin: Any, upload: Any) -> None:
    run = upload(f"{HEAD}\n{people(1)}\n")
    client.force_login(admin)
    assert client.get(f"/documents/{run.document_id}/").status_code == 404


@pytest.mark.slow
def test_a_hundred_thousand_lines_are_checked_and_written(
    checked: Any, admin: Any, now: Any, run_reactions: Any
) -> None:
    lines = "".join(
        f"p{n}@example.org;Anna;Nr{n};+49 171 39{n:05d};Kai {n};20457;Hamburg\n" for n in range(100_000)
    )
    began = monotonic()
    run = checked(f"{HEAD}\n{lines}")
    assert (run.state, run.rows_bad) == ("checked", 0)
    imports.start_import(by=admin, run=run, now=now)
    run_reactions()
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("done", 100_000)
    assert User.objects.filter(standing="customer").count() == 100_000
    assert monotonic() - began < 600  # seconds; hours would mean that a batch reads too much


def test_a_quotation_mark_that_never_ends_is_said_and_nothing_breaks(upload: Any) -> None:
    with pytest.raises(Invalid):
        upload(f'{HEAD}\n"' + "x;" * 200_000)
    assert not ReactionRun.objects.filter(reaction__contains="import").exists()


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    shape = import_files.Shape("utf-8", ";", ["a", "b"], [])
    content = b'a;b\n1;"zwei\nZeilen"\n\n2;x\n'
    assert [row.line for row in import_files.rows_of(BytesIO(content), shape)] == [2, 5]


def test_the_list_of_imports_costs_the_same_for_one_and_for_many(
    client: Any, admin: Any, upload: Any, django_assert_num_queries: Any
) -> None:
    client.force_login(admin)
    upload(f"{HEAD}\n{people(1)}\n")
    client.get("/staff/imports/")
    with CaptureQueriesContext(connection) as one:
        client.get("/staff/imports/")
    for start in range(1, 6):
        upload(f"{HEAD}\n{people(1, start)}\n")
    with django_assert_num_queries(len(one)):
        client.get("/staff/imports/")
