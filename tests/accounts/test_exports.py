"""The copy of one's data: all of one's own, nothing of anybody else's."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection

from accounts.models import Export, Notice, User
from accounts.privacy import exports, parts
from documents.models import Document
from journal.models import OutboxEntry
from tests.factories.accounts import UserFactory
from tests.factories.privacy import fill_everything, person

pytestmark = pytest.mark.django_db


def built(user, now):
    export = exports.request_export(by=user, now=now)
    exports.build_export(export_id=export.pk, now=now)
    export.refresh_from_db()
    return export


def opened(export: Export) -> ZipFile:
    assert export.document is not None
    with export.document.file.open("rb") as stored:
        return ZipFile(BytesIO(stored.read()))


def all_text(archive: ZipFile) -> str:
    return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.fixture
def two(now):
    """Two people, each with a row of every model; then a colleague who answered both."""
    colleague = UserFactory.create(role="administrator", email="desk@example.org", first_name="SECRET-desk")
    alpha, omega = person("alpha"), person("omega")
    for user, other in ((alpha, omega), (omega, alpha)):
        from tests.factories.community import open_topic

        open_topic(now=now, by=other, title=f"{other.first_name} fragt", text="Wie weit kommen Sie?")
        fill_everything(user, str(user.email).split("@")[0], other=other, colleague=colleague, now=now)
    return alpha, omega


# What stands in the copy, one word per model that has words; models of numbers are counted below.
WORDS = (
    *("@example.org", "-first", "-last", "-phone", "-street", "-town", "-passkey", "-uid", "-outside"),
    *("-browser", "-device", "-before", "-notice", "-refused", "-partner", "-organisation", "-title"),
    *("-asked", "-answered", "-as-guest", "-guest-text", "-picture", "-paper", "-signer", "-tablet"),
    *("-car", "-reason", "-visit", "-words", "-handle", "-topic", "-first-post", "-explanation"),
    *("-yard", "-suburb", "-symptom", "-unknown-car", "-step", "-later", "-wrote", "-replied", "-sent"),
    *("-thanks", "-found", "-offer", "-line", "-because", "-part", "-work", "-remark", "-scratch"),
    *("-driver", "-wheels", "-billed", "-waiting", "-debtor", "-use"),
)


def test_a_copy_has_all_of_ones_own_and_nothing_of_anybody_else(two, now):
    alpha, _omega = two
    with opened(built(alpha, now)) as archive:
        text = all_text(archive)
    missing = [word for word in WORDS if f"alpha{word}" not in text]
    assert not missing
    at = text.find("omega")
    assert at < 0, text[max(at - 300, 0) : at + 100]
    at = text.find("SECRET")
    assert at < 0, text[max(at - 300, 0) : at + 100]


def test_every_model_of_every_part_has_rows_in_that_test(two):
    """Otherwise the test above would prove nothing about a new model."""
    without_people = {
        "accounts.KeptRecord",
        "vehicles.ClaimCode",
        "vehicles.ClaimVerdict",
    }
    empty = {
        model._meta.label
        for part in parts.all_parts()
        for model in part.models
        if not model._default_manager.exists()
    }
    assert empty <= without_people, empty - without_people


def test_the_files_are_readable_and_the_page_leads_to_each(two, now):
    alpha, _omega = two
    with opened(built(alpha, now)) as archive:
        assert archive.testzip() is None
        page = archive.read("index.html").decode()
        names = archive.namelist()
        filled = [n for n in names if n.endswith(".json") and json.loads(archive.read(n))]
        assert "Kopie Ihrer Daten" in page
        assert not [name for name in filled if f'href="{name}"' not in page]
        profile = json.loads(archive.read("accounts-person/profile.json"))
        visits = archive.read("services/visits.csv").decode("utf-8-sig")
    assert profile[0]["email"] == "alpha@example.org"
    assert profile[0]["since"].endswith(("+01:00", "+02:00"))
    assert visits.splitlines()[0].startswith("number,service,centre,vin,starts,ends")
    assert "http" not in page.replace("http-equiv", ""), "opened from a disk, it asks nobody"


def test_an_english_person_gets_an_english_page(now):
    user = UserFactory.create(language="en")
    with opened(built(user, now)) as archive:
        assert "A copy of your data" in archive.read("index.html").decode()


def test_a_cell_that_a_spreadsheet_would_calculate_is_quoted(now):
    from accounts.privacy.export_writing import cell

    assert cell("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert cell("harmless") == "harmless"


def test_only_one_copy_is_built_at_a_time(now):
    user = UserFactory.create()
    exports.request_export(by=user, now=now)
    with pytest.raises(exports.ExportRunning):
        exports.request_export(by=user, now=now)


def test_the_outbox_builds_it_and_its_person_is_told(now, deliver_outbox, run_reactions):
    user = UserFactory.create()
    export = exports.request_export(by=user, now=now)
    deliver_outbox()
    run_reactions()
    export.refresh_from_db()
    assert (export.state, export.parts_done) == (Export.State.READY, len(parts.all_parts()))
    assert Notice.objects.filter(user=user, kind="accounts.export_ready").exists()


def test_building_it_again_changes_nothing(now):
    export = built(UserFactory.create(), now)
    exports.build_export(export_id=export.pk, now=now)
    assert Document.objects.filter(kind=exports.KIND).count() == 1


def test_a_try_that_broke_off_begins_again_and_ends_whole(now, monkeypatch):
    user = UserFactory.create()
    export = exports.request_export(by=user, now=now)
    part = next(part for part in parts.all_parts() if part.name == "community")

    def breaks(_user):
        raise OSError("the storage is away")

    with monkeypatch.context() as broken:
        broken.setitem(parts._parts, "community", replace(part, export=breaks))
        with pytest.raises(OSError, match="storage"):
            exports.build_export(export_id=export.pk, now=now)
    export.refresh_from_db()
    assert export.state == Export.State.BUILDING
    exports.build_export(export_id=export.pk, now=now)
    export.refresh_from_db()
    assert export.state == Export.State.READY
    with opened(export) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())


def test_what_could_not_be_built_for_a_day_has_failed_and_may_be_asked_again(now, run_reactions):
    user = UserFactory.create()
    exports.request_export(by=user, now=now)
    assert exports.give_up_exports(now=now + timedelta(hours=23)) == 0
    assert exports.give_up_exports(now=now + timedelta(hours=25)) == 1
    run_reactions()
    assert Notice.objects.filter(user=user, kind="accounts.export_failed").exists()
    exports.request_export(by=user, now=now + timedelta(hours=26))
    assert OutboxEntry.objects.filter(channel=exports.CHANNEL).count() == 2


def test_after_seven_days_it_is_gone(now):
    export = built(UserFactory.create(), now)
    assert exports.expire_exports(now=now + timedelta(days=6), limit=10) == 0
    assert exports.expire_exports(now=now + timedelta(days=8), limit=10) == 1
    export.refresh_from_db()
    assert export.state == Export.State.EXPIRED
    assert export.document.state == Document.State.ERASED


def test_a_copy_needs_no_more_queries_for_more_posts(now):
    """Rows stream: a part asks once, however many there are."""
    from tests.factories.community import open_topic, reply

    user = UserFactory.create()
    topic = open_topic(now=now, by=user)
    with_few = count_queries(user, now)
    for number in range(12):
        reply(topic, now=now, by=user, text=f"Noch eine Zahl: {number} km.") if number < 4 else None
    assert count_queries(user, now) <= with_few + 1


def count_queries(user: User, now) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as told:
        for part in parts.all_parts():
            for piece in part.export(user) if part.name == "community" else ():
                assert isinstance(piece, parts.Sheet)
                list(piece.rows())
    return len(told)
