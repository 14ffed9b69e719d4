"""Ownership history is fixed: no row is deleted, and only an open end may be set, once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION vehicles_ownership_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'ownership history is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.vehicle_id <> OLD.vehicle_id OR NEW.user_id <> OLD.user_id
       OR lower(NEW.period) <> lower(OLD.period)
       OR (NOT upper_inf(OLD.period) AND NEW.period <> OLD.period) THEN
        RAISE EXCEPTION 'ownership history is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vehicles_ownership_fixed BEFORE UPDATE OR DELETE ON vehicles_ownership
    FOR EACH ROW EXECUTE FUNCTION vehicles_ownership_fixed();
"""

BACKWARD = """
DROP TRIGGER vehicles_ownership_fixed ON vehicles_ownership;
DROP FUNCTION vehicles_ownership_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
