"""Check-in: the car as it came and what is ordered become a paper that somebody signs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Notice, User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from documents import rights, signing
from documents.models import Document
from journal.models import Event
from services.desk import checking_in, repair_orders
from services.desk.repair_orders import Mark, Order
from services.models import Appointment, RepairOrder
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.services import AppointmentFactory, Workshop, make_workshop
from vehicles.models import Vehicle

NAME = [[[10, 500, 0], [200, 300, 40], [400, 600, 90], [700, 350, 150], [900, 500, 210]]]
WRITTEN = Order(
    work="1. Räderwechsel\nBitte auch die Scheibenwischer prüfen.",
    mileage_km=18_420,
    charge_percent=61,
    price_limit_cents=25_000,
    marks=[Mark("left", 300, 700, "Kratzer an der Tür"), Mark("front", 500, 600, "Steinschlag")],
)


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 26, 7, 25, tzinfo=UTC)


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return AppointmentFactory.create(
        centre=workshop.centre, service_type=workshop.service_type, booked_by=owner, vehicle=car
    )


@pytest.fixture
def check_in(staff: User, visit: Appointment, now: datetime) -> Callable[..., RepairOrder]:
    def run(**more: Any) -> RepairOrder:
        values: dict[str, Any] = {"by": staff, "appointment": visit, "written": WRITTEN, "now": now, **more}
        return checking_in.check_in(**values)

    return run


def sign(order: RepairOrder, by: User, now: datetime, **more: Any) -> Any:
    assert order.paper is not None
    values = {"sha256": order.paper.sha256, "signer_name": "Anna Lindqvist", "strokes": NAME, **more}
    return repair_orders.sign_order(by=by, order=order, now=now, **values)


def test_a_checked_in_car_is_received_and_its_order_is_a_paper_for_the_customer(
    check_in: Callable[..., RepairOrder], visit: Appointment, owner: User
) -> None:
    order = check_in()
    visit.refresh_from_db()
    assert visit.status == "arrived"
    assert order.paper is not None
    assert order.paper.owner == owner
    with order.paper.file.open("rb") as paper:
        assert paper.read(5) == b"%PDF-"
    assert list(order.marks.values_list("view", "text")) == [
        ("left", "Kratzer an der Tür"),
        ("front", "Steinschlag"),
    ]
    event = Event.objects.get(kind="services.car_checked_in")
    assert event.data == {
        "centre": visit.centre_id,
        "order": order.pk,
        "mileage_km": 18_420,
        "key": "handed",
        "ask": False,
    }


def test_the_work_begins_with_what_was_booked_and_what_the_customer_wrote(visit: Appointment) -> None:
    visit.note = "Es quietscht."
    assert checking_in.suggested_work(visit) == "1. Räderwechsel mit Einlagerung\n\nEs quietscht."


def test_a_car_is_checked_in_once(check_in: Callable[..., RepairOrder]) -> None:
    check_in()
    with pytest.raises(Conflict) as refused:
        check_in()
    assert refused.value.code == "checked_in"
    assert RepairOrder.objects.count() == 1


def test_the_customer_signs_on_the_colleagues_screen(
    check_in: Callable[..., RepairOrder], staff: User, owner: User, now: datetime
) -> None:
    order = check_in()
    signature = sign(order, staff, now)
    order.refresh_from_db()
    assert order.signed_at == now
    assert (signature.signer, signature.witnessed_by) == (owner, staff)
    assert Event.objects.filter(kind="services.order_signed", data__version=1).count() == 1


def test_a_changed_order_is_a_new_paper_to_sign_and_the_signed_one_stays(
    check_in: Callable[..., RepairOrder], staff: User, now: datetime
) -> None:
    first = check_in()
    sign(first, staff, now)
    signed_paper = first.paper
    assert signed_paper is not None
    dearer = replace(WRITTEN, price_limit_cents=40_000, marks=())
    changed = repair_orders.change_order(by=staff, order=first, written=dearer, version=1, now=now)
    assert changed.paper != signed_paper
    assert (changed.version, changed.signed_at, changed.marks.count()) == (2, None, 0)
    assert Document.objects.about(changed).filter(pk=signed_paper.pk, signatures__isnull=False).exists()
    with pytest.raises(signing.PaperChanged):
        sign(first, staff, now)


def test_two_colleagues_who_change_one_order_do_not_overwrite_each_other(
    check_in: Callable[..., RepairOrder], staff: User, now: datetime
) -> None:
    order = check_in()
    repair_orders.change_order(by=staff, order=order, written=WRITTEN, version=1, now=now)
    with pytest.raises(Conflict) as late:
        repair_orders.change_order(by=staff, order=order, written=WRITTEN, version=1, now=now)
    assert late.value.code == "order_changed"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"work": "  "}, "work"),
        ({"mileage_km": -1}, "mileage_km"),
        ({"charge_percent": 101}, "charge_percent"),
        ({"key": "dropped"}, "key_place"),
        ({"key": "lost"}, "key"),
        ({"marks": [Mark("left", 1001, 5, "Delle")]}, "marks"),
        ({"marks": [Mark("below", 10, 5, "Delle")]}, "marks"),
        ({"marks": [Mark("left", 10, 5, " ")]}, "marks"),
        ({"price_limit_cents": -5}, "price_limit_cents"),
    ],
)
def test_what_an_order_cannot_say_changes_nothing(
    check_in: Callable[..., RepairOrder], visit: Appointment, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check_in(written=replace(WRITTEN, **wrong))
    assert refused.value.field == field
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert not RepairOrder.objects.exists()


def test_a_key_from_the_key_drop_has_its_place_and_the_customer_signs_at_home(
    check_in: Callable[..., RepairOrder], owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    dropped = replace(WRITTEN, key="dropped", key_place="Haken 12")
    order = check_in(written=dropped, ask_online=True)
    run_reactions()
    notice = Notice.objects.get(user=owner, kind="services.order_to_sign")
    assert notice.url == f"/documents/{order.paper_id}/sign/"
    assert order.paper is not None
    assert rights.may_sign(user=owner, document=order.paper)
    signing.sign(
        document=order.paper,
        sha256=order.paper.sha256,
        signer=owner,
        signer_name="Anna Lindqvist",
        strokes=NAME,
        now=now,
    )
    run_reactions()
    order.refresh_from_db()
    assert order.signed_at == now


def test_who_stands_at_the_counter_is_not_asked_by_mail(
    check_in: Callable[..., RepairOrder], run_reactions: Callable[[], int]
) -> None:
    check_in()
    run_reactions()
    assert not Notice.objects.filter(kind="services.order_to_sign").exists()


def test_pictures_belong_to_the_order_and_its_customer_sees_them(
    check_in: Callable[..., RepairOrder], staff: User, owner: User
) -> None:
    picture = DocumentFactory.create(by=staff, kind=repair_orders.PICTURE)
    order = check_in(pictures=[picture])
    picture.refresh_from_db()
    assert (picture.about_kind, picture.about_id) == ("services.repairorder", order.pk)
    assert rights.may_read(user=owner, document=picture)


def test_papers_are_read_by_their_people_only(
    check_in: Callable[..., RepairOrder], workshop: Workshop, staff: User, owner: User
) -> None:
    paper = check_in().paper
    assert paper is not None
    technician = UserFactory.create(role="technician", scope=workshop.centre)
    elsewhere = UserFactory.create(role="staff", scope=make_workshop().centre)
    for person, reads, signs in [
        (owner, True, True),
        (staff, True, True),
        (technician, True, False),
        (elsewhere, False, False),
        (UserFactory.create(), False, False),
    ]:
        assert rights.may_read(user=person, document=paper) is reads
        assert rights.may_sign(user=person, document=paper) is signs


def test_only_staff_of_the_centre_check_in(
    check_in: Callable[..., RepairOrder], workshop: Workshop, owner: User
) -> None:
    with pytest.raises(NotFound):
        check_in(by=owner)
    with pytest.raises(NotFound):
        check_in(by=UserFactory.create(role="staff", scope=make_workshop().centre))
    with pytest.raises(NotAllowed):
        check_in(by=UserFactory.create(role="technician", scope=workshop.centre))


def test_a_cancelled_visit_is_not_checked_in(
    check_in: Callable[..., RepairOrder], visit: Appointment
) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status="cancelled")
    with pytest.raises(Conflict) as refused:
        check_in()
    assert refused.value.code == "visit_gone"


def test_of_two_colleagues_at_once_one_checks_in(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    workshop = make_workshop()
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    visit = AppointmentFactory.create(centre=workshop.centre, service_type=workshop.service_type)

    def one() -> RepairOrder:
        return checking_in.check_in(by=staff, appointment=visit, written=WRITTEN, now=now)

    results = race([one] * 4)
    assert sum(isinstance(each, RepairOrder) for each in results) == 1
    assert sum(isinstance(each, Conflict) for each in results) == 3
    assert RepairOrder.objects.count() == 1
