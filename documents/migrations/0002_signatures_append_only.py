from django.db import migrations

FORWARDS = """
CREATE FUNCTION documents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER documents_signature_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON documents_signature
    FOR EACH STATEMENT EXECUTE FUNCTION documents_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER documents_signature_append_only ON documents_signature;
DROP FUNCTION documents_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
