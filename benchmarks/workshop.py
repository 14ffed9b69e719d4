"""A workshop of the size that the benches ask for, written by SQL: 50 centres, 200,000 appointments.

500 technicians, 300 bays, 100 loan cars, sixty days of half-hour visits with gaps as they fall.
``times`` multiplies the centres and all they have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg

from benchmarks.house import Seed

CENTRES, TECHNICIANS, BAYS, LOAN_CARS = 50, 10, 6, 2  # the last three per centre
DAYS, PITCHES = 60, 21  # half hours from 07:30 to 18:00
KEPT = 0.64  # of the half hours of a bay: 200,000 visits
CARS = 20_000
MINUTES = 30

# Filled without indexes and keys, which are built once at the end: the same guard, a fraction of the time.
FILLED = ["services_appointment", "services_job", "services_allocation"]
_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype IN ('f', 'x') AND conrelid = ANY(%s::regclass[])
ORDER BY contype DESC
"""
_INDEXES = """
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (
  SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
"""

_HOUSE = """
INSERT INTO services_skill (code, name_de, name_en) VALUES ('bench', 'Mechanik', 'Mechanics');

INSERT INTO services_servicetype (code, name_de, name_en, text_de, text_en, icon, duration_minutes,
  buffer_before_minutes, buffer_after_minutes, skill_id, place, bay_type, is_mobile, needs_car, price_cents,
  grid_minutes, notice_hours, horizon_days, owner_may_book, is_active)
SELECT 'bench', 'Inspektion', 'Inspection', '', '', 'wrench', 60, 0, 0, id, 'bay', 'lift', false, true, 8900,
  15, 2, 60, true, true
FROM services_skill WHERE code = 'bench';

INSERT INTO services_centre (code, name, street, postcode, town, land, latitude, longitude, time_zone, phone,
  email, cutoff_hours, loan_return_minutes, is_active)
SELECT 'bench-' || n, 'Bench ' || n, 'Weg 1', '10115', 'Berlin', 'BE', 48 + 6 * random(), 7 + 7 * random(),
  'Europe/Berlin', '+49 30 0000000', 'bench@nordlicht.example', 24, 60, true
FROM generate_series(1, %(centres)s) n;

INSERT INTO services_openinghours (centre_id, weekday, opens, closes)
SELECT id, day, '07:30', '18:00' FROM services_centre, generate_series(1, 6) day WHERE code LIKE 'bench-%%';

INSERT INTO services_resource (centre_id, kind, name, bay_type, area, travel_minutes, plate, is_active)
SELECT c.id, k.kind, k.kind || ' ' || n, k.bay_type, '{}', 0, '', true
FROM services_centre c,
  (VALUES ('technician', '', %(technicians)s), ('bay', 'lift', %(bays)s), ('loan_car', '', %(loan_cars)s))
    k (kind, bay_type, many),
  generate_series(0, k.many - 1) n
WHERE c.code LIKE 'bench-%%';

INSERT INTO services_qualification (resource_id, skill_id)
SELECT r.id, s.id FROM services_resource r JOIN services_centre c ON c.id = r.centre_id, services_skill s
WHERE c.code LIKE 'bench-%%' AND r.kind = 'technician' AND s.code = 'bench';

INSERT INTO services_shift (resource_id, weekday, starts, ends, valid)
SELECT r.id, day, CASE WHEN r.id %% 2 = 0 THEN time '07:30' ELSE '09:00' END,
  CASE WHEN r.id %% 2 = 0 THEN time '16:30' ELSE '18:00' END, '(,)'
FROM services_resource r JOIN services_centre c ON c.id = r.centre_id, generate_series(1, 6) day
WHERE c.code LIKE 'bench-%%' AND r.kind = 'technician';

INSERT INTO vehicles_vehicle (vin, model_id, plate, nickname, colour)
SELECT 'WN1BENCH' || lpad(n::text, 9, '0'), (SELECT min(id) FROM vehicles_vehiclemodel), '', '', 'aurora'
FROM generate_series(1, %(cars)s) n;
"""

# Bay b and pitch p of a centre's day go with technician (b + 7 p) mod 10: nobody twice at once.
_VISITS = """
CREATE TEMP TABLE planned AS
SELECT c.id AS centre, bay.id AS bay, technician.id AS technician,
  tstzrange(start, start + %(length)s) AS span,
  row_number() OVER (ORDER BY start, c.id, bay.id) AS number
FROM services_centre c
CROSS JOIN generate_series(0, %(days)s - 1) d
CROSS JOIN LATERAL (SELECT current_date + d AS day) calendar
CROSS JOIN generate_series(0, %(pitches)s - 1) p
CROSS JOIN LATERAL (
  SELECT (day + time '07:30' + p * interval '30 minutes') AT TIME ZONE 'Europe/Berlin' AS start
) clock
JOIN LATERAL (
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM services_resource
  WHERE centre_id = c.id AND kind = 'bay'
) bay ON true
JOIN LATERAL (
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM services_resource
  WHERE centre_id = c.id AND kind = 'technician'
) technician ON technician.place = (bay.place + 7 * p) %% %(technicians)s
WHERE c.code LIKE 'bench-%%' AND extract(isodow FROM day) < 7 AND random() < %(kept)s;

INSERT INTO services_appointment (code, centre_id, vehicle_id, car_words, booked_by_id, service_type_id, span,
  way, loan_car, street, postcode, town, status, price_cents, note, symptoms, promised_at,
  version, created_at)
SELECT 'B-' || number, centre,
  (SELECT min(id) FROM vehicles_vehicle WHERE vin LIKE 'WN1BENCH%%') + number %% %(cars)s, '',
  (SELECT min(id) FROM accounts_user), (SELECT id FROM services_servicetype WHERE code = 'bench'), span,
  'bring', false, '', '', '', 'booked', 8900, '', '{}', upper(span), 0, now()
FROM planned;

INSERT INTO services_job (appointment_id, position, service_type_id, span, price_cents, state)
SELECT id, 1, service_type_id, span, price_cents, 'planned' FROM services_appointment WHERE code LIKE 'B-%%';

INSERT INTO services_allocation (resource_id, kind, part, span, active, appointment_id, job_id)
SELECT taken.id, 'visit', taken.part, p.span, true, a.id, j.id
FROM planned p
JOIN services_appointment a ON a.code = 'B-' || p.number
JOIN services_job j ON j.appointment_id = a.id
CROSS JOIN LATERAL (VALUES (p.bay, 'place'), (p.technician, 'technician')) taken (id, part);
"""


def write(url: str, *, times: int = 1) -> None:
    """Into the database at ``url``, as its owner, beside the demo's own house. Repeatable: a fixed seed."""
    values = {
        "centres": CENTRES * times,
        "technicians": TECHNICIANS,
        "bays": BAYS,
        "loan_cars": LOAN_CARS,
        "days": DAYS,
        "pitches": PITCHES,
        "kept": KEPT,
        "cars": CARS,
        "length": f"{MINUTES} minutes",
    }
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '256MB'")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SELECT setseed(0.42)")
        with _bare(connection):
            for script in (_HOUSE, _VISITS):
                # A script is a transaction: what it queues must be over before tables change again.
                with connection.transaction():
                    for statement in script.split(";\n"):
                        if statement.strip():
                            connection.execute(_filled(statement), values if "%(" in statement else None)


@contextmanager
def _bare(connection: psycopg.Connection) -> Iterator[None]:
    """The big tables without keys and indexes; afterwards with all that they had, checked."""
    # Keys first when taking away, last when giving back: they stand on indexes.
    pairs = [
        (str(take), str(give))
        for query in (_KEYS, _INDEXES)
        for take, give in connection.execute(_escaped(query), [FILLED]).fetchall()
    ]
    for take, _give in pairs:
        connection.execute(take.encode())
    yield
    for _take, give in reversed(pairs):
        connection.execute(give.encode())


def _escaped(query: str) -> str:
    """The signs of format() doubled; one parameter is left, the tables."""
    return re.sub(r"%(?=[sI](?!::regclass))", "%%", query)


def _filled(statement: str) -> str:
    """Doubled signs are for statements with values; without values psycopg reads them as they stand."""
    return statement if "%(" in statement else statement.replace("%%", "%")


SEED = Seed("workshop", write)
FIVE_TIMES = Seed("workshop-5", partial(write, times=5))
