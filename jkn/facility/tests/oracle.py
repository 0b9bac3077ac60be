"""The searches as SQL over the tables themselves: what the copy in memory must find as well."""

from __future__ import annotations

from jkn.core.db import execute
from jkn.facility.directory import KIND_WORDS, SERVICE_WORDS
from jkn.facility.nearby import EARTH_METRES

_FOLD = "regexp_replace(regexp_replace(lower({0}), '[^a-z0-9]+', ' ', 'g'), '^ | $', '', 'g')"

_PREPARE = (
    """
CREATE TEMP TABLE oracle_text ON COMMIT DROP AS
SELECT code, true AS is_name, name AS text FROM facility_facility
UNION ALL SELECT f.code, false, w.words FROM facility_facility f
  JOIN unnest(%s::text[], %s::text[]) AS w(kind, words) ON w.kind = f.kind
UNION ALL SELECT f.code, false, w.words FROM facility_facility f
  JOIN unnest(%s::text[], %s::text[]) AS w(service, words) ON w.service = ANY (f.services)
UNION ALL SELECT f.code, false, c.name || ' ' || c.words FROM facility_facility f
  JOIN facility_clinic c ON c.code = ANY (f.clinics)
UNION ALL SELECT code, false, address FROM facility_facility
UNION ALL SELECT code, false, doctors FROM facility_facility
UNION ALL SELECT f.code, false, d.name FROM facility_facility f
  JOIN facility_district d ON d.code = f.district_id
UNION ALL SELECT f.code, false, v.name FROM facility_facility f
  JOIN facility_village v ON v.code = f.village_id
""",
    f"""
CREATE TEMP TABLE oracle_gram ON COMMIT DROP AS
WITH folded AS (SELECT code, is_name, {_FOLD.format("text")} AS words FROM oracle_text)
SELECT code, gram, bool_or(is_name) AS in_name FROM (
  SELECT code, is_name, substr(replace(words, ' ', ''), i, 3) AS gram
  FROM folded, generate_series(1, length(replace(words, ' ', '')) - 2) i
  UNION ALL
  SELECT code, is_name, '^' || left(word, n)
  FROM folded, string_to_table(words, ' ') word, generate_series(1, 2) n WHERE word <> ''
) one GROUP BY code, gram
""",
    "CREATE INDEX ON oracle_gram (gram)",
    "ANALYZE oracle_gram",
)

_TEXT = f"""
WITH q AS (SELECT replace({_FOLD.format("%s::text")}, ' ', '') AS text),
wanted AS (
  SELECT DISTINCT substr(text, i, 3) AS gram FROM q, generate_series(1, length(text) - 2) i
  UNION SELECT '^' || text FROM q WHERE length(text) IN (1, 2)
),
hits AS (
  SELECT g.code, count(*) AS hits, count(*) FILTER (WHERE g.in_name) AS in_name
  FROM oracle_gram g JOIN wanted USING (gram) GROUP BY g.code
),
least AS (
  SELECT greatest(1, ceil((SELECT count(*) FROM wanted) * 0.4),
                  ceil((SELECT max(hits) FROM hits) * 0.75)) AS least
)
SELECT h.code FROM hits h JOIN facility_facility f USING (code), least
WHERE h.hits >= least.least
ORDER BY h.hits DESC, h.in_name DESC,
  regexp_replace(lower(f.name), '[^a-z0-9]+', '', 'g') COLLATE "C", f.code COLLATE "C"
LIMIT %s
"""

_NEAREST = f"""
SELECT code, {2 * EARTH_METRES} * asin(sqrt(
    power(sin(radians(latitude - %s::float8) / 2), 2)
    + cos(radians(latitude)) * cos(radians(%s::float8))
      * power(sin(radians(longitude - %s::float8) / 2), 2))) AS metres
FROM facility_facility WHERE latitude IS NOT NULL
ORDER BY metres, code LIMIT %s
"""


def prepare() -> None:
    """Make the grams of all facilities, in this transaction. Names must be ASCII."""
    execute(
        _PREPARE[0],
        [
            [k.value for k in KIND_WORDS], list(KIND_WORDS.values()),
            [s.value for s in SERVICE_WORDS], list(SERVICE_WORDS.values()),
        ],
    )  # fmt: skip
    for statement in _PREPARE[1:]:
        execute(statement)


def by_text(query: str, count: int) -> list[str]:
    """Return the codes of the best matches, by grams counted in SQL."""
    return [code for (code,) in execute(_TEXT, [query, count])]


def nearest(latitude: float, longitude: float, count: int) -> list[tuple[str, float]]:
    """Return (code, metres) of the nearest, by the haversine formula in SQL."""
    return [
        (code, metres) for code, metres in execute(_NEAREST, [latitude, latitude, longitude, count])
    ]
