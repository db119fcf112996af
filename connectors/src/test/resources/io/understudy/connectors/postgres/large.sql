INSERT INTO large
SELECT 1, 1, t, t, decode(md5(t) || repeat('00ff', 5000), 'hex'), to_json(t), to_jsonb(t), ('<a>' || t || '</a>')::xml, string_to_array(t, ' '),
  array_agg(i), array_agg(i::bigint), array_agg('2024-01-01'::date + i), array_agg(md5(i::text)::uuid), array_agg(i::text::bytea),
  array_agg(to_jsonb(i)), hstore(array_agg('k' || i), array_agg(i::text)), to_tsvector('simple', t), (10::numeric ^ 8000) / 7,
  array_agg('sad'::mood), ROW(t, t)::pair, t, array_agg(int4range(i, i + 1)), t, repeat('01', 20000)::varbit, ('(' || string_agg('(' || i || ',' || i || ')', ',') || ')')::path
FROM (SELECT string_agg(md5(g::text), ' ') AS t FROM generate_series(1, 200) g) text, generate_series(1, 1000) i
GROUP BY t;
