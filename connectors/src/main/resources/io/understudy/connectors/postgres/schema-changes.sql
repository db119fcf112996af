-- Makes the log of this database tell changes of its schema. To be run by a superuser, again whenever the
-- tables that are mirrored change. Read by SchemaCapture, which fills in what stands between #s.
CREATE SCHEMA IF NOT EXISTS understudy;
GRANT USAGE ON SCHEMA understudy TO PUBLIC;

-- Tables of which we made the whole row identify a row, since they had no key.
CREATE TABLE IF NOT EXISTS understudy.identified (relid oid PRIMARY KEY);

CREATE OR REPLACE FUNCTION understudy.#ddl#_mirrors(place text, name text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $understudy$
  SELECT place || '.' || name ~ #include# AND place || '.' || name !~ #exclude#
$understudy$;

-- Writes a message that the reader believes. Whoever may not read the secret may not write one.
#seal#
CREATE OR REPLACE FUNCTION understudy.#ddl#_log(words text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $understudy$
BEGIN
  PERFORM pg_logical_emit_message(true, #prefix#, #sealed#) FROM #sealtable# s;
  IF NOT FOUND THEN
    RAISE EXCEPTION '#sealtable# is empty' USING HINT = 'understudy run fills it';
  END IF;
END $understudy$;

CREATE OR REPLACE FUNCTION understudy.#ddl#() RETURNS event_trigger
LANGUAGE plpgsql AS $understudy$
BEGIN
  PERFORM #tell#;
END $understudy$;

-- Tells what the rows of a table hold in some columns, with statements that put it there on a standby, where a row
-- is known by what else it holds. Without columns: all of its rows. It only reads, since a write to the table would
-- fire triggers here, and what those queue keeps whoever changes the schema from going on.
CREATE OR REPLACE FUNCTION understudy.#ddl#_fill(filled oid, columns int[], message jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog SET DateStyle = 'ISO' SET IntervalStyle = 'postgres' SET TimeZone = 'UTC'
SET extra_float_digits = 1 SET bytea_output = 'hex' SET lc_monetary = 'C' AS $understudy$
DECLARE
  -- Role "" there is none: a standby runs these as itself, and keeps what they say to itself.
  head constant jsonb := message - 'query' - 'objects' - 'obstacle' || jsonb_build_object('role', '', 'settings',
    jsonb_build_object('search_path', 'pg_catalog', 'DateStyle', 'ISO', 'IntervalStyle', 'postgres', 'TimeZone', 'UTC',
                       'extra_float_digits', '1', 'bytea_output', 'hex', 'lc_monetary', 'C',
                       'standard_conforming_strings', 'on'));
  said text;
  name text;
  identity text;
  texts text;
  names text;
  put text;
BEGIN
  SELECT format('%I.%I', n.nspname, c.relname),
         format('md5(ROW(%s)::text)', string_agg(quote_ident(a.attname) || '::text', ', ' ORDER BY a.attnum)
                                        FILTER (WHERE coalesce(a.attnum = ANY (k.key), NOT a.attnum = ANY (columns)))),
         string_agg(quote_ident(a.attname) || '::text', ', ' ORDER BY a.attnum)
           FILTER (WHERE columns IS NULL OR a.attnum = ANY (columns)),
         string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
         string_agg(CASE WHEN columns IS NULL OR a.attnum = ANY (columns)
                         THEN format('CAST(f.filled[%s] AS %s)', a.nth, format_type(a.atttypid, a.atttypmod))
                         ELSE 'g.' || quote_ident(a.attname) END, ', ' ORDER BY a.attnum)
    INTO name, identity, texts, names, put
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN (SELECT b.*, count(*) FILTER (WHERE columns IS NULL OR b.attnum = ANY (columns))
                        OVER (PARTITION BY b.attrelid ORDER BY b.attnum) AS nth
            FROM pg_attribute b WHERE b.attnum > 0 AND NOT b.attisdropped AND b.attgenerated = '') a ON a.attrelid = c.oid
    LEFT JOIN LATERAL (SELECT i.indkey::int2[]::int[] AS key FROM pg_index i
                        WHERE i.indrelid = c.oid AND i.indisprimary AND NOT i.indkey::int2[]::int[] && columns) k ON true
   WHERE c.oid = filled
   GROUP BY n.nspname, c.relname;

  PERFORM understudy.#ddl#_log((head || jsonb_build_object(
    'made', 'CREATE TABLE understudy.filled (identity text, nth bigint, filled text[])'))::text);
  FOR said IN EXECUTE
    'SELECT ''INSERT INTO understudy.filled VALUES '' || string_agg(format(''(%L, %s, %L)'', identity, nth, filled), '', '')'
    || ' FROM (SELECT identity, nth, filled, sum(length(filled::text) + 50) OVER (ROWS UNBOUNDED PRECEDING) AS size'
    || ' FROM (SELECT ' || CASE WHEN columns IS NULL THEN 'NULL::text AS identity, 0 AS nth'
         ELSE identity || ' AS identity, row_number() OVER (PARTITION BY ' || identity || ') AS nth' END
    || ', ARRAY[' || texts || ']::text[] AS filled FROM ONLY ' || name || ') r) s GROUP BY size / 200000'
  LOOP
    PERFORM understudy.#ddl#_log((head || jsonb_build_object('made', said))::text);
  END LOOP;
  said := CASE WHEN columns IS NULL THEN format(
    'DELETE FROM ONLY %s; INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM understudy.filled f', name, name, names, put)
  ELSE format(
    'IF (SELECT count(*) FROM understudy.filled) <> (SELECT count(*) FROM ONLY %s) THEN '
    || 'RAISE ''%%'', %L; END IF; '
    || 'WITH gone AS (DELETE FROM ONLY %s RETURNING *), g AS MATERIALIZED (SELECT *, %s AS "understudy identity", '
    || 'row_number() OVER (PARTITION BY %s) AS "understudy nth" FROM gone) '
    || 'INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM g '
    || 'JOIN understudy.filled f ON f.identity = g."understudy identity" AND f.nth = g."understudy nth"; '
    || 'IF (SELECT count(*) FROM understudy.filled) <> (SELECT count(*) FROM ONLY %s) THEN RAISE ''%%'', %L; END IF',
    name, 'the rows of ' || name || ' are not the source''s', name, identity, identity, name, names, put,
    name, 'the rows of ' || name || ' are not the source''s')
  END;
  PERFORM understudy.#ddl#_log((head || jsonb_build_object(
    'made', 'DO ' || quote_literal('BEGIN ' || said || '; DROP TABLE understudy.filled; END')))::text);
END $understudy$;

CREATE OR REPLACE FUNCTION understudy.#ddl#_tell(
  event text, tag text, role text, path text[], said_path text, conforming text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog SET standard_conforming_strings = on SET session_replication_role = replica
SET lc_messages = 'C' AS $understudy$
DECLARE
  -- From where this is called. The statement names the role that the trigger runs as, so that nobody can name another.
  called constant text := E'\nSQL statement "SELECT ' || $called$#tell#$called$
    || E'"\nPL/pgSQL function understudy.#ddl#() line 3 at PERFORM';
  query constant text := current_query();
  seen_setting constant text := 'understudy.seen_#mirror#';
  inner_context text;
  source_text text;
  seen jsonb := coalesce(nullif(current_setting(seen_setting, true), ''), '{}')::jsonb;
  nth int;
  message jsonb;
  made text;
  statement text;
  obstacle text;
  objects jsonb;
  skipped boolean;
  outside boolean;
  more text[] := '{}';
  own text[] := '{}';
  told_later text[] := '{}';
  fills oid[] := '{}';
  fill_columns text[] := '{}';
  volatiles text[];
  new_table record;
  filled_table record;
BEGIN
  GET DIAGNOSTICS inner_context = PG_CONTEXT;
  IF substr(inner_context, strpos(inner_context, E'\n'), length(called)) <> called THEN
    obstacle := 'it cannot be told on whose behalf it was run: the search_path has understudy, or somebody called Understudy''s own function';
  END IF;
  -- Behind the line that is about the trigger itself.
  inner_context := substring(inner_context FROM '#ddl#"?\(\) line [^\n]*\n(.*)$');
  source_text := coalesce(inner_context, query);
  IF tag ~ '(PUBLICATION|SUBSCRIPTION|LARGE OBJECT)$' OR tag = 'REINDEX' OR inner_context ~ '#ddl#_tell"?\(' THEN
    RETURN;
  END IF;
  IF event = 'ddl_command_start' THEN
    -- The server refuses SET UNLOGGED for a table that is published. What is taken out in vain comes in again below.
    IF tag = 'ALTER TABLE' AND source_text ~* '\mset\s+unlogged\M' THEN
      FOR new_table IN
        SELECT format('%I.%I', n.nspname, c.relname) AS name
          FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid
          JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE p.pubname = #publication# AND c.relkind = 'r'
           AND source_text ~* ('\m' || regexp_replace(c.relname, '(\W)', '\\\1', 'g') || '"?\s[^;]*set\s+unlogged')
      LOOP
        EXECUTE 'ALTER PUBLICATION ' || quote_ident(#publication#) || ' DROP TABLE ONLY ' || new_table.name;
      END LOOP;
    END IF;
    RETURN;
  END IF;
  IF event = 'ddl_command_end' AND EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE in_extension) THEN
    RETURN; -- a part of what CREATE EXTENSION does
  END IF;

  -- The client may have sent several statements as one text: this is the nth of its kind.
  IF seen ->> 'at' IS DISTINCT FROM extract(epoch FROM statement_timestamp())::text THEN
    seen := jsonb_build_object('at', extract(epoch FROM statement_timestamp())::text);
  END IF;
  nth := coalesce((seen ->> tag)::int, 0) + 1;
  IF event = 'ddl_command_end' AND inner_context IS NULL THEN
    seen := seen || jsonb_build_object(tag, nth);
    PERFORM set_config(seen_setting, seen::text, false);
  END IF;

  IF event = 'sql_drop' THEN
    IF tag NOT LIKE 'DROP %' OR tag = 'DROP OWNED' THEN
      RETURN;
    END IF;
    SELECT bool_and(temporary OR schema_name IS NOT DISTINCT FROM 'understudy' OR object_identity = 'understudy'),
           bool_and(object_type = 'table' AND NOT understudy.#ddl#_mirrors(schema_name, object_name)),
           jsonb_agg(object_identity),
           -- An index that a failed CREATE INDEX CONCURRENTLY left is nowhere else, nor is what is temporary.
           CASE WHEN tag = 'DROP INDEX' OR bool_or(temporary) THEN
             format('%s IF EXISTS %s%s', tag, string_agg(object_identity, ', ') FILTER (WHERE NOT temporary),
                    CASE WHEN source_text ~* '\mcascade\M' THEN ' CASCADE' ELSE '' END) END
      INTO skipped, outside, objects, made
      FROM (SELECT *, is_temporary OR object_identity ~ ' on pg_temp[_0-9]*\.' AS temporary
              FROM pg_event_trigger_dropped_objects() WHERE original) o;
    IF coalesce(skipped, false) THEN
      RETURN;
    END IF;
  ELSE
    IF tag LIKE 'DROP %' AND tag <> 'DROP OWNED' THEN
      RETURN; -- told when its objects were dropped, if there were any
    END IF;
    SELECT bool_and(coalesce(coalesce(c.schema_name, n.nspname) LIKE 'pg\_temp%' OR c.schema_name = 'understudy'
                             OR c.object_identity = 'understudy' OR c.object_type ILIKE 'large object'
                             OR c.object_type LIKE 'publication%' OR c.object_type = 'subscription', false)),
           bool_and(coalesce(r.relkind = 'r' AND NOT understudy.#ddl#_mirrors(n.nspname, r.relname), false)),
           jsonb_agg(c.object_identity) FILTER (WHERE c.command_tag = tag AND c.object_identity IS NOT NULL)
      INTO skipped, outside, objects
      FROM pg_event_trigger_ddl_commands() c
      LEFT JOIN pg_class r ON r.oid = CASE c.classid
             WHEN 'pg_class'::regclass THEN coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = c.objid), c.objid)
             WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger WHERE oid = c.objid)
             WHEN 'pg_constraint'::regclass THEN (SELECT conrelid FROM pg_constraint WHERE oid = c.objid)
             WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy WHERE oid = c.objid)
             WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = c.objid) END
      LEFT JOIN pg_namespace n ON n.oid = r.relnamespace;
    IF coalesce(skipped, tag NOT IN ('REASSIGN OWNED', 'DROP OWNED')) THEN
      RETURN;
    END IF;
    IF tag IN ('GRANT', 'REVOKE') THEN -- of which is not told on what: perhaps on what is temporary
      outside := outside OR EXISTS (
        SELECT FROM pg_class r WHERE r.relnamespace = pg_my_temp_schema()
           AND source_text ~* ('\mon\s+((table|sequence)\s+)?(pg_temp\.)?"?'
                               || regexp_replace(r.relname, '(\W)', '\\\1', 'g') || '"?\s+(to|from)\M'));
    END IF;

    -- What is filled as it is made can be told only as what it became.
    IF tag IN ('CREATE TABLE AS', 'SELECT INTO') THEN
      SELECT format('CREATE %sTABLE %I.%I (%s)%s%s', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END,
                    n.nspname, c.relname,
                    (SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                              (SELECT format(' COLLATE %I.%I', ln.nspname, l.collname)
                                 FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace
                                 JOIN pg_type t ON t.oid = a.atttypid
                                WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation)),
                              ', ' ORDER BY a.attnum)
                       FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                    (SELECT format(' USING %I', m.amname) FROM pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap'),
                    ' WITH (' || array_to_string(c.reloptions, ', ') || ')')
        INTO made
        FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
        JOIN pg_namespace n ON n.oid = c.relnamespace;
    END IF;

    -- Tables that join the mirror, and those that lost what identified their rows.
    FOR new_table IN
      SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS name,
             tag = 'ALTER SCHEMA' OR tag LIKE 'ALTER %' AND c.oid IN (
               SELECT objid FROM pg_event_trigger_ddl_commands() WHERE classid = 'pg_class'::regclass) AS altered,
             EXISTS (SELECT FROM pg_publication p WHERE p.pubname = #publication# AND NOT p.puballtables)
               AND NOT EXISTS (SELECT FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid
                                WHERE p.pubname = #publication# AND r.prrelid IN (
                                      SELECT c.oid UNION ALL
                                      SELECT relid FROM pg_partition_ancestors(c.oid) WHERE c.relispartition))
               AND NOT EXISTS (SELECT FROM pg_publication_tables t
                                WHERE t.pubname = #publication# AND t.schemaname = n.nspname
                                  AND t.tablename = c.relname) AS joins,
             c.relkind = 'r' AND c.relreplident <> 'f' AND NOT EXISTS (
               SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indimmediate AND i.indisvalid
                  AND CASE c.relreplident WHEN 'i' THEN i.indisreplident WHEN 'n' THEN false
                                          ELSE i.indisprimary END) AS nameless,
             c.relreplident = 'f' AND c.oid IN (SELECT relid FROM understudy.identified)
               AND EXISTS (SELECT FROM pg_index i
                            WHERE i.indrelid = c.oid AND i.indimmediate AND i.indisvalid AND i.indisprimary) AS named
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'understudy') AND n.nspname !~ '^pg_'
         AND (tag = 'ALTER SCHEMA' OR source_text ~* '\m(detach|set\s+unlogged)\M'
              OR c.oid IN (SELECT objid FROM pg_event_trigger_ddl_commands() WHERE classid = 'pg_class'::regclass))
         AND understudy.#ddl#_mirrors(n.nspname, c.relname)
    LOOP
      IF new_table.joins THEN
        IF new_table.altered AND new_table.relkind = 'r' THEN
          EXECUTE 'SELECT EXISTS (SELECT FROM ONLY ' || new_table.name || ')' INTO skipped;
          IF skipped AND pg_relation_size(new_table.oid) > 1000000000 THEN
            obstacle := 'table ' || new_table.name || ' joins the mirror, and its rows are not in the log';
          ELSE
            fills := fills || new_table.oid;
            fill_columns := fill_columns || NULL::text;
          END IF;
        ELSIF tag IN ('CREATE TABLE AS', 'SELECT INTO') THEN
          -- Not a temporary one: a transaction that had such cannot be prepared.
          statement := 'understudy.' || quote_ident('filled_' || pg_current_xact_id());
          EXECUTE 'CREATE UNLOGGED TABLE ' || statement || ' AS SELECT * FROM ' || new_table.name;
          EXECUTE 'TRUNCATE ' || new_table.name;
          told_later := told_later || ('INSERT INTO ' || new_table.name || ' SELECT * FROM ' || statement)
                                   || ('DROP TABLE ' || statement);
        END IF;
        EXECUTE 'ALTER PUBLICATION ' || quote_ident(#publication#) || ' ADD TABLE '
                || CASE new_table.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || new_table.name;
      END IF;
      IF new_table.nameless THEN
        more := more || format('ALTER TABLE ONLY %s REPLICA IDENTITY FULL', new_table.name);
        INSERT INTO understudy.identified VALUES (new_table.oid) ON CONFLICT DO NOTHING;
      ELSIF new_table.named THEN
        more := more || format('ALTER TABLE ONLY %s REPLICA IDENTITY DEFAULT', new_table.name);
        DELETE FROM understudy.identified WHERE relid = new_table.oid;
      END IF;
    END LOOP;

    -- Columns may have been filled with what no other server would fill them with.
    IF tag = 'ALTER TABLE' AND source_text ~* '\m(add|using)\M' THEN
      volatiles := ARRAY(SELECT DISTINCT proname::text FROM pg_proc WHERE provolatile <> 'i');
      FOR filled_table IN
        WITH RECURSIVE concerned AS (
          SELECT objid AS oid FROM pg_event_trigger_ddl_commands() WHERE classid = 'pg_class'::regclass
          UNION SELECT i.inhrelid FROM pg_inherits i JOIN concerned p ON i.inhparent = p.oid)
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name,
               array_agg(a.attnum ORDER BY a.attnum) FILTER (WHERE NOT a.atthasmissing)::text AS columns,
               string_agg(format('%I = %L::%s', a.attname, (a.attmissingval::text::text[])[1],
                                 format_type(a.atttypid, a.atttypmod)), ', ') FILTER (WHERE a.atthasmissing) AS alike
          FROM concerned o JOIN pg_class c ON c.oid = o.oid AND c.relkind = 'r' AND c.relpersistence = 'p'
          JOIN pg_namespace n ON n.oid = c.relnamespace AND understudy.#ddl#_mirrors(n.nspname, c.relname)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
          JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
         CROSS JOIN LATERAL (SELECT coalesce(pg_get_expr(f.adbin, f.adrelid), t.typdefault) AS text) e
           -- written by the transaction that is under way, or beside it
         WHERE age(a.xmin) <= age(pg_current_xact_id()::xid)
           AND (source_text ~* ('\madd\s+(column\s+)?(if\s+not\s+exists\s+)?"?'
                                || regexp_replace(a.attname, '(\W)', '\\\1', 'g'))
                AND (a.attidentity <> '' OR e.text ~ '(CURRENT_|LOCALTIME|SESSION_USER)'
                     OR EXISTS (SELECT FROM regexp_matches(e.text, '(\w+)"?\(', 'g') m WHERE m[1] = ANY (volatiles)))
                OR source_text ~* '\musing\M'
                   AND (source_text ~* '\m(current_|localtime|session_user)'
                        OR EXISTS (SELECT FROM regexp_matches(source_text, '(\w+)"?\s*\(', 'g') m
                                    WHERE lower(m[1]) = ANY (volatiles))))
         GROUP BY c.oid, n.nspname, c.relname
      LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ONLY ' || filled_table.name || ')' INTO skipped;
        IF skipped AND filled_table.alike IS NOT NULL THEN
          own := own || format('UPDATE ONLY %s SET %s', filled_table.name, filled_table.alike);
        END IF;
        IF skipped AND filled_table.columns IS NOT NULL THEN
          fills := fills || filled_table.oid;
          fill_columns := fill_columns || filled_table.columns;
        END IF;
      END LOOP;
    END IF;
  END IF;

  message := jsonb_build_object(
    'tag', tag, 'context', inner_context, 'nth', nth, 'made', made, 'obstacle', obstacle,
    'objects', objects, 'outside', coalesce(outside, false), 'role', role,
    'settings', (SELECT jsonb_object_agg(name, setting) FROM pg_settings
                  WHERE name IN ('DateStyle', 'IntervalStyle', 'TimeZone',
                                 'check_function_bodies', 'default_tablespace', 'default_table_access_method',
                                 'default_toast_compression', 'transform_null_equals', 'xmloption', 'array_nulls',
                                 'lc_monetary'))
                || jsonb_build_object('standard_conforming_strings', conforming, 'search_path',
                     CASE WHEN source_text ~* '\mfrom\s+current\M' THEN said_path ELSE
                     (SELECT coalesce(string_agg(quote_ident(p), ', ' ORDER BY i), '""')
                        FROM unnest(path) WITH ORDINALITY AS s(p, i) WHERE p NOT LIKE 'pg\_temp%') END)
                || coalesce((SELECT jsonb_object_agg(s.name, current_setting(s.name))
                               FROM regexp_matches(source_text, 'set\s+"?([\w.]+)"?\s+from\s+current\M', 'gi') m
                               JOIN pg_settings s ON lower(s.name) = lower(m[1]) AND s.name <> 'search_path'
                                                 AND s.context IN ('user', 'superuser')), '{}'));
  -- A long text is told once, not with each of its statements.
  IF inner_context IS NULL THEN
    IF seen ->> 'told' IS DISTINCT FROM pg_current_xact_id()::text THEN
      message := message || jsonb_build_object('query', query);
      PERFORM set_config(seen_setting, (seen || jsonb_build_object('told', pg_current_xact_id()::text))::text, false);
    END IF;
  ELSIF inner_context LIKE 'SQL function %' THEN
    message := message || jsonb_build_object('bodies',
      (SELECT jsonb_agg(p.prosrc) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE l.lanname = 'sql' AND inner_context LIKE 'SQL function "' || p.proname || '" %'));
  END IF;
  PERFORM understudy.#ddl#_log(message::text);
  message := message - 'query' - 'objects' - 'obstacle';
  FOREACH made IN ARRAY more LOOP
    PERFORM understudy.#ddl#_log((message || jsonb_build_object('made', made))::text);
    EXECUTE made;
  END LOOP;
  FOREACH made IN ARRAY own LOOP
    PERFORM understudy.#ddl#_log((message || jsonb_build_object('made', made, 'role', ''))::text);
  END LOOP;
  FOR nth IN 1 .. cardinality(fills) LOOP
    PERFORM understudy.#ddl#_fill(fills[nth], fill_columns[nth]::int[], message);
  END LOOP;
  FOREACH made IN ARRAY told_later LOOP
    EXECUTE made;
  END LOOP;
END $understudy$;
