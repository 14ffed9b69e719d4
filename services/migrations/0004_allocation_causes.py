"""Only now that every allocation names its part can it be asked of all."""

from django.db import migrations, models

TABLES = ("services_statuschange", "services_promisechange")
TRIGGERS = """
CREATE FUNCTION services_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION services_refuse_change();"
    for table in TABLES
)
NO_TRIGGERS = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in TABLES) + (
    "DROP FUNCTION services_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [('services', '0003_jobs_of_visits')]

    operations = [
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('absence__isnull', True), ('appointment__isnull', False), ('closure__isnull', True), ('hold__isnull', True), ('kind', 'visit'), models.Q(('part', ''), _negated=True)), models.Q(('appointment__isnull', True), ('hold__isnull', False), ('job__isnull', True), ('kind', 'hold'), ('absence__isnull', True), ('closure__isnull', True), models.Q(('part', ''), _negated=True)), models.Q(('absence__isnull', True), ('closure__isnull', False), ('kind', 'closure'), ('appointment__isnull', True), ('hold__isnull', True), ('job__isnull', True), ('part', '')), models.Q(('absence__isnull', False), ('closure__isnull', True), ('kind', 'absence'), ('appointment__isnull', True), ('hold__isnull', True), ('job__isnull', True), ('part', '')), _connector='OR'), name='allocation_has_its_cause'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', False), ('kind', 'hold')), models.Q(models.Q(('kind', 'hold'), _negated=True), ('expires_at__isnull', True)), _connector='OR'), name='allocation_hold_expires'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.UniqueConstraint(condition=models.Q(('active', True), ('job__isnull', False)), fields=('job', 'part'), name='allocation_once_per_job'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.UniqueConstraint(condition=models.Q(('active', True), ('appointment__isnull', False), ('job__isnull', True)), fields=('appointment', 'part'), name='allocation_once_per_visit'),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
