"""Finding cars by a part of plate or VIN; a merge of two rows of one person takes their cars along."""

from django.db import migrations

FORWARD = """
CREATE INDEX vehicle_plate_parts ON vehicles_vehicle
    USING gin (upper(replace(plate, ' ', '')) public.gin_trgm_ops) WHERE plate <> '';
CREATE INDEX vehicle_vin_parts ON vehicles_vehicle USING gin (vin public.gin_trgm_ops);

CREATE OR REPLACE FUNCTION vehicles_ownership_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'ownership history is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.vehicle_id <> OLD.vehicle_id
       OR (NEW.user_id IS DISTINCT FROM OLD.user_id
           AND NOT accounts_same_person(OLD.user_id, NEW.user_id))
       OR NEW.organisation_id IS DISTINCT FROM OLD.organisation_id
       OR lower(NEW.period) <> lower(OLD.period)
       OR (NOT upper_inf(OLD.period) AND NEW.period <> OLD.period) THEN
        RAISE EXCEPTION 'ownership history is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION vehicles_ownership_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'ownership history is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.vehicle_id <> OLD.vehicle_id OR NEW.user_id IS DISTINCT FROM OLD.user_id
       OR NEW.organisation_id IS DISTINCT FROM OLD.organisation_id
       OR lower(NEW.period) <> lower(OLD.period)
       OR (NOT upper_inf(OLD.period) AND NEW.period <> OLD.period) THEN
        RAISE EXCEPTION 'ownership history is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
DROP INDEX vehicle_vin_parts;
DROP INDEX vehicle_plate_parts;
"""


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0004_ownership_claims"), ("accounts", "0007_finding_people")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
