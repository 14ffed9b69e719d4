"""django-appointment 3.12 by itself: its own seed, its own functions, its own virtual environment.

Run by benchmarks/slots.py. Prints one JSON object: how long 14 days of ten people's free times take,
with how many queries, and how many of eight concurrent bookings of one free time were stored.
"""

import datetime
import json
import random
import statistics
import sys
import threading
import time

import django
from django.conf import settings

DAYS, STAFF, RUNS, RIVALS = 14, 10, 5, 8


def main(url: str) -> None:
    from urllib.parse import unquote, urlsplit

    at = urlsplit(url)
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": at.path.lstrip("/"),
                "USER": unquote(at.username or ""),
                "PASSWORD": unquote(at.password or ""),
                "HOST": at.hostname,
                "PORT": at.port,
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "phonenumber_field",
            "appointment",
        ],
        ROOT_URLCONF="appointment.urls",
        USE_TZ=True,
        TIME_ZONE="Europe/Berlin",
        SECRET_KEY="bench",
        LOGGING_CONFIG=None,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    import logging

    logging.disable(logging.CRITICAL)
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    service, people = seed()
    print(json.dumps({**searched(service, people), **raced(service, people[0])}))


def seed():
    from appointment.models import Appointment, AppointmentRequest, Service, StaffMember, WorkingHours
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    service = Service.objects.create(name="Inspection", duration=datetime.timedelta(minutes=60), price=89)
    client = users.create_user("client", "client@bench.example", "x")
    people = []
    for number in range(STAFF):
        person = StaffMember.objects.create(
            user=users.create_user(f"staff{number}", f"staff{number}@bench.example", "x"),
            slot_duration=15,
            lead_time=datetime.time(7, 30),
            finish_time=datetime.time(18, 0),
        )
        person.services_offered.add(service)
        for day in range(1, 7):
            WorkingHours.objects.create(
                staff_member=person,
                day_of_week=day,
                start_time=datetime.time(7, 30),
                end_time=datetime.time(18, 0),
            )
        people.append(person)
    draw = random.Random(42)
    today = datetime.date.today()
    for person in people:
        for day in range(1, DAYS + 1):
            for hour in draw.sample(range(8, 17), 6):
                asked = AppointmentRequest.objects.create(
                    date=today + datetime.timedelta(days=day),
                    start_time=datetime.time(hour, 0),
                    end_time=datetime.time(hour, 30),
                    service=service,
                    staff_member=person,
                )
                Appointment.objects.create(client=client, appointment_request=asked, phone="", address="")
    return service, people


def searched(service, people):
    from appointment.services import get_available_slots_for_staff
    from appointment.utils.db_helpers import get_weekday_num_from_date
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    today = datetime.date.today()

    def search():
        found = 0
        for number in range(1, DAYS + 1):
            day = today + datetime.timedelta(days=number)
            for person in people:
                found += len(
                    get_available_slots_for_staff(day, person, get_weekday_num_from_date(day), service)
                )
        return found

    with CaptureQueriesContext(connection) as seen:
        found = search()
    taken = []
    for _run in range(RUNS):
        start = time.perf_counter()
        search()
        taken.append((time.perf_counter() - start) * 1000)
    return {"ms": statistics.median(taken), "queries": len(seen), "slots": found}


def raced(service, person):
    """Eight people press the button for one free time; how many hold it afterwards."""
    from appointment.forms import AppointmentRequestForm
    from appointment.models import Appointment
    from appointment.services import get_available_slots_for_staff
    from appointment.utils.db_helpers import create_and_save_appointment, get_weekday_num_from_date
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import RequestFactory

    day = datetime.date.today() + datetime.timedelta(days=1)
    while day.isoweekday() == 7:
        day += datetime.timedelta(days=1)
    free = get_available_slots_for_staff(day, person, get_weekday_num_from_date(day), service)[0]
    client = get_user_model().objects.get(username="client")
    begin = threading.Barrier(RIVALS)

    def book():
        request = RequestFactory().post("/")
        request.user = client
        end = (free + service.duration).time()
        form = AppointmentRequestForm(
            {
                "date": day.isoformat(),
                "start_time": free.time().isoformat(),
                "end_time": end.isoformat(),
                "service": service.pk,
                "staff_member": person.pk,
            }
        )
        begin.wait()
        try:
            if form.is_valid():
                create_and_save_appointment(form.save(), {"email": client.email}, {"phone": ""}, request)
        finally:
            connection.close()

    rivals = [threading.Thread(target=book) for _ in range(RIVALS)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    stored = Appointment.objects.filter(
        appointment_request__date=day,
        appointment_request__start_time=free.time(),
        appointment_request__staff_member=person,
    ).count()
    return {"rivals": RIVALS, "stored": stored}


if __name__ == "__main__":
    main(sys.argv[1])
