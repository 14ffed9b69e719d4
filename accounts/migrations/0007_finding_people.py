"""Finding people whatever the writing, and knowing that two rows are one person.

``accounts_fold`` makes "Kröger", "Kroeger" and "kroger" one word; ``accounts_digits`` makes
"0151 23…", "+49 (0)151 23…" and "004915123…" one number (a number without a country is German).
Both are immutable as long as unaccent's rules are: after a change of them, REINDEX.
"""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

FORWARD = r"""
CREATE FUNCTION accounts_fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(replace(replace(
        lower(public.unaccent('public.unaccent'::regdictionary, words)), 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
$$;

CREATE FUNCTION accounts_digits(phone text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN kept LIKE '+%' THEN regexp_replace(substr(kept, 2), '^490', '49')
        WHEN kept LIKE '00%' THEN regexp_replace(substr(kept, 3), '^490', '49')
        WHEN kept LIKE '0%' THEN '49' || substr(kept, 2)
        ELSE kept
    END
    FROM (SELECT regexp_replace(replace(phone, '(0)', ''), '[^0-9+]', '', 'g') AS kept) AS bare
$$;

CREATE FUNCTION accounts_known_as(first_name text, last_name text, email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT public.accounts_fold(first_name || ' ' || last_name || ' ' || split_part(coalesce(email, ''), '@', 1))
$$;

CREATE INDEX user_known_as ON accounts_user
    USING gin (accounts_known_as(first_name, last_name, email) public.gin_trgm_ops);
CREATE INDEX user_digits ON accounts_user
    USING gin (accounts_digits(phone) public.gin_trgm_ops) WHERE phone <> '';

-- Whether a merge that is in force made the two one person; what is fixed may then change hands.
CREATE FUNCTION accounts_same_person(one bigint, other bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.accounts_customermerge
        WHERE undone_at IS NULL AND ((kept_id = one AND gone_id = other) OR (kept_id = other AND gone_id = one))
    )
$$;
"""

BACKWARD = """
DROP FUNCTION accounts_same_person(bigint, bigint);
DROP INDEX user_digits;
DROP INDEX user_known_as;
DROP FUNCTION accounts_known_as(text, text, text);
DROP FUNCTION accounts_digits(text);
DROP FUNCTION accounts_fold(text);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_notices_on_their_way")]

    operations = [TrigramExtension(), UnaccentExtension(), migrations.RunSQL(FORWARD, BACKWARD)]
