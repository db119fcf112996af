-- Transactions of all shapes.

--- case transactions: savepoints and nested rollbacks
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
--- rows
INSERT INTO t SELECT i, 'v' FROM generate_series(1, 10) i;
--- change
BEGIN;
UPDATE t SET v = 'kept' WHERE id = 1;
SAVEPOINT a;
UPDATE t SET v = 'lost' WHERE id = 2;
SAVEPOINT b;
DELETE FROM t WHERE id = 3;
ROLLBACK TO b;
INSERT INTO t VALUES (100, 'lost');
ROLLBACK TO a;
INSERT INTO t VALUES (100, 'kept');
SAVEPOINT a;
INSERT INTO t VALUES (101, 'kept');
RELEASE a;
COMMIT;
--- change
BEGIN; DELETE FROM t; ROLLBACK;
--- change
BEGIN; SAVEPOINT a; INSERT INTO t VALUES (102, 'kept'); RELEASE a; SAVEPOINT b; TRUNCATE t; ROLLBACK TO b; COMMIT;

--- case transactions: prepared, committed and rolled back
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
--- rows
INSERT INTO t SELECT i, 'v' FROM generate_series(1, 10) i;
--- change
BEGIN; UPDATE t SET v = 'prepared' WHERE id < 5; INSERT INTO t VALUES (11, 'prepared'); PREPARE TRANSACTION '$schema a';
--- change
BEGIN; DELETE FROM t WHERE id = 9; PREPARE TRANSACTION '$schema b';
--- change
INSERT INTO t VALUES (12, 'between');
--- change
COMMIT PREPARED '$schema a';
--- change
ROLLBACK PREPARED '$schema b';
--- change
UPDATE t SET v = 'after' WHERE id = 11;

--- case transactions: 50,000 subtransactions
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
--- change
DO $$ BEGIN
  FOR i IN 1..50000 LOOP
    BEGIN
      INSERT INTO t VALUES (i, 'v');
      IF i % 1000 = 0 THEN RAISE EXCEPTION 'lost'; END IF;
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
  END LOOP;
END $$
--- change
UPDATE t SET v = 'x' WHERE id % 5000 = 1;

--- case transactions: truncation of several tables
--- schema
CREATE TABLE a (id int PRIMARY KEY, v text);
CREATE TABLE b (id int PRIMARY KEY, v text);
CREATE TABLE c (id int PRIMARY KEY, v text);
--- rows
INSERT INTO a VALUES (1, 'a'); INSERT INTO b VALUES (1, 'b'); INSERT INTO c VALUES (1, 'c');
--- change
INSERT INTO a VALUES (2, 'lost');
TRUNCATE a, b;
INSERT INTO a VALUES (1, 'again');
--- change
INSERT INTO b VALUES (1, 'x'); TRUNCATE b; INSERT INTO b VALUES (1, 'y'); TRUNCATE b; INSERT INTO b VALUES (2, 'z');
UPDATE c SET v = 'x'; TRUNCATE c;

--- case transactions: truncation that cascades and restarts identities
--- schema
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text);
CREATE TABLE child (id serial PRIMARY KEY, t int REFERENCES t);
CREATE TABLE grandchild (id serial PRIMARY KEY, child int REFERENCES child);
CREATE TABLE other (id serial PRIMARY KEY, v text);
--- rows
INSERT INTO t (v) SELECT 'v' FROM generate_series(1, 10);
INSERT INTO child (t) SELECT id FROM t;
INSERT INTO grandchild (child) SELECT id FROM child;
INSERT INTO other (v) VALUES ('x');
--- change
TRUNCATE t, other RESTART IDENTITY CASCADE;
INSERT INTO t (v) VALUES ('again');
INSERT INTO child (t) VALUES (1);
INSERT INTO other (v) VALUES ('again');
--- change
TRUNCATE grandchild, child CONTINUE IDENTITY;

--- case transactions: COPY, small and large
--- schema
CREATE TABLE t (id int PRIMARY KEY, a text, b numeric);
CREATE TABLE u (id int PRIMARY KEY, a text, b numeric);
--- rows
INSERT INTO t SELECT i, 'row ' || i, i / 7.0 FROM generate_series(1, 5000) i;
--- change
INSERT INTO u SELECT * FROM t;
--- change
CREATE TEMPORARY TABLE of_mine (a text) ON COMMIT DROP; INSERT INTO of_mine VALUES ('x'); INSERT INTO u SELECT -1, a, 0 FROM of_mine;
--- change
UPDATE u SET a = a || '!' WHERE id % 3 = 0; DELETE FROM u WHERE id % 7 = 0; UPDATE u SET id = -id WHERE id % 11 = 0 AND id > 1;

--- case transactions: INSERT … ON CONFLICT
--- schema
CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE, n int DEFAULT 0);
--- rows
INSERT INTO t SELECT i, 'name ' || i FROM generate_series(1, 10) i;
--- change
INSERT INTO t SELECT i, 'other ' || i FROM generate_series(5, 15) i ON CONFLICT (id) DO UPDATE SET name = excluded.name, n = t.n + 1;
INSERT INTO t VALUES (99, 'name 1') ON CONFLICT DO NOTHING;
INSERT INTO t VALUES (98, 'name 2') ON CONFLICT (name) DO UPDATE SET id = 97;

--- case transactions: MERGE
--- from 15
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text, n int);
--- rows
INSERT INTO t SELECT i, 'v', i FROM generate_series(1, 20) i;
--- change
MERGE INTO t USING (SELECT i AS id FROM generate_series(10, 30) i) s ON t.id = s.id
  WHEN MATCHED AND t.id % 3 = 0 THEN DELETE
  WHEN MATCHED AND t.id % 3 = 1 THEN UPDATE SET v = 'merged', n = NULL
  WHEN MATCHED THEN DO NOTHING
  WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'new', 0);

--- case transactions: updates that change nothing
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE TABLE u (a int, v text);
ALTER TABLE u REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i, 'v' FROM generate_series(1, 10) i;
INSERT INTO u SELECT 1, 'v' FROM generate_series(1, 10);
--- change
UPDATE t SET v = v; UPDATE t SET id = id; UPDATE u SET a = a;
--- change
UPDATE t SET v = 'v'; UPDATE t SET v = 'x'; UPDATE t SET v = 'v';
DELETE FROM t WHERE id = 3; INSERT INTO t VALUES (3, 'v');

--- case transactions: chains of CTEs that write
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE TABLE log (id int PRIMARY KEY, was text, becomes text);
CREATE TABLE gone (id int PRIMARY KEY, v text);
--- rows
INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 20) i;
--- change
WITH changed AS (UPDATE t SET v = v || '!' WHERE id < 10 RETURNING id, v),
     removed AS (DELETE FROM t WHERE id > 15 RETURNING *),
     kept AS (INSERT INTO gone SELECT * FROM removed RETURNING id)
INSERT INTO log SELECT id, 'changed', v FROM changed UNION ALL SELECT id, 'gone', NULL FROM kept;

--- case transactions: none of its own, several in one query
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
--- change
BEGIN; INSERT INTO t VALUES (1, 'a'); COMMIT; BEGIN; INSERT INTO t VALUES (2, 'b'); ROLLBACK; BEGIN; INSERT INTO t VALUES (3, 'c'); COMMIT;
--- change
BEGIN; COMMIT;
--- change
SELECT 1; SELECT pg_logical_emit_message(true, 'not ours', 'x'); INSERT INTO t VALUES (4, 'd');
--- change
SELECT pg_logical_emit_message(false, 'not ours', 'x');

--- case transactions: large, with every kind of change
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text, big text);
CREATE TABLE u (v text);
ALTER TABLE u REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i, 'v', repeat('x', i % 100) FROM generate_series(1, 5000) i;
--- change
INSERT INTO t SELECT i, 'v', repeat('y', 200) FROM generate_series(10001, 30000) i;
UPDATE t SET v = 'w' WHERE id < 5000;
INSERT INTO u SELECT v FROM t LIMIT 1000;
DELETE FROM t WHERE id % 3 = 0;
UPDATE t SET id = -id WHERE id % 100 = 1;
UPDATE u SET v = NULL WHERE ctid IN (SELECT ctid FROM u LIMIT 10);
TRUNCATE u;
INSERT INTO u VALUES ('after');
UPDATE t SET v = NULL WHERE id > 29000;
--- change
DELETE FROM t WHERE id < 0;

--- case transactions: locks, procedures that commit, and a function's exception
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN
  FOR i IN 1..20 LOOP
    INSERT INTO $schema.t VALUES (i, 'v');
    IF i % 3 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
  END LOOP;
END $$;
--- change
CALL commits()
--- change
BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE; UPDATE t SET v = 'locked' WHERE id < 5; SELECT * FROM t FOR UPDATE; COMMIT;
--- change
DO $$ BEGIN
  UPDATE t SET v = 'before';
  BEGIN UPDATE t SET id = 1; EXCEPTION WHEN unique_violation THEN INSERT INTO t VALUES (1000, sqlerrm); END;
END $$
