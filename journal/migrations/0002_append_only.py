"""What happened stays as it was written: no UPDATE, DELETE or TRUNCATE, whoever asks.

The triggers have no escape switch. Erasing a person turns their user row into an anonymous
shell; the journal holds ids only and stays whole.
"""

from django.db import migrations

TABLES = ("journal_event", "journal_eventaudience")

FORWARDS = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""
    for table in TABLES
)

BACKWARDS = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in TABLES) + (
    "DROP FUNCTION journal_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
