-- How rows are told apart: keys of all kinds, and none. The form is that of CaseFile.

--- case identity: full, without a key, with duplicates
--- schema
CREATE TABLE t (a int, b text);
ALTER TABLE t REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i % 3, 'row' FROM generate_series(1, 12) i;
INSERT INTO t VALUES (NULL, NULL), (NULL, NULL), (NULL, ''), (1, NULL);
--- change
DELETE FROM t WHERE ctid IN (SELECT ctid FROM t WHERE a = 1 AND b IS NOT NULL LIMIT 2);
UPDATE t SET b = 'other' WHERE ctid IN (SELECT ctid FROM t WHERE a = 2 LIMIT 1);
--- change
DELETE FROM t WHERE ctid IN (SELECT ctid FROM t WHERE a IS NULL AND b IS NULL LIMIT 1);
UPDATE t SET a = a + 1;
UPDATE t SET a = 1, b = 'row' WHERE ctid IN (SELECT ctid FROM t WHERE b = 'row' LIMIT 3);
--- change
INSERT INTO t SELECT * FROM t;
DELETE FROM t WHERE ctid IN (SELECT min(ctid) FROM t GROUP BY a, b);

--- case identity: full, without a key, many rows changed in one transaction
--- schema
CREATE TABLE t (a int, b text, c numeric);
ALTER TABLE t REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i % 500, 'row ' || i % 700, i % 11 FROM generate_series(1, 4000) i;
--- change
UPDATE t SET b = b || '!' WHERE a % 2 = 0;
DELETE FROM t WHERE a % 3 = 0;
--- change
UPDATE t SET a = 0;

--- case identity: full, with a key
--- schema
CREATE TABLE t (id int PRIMARY KEY, a text);
ALTER TABLE t REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i, 'row' FROM generate_series(1, 20) i;
--- change
UPDATE t SET id = id + 100 WHERE id < 5;
UPDATE t SET a = NULL WHERE id > 100;
DELETE FROM t WHERE id BETWEEN 6 AND 9;

--- case identity: by an index of two columns
--- schema
CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b text NOT NULL, c text);
CREATE UNIQUE INDEX other ON t (b, a);
ALTER TABLE t REPLICA IDENTITY USING INDEX other;
--- rows
INSERT INTO t SELECT i, i, 'b' || i, 'c' FROM generate_series(1, 20) i;
--- change
UPDATE t SET c = 'changed';
UPDATE t SET b = b || 'x' WHERE id < 5;
--- change
UPDATE t SET id = id + 100;
UPDATE t SET a = -a, c = NULL WHERE id > 110;
DELETE FROM t WHERE id = 101;

--- case identity: by an index with other columns included, no primary key
--- schema
CREATE TABLE t (a int NOT NULL, b text, c text);
CREATE UNIQUE INDEX the_index ON t (a) INCLUDE (b);
ALTER TABLE t REPLICA IDENTITY USING INDEX the_index;
--- rows
INSERT INTO t SELECT i, 'b', 'c' FROM generate_series(1, 10) i;
--- change
UPDATE t SET b = 'x' WHERE a < 4;
UPDATE t SET a = a + 100 WHERE a > 5;
DELETE FROM t WHERE a = 1;

--- case identity: a key of 32 columns
--- schema
DO $$ BEGIN
  EXECUTE (SELECT 'CREATE TABLE t (' || string_agg('k' || i || ' int', ', ') || ', v text, PRIMARY KEY ('
                  || string_agg('k' || i, ', ' ORDER BY i DESC) || '))' FROM generate_series(1, 32) i);
END $$
--- rows
INSERT INTO t SELECT 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,i,'row' FROM generate_series(1, 20) i;
--- change
UPDATE t SET v = 'x' WHERE k32 < 5;
UPDATE t SET k1 = -1, k17 = -17, v = NULL WHERE k32 = 7;
DELETE FROM t WHERE k32 > 15;

--- case identity: a key of several types in another order than the columns
--- schema
CREATE TABLE t (v text, a timestamptz, b numeric(10,2), c text, d uuid, PRIMARY KEY (d, c, a, b));
--- rows
INSERT INTO t SELECT 'v', '2000-01-01 UTC', i, 'c' || i, '00000000-0000-0000-0000-000000000001' FROM generate_series(1, 9) i;
--- change
UPDATE t SET v = NULL;
UPDATE t SET a = 'infinity', b = -b WHERE b > 5;
DELETE FROM t WHERE b = 1;

--- case identity: keys that move up by one
--- schema
CREATE TABLE t (id int PRIMARY KEY, v int);
--- rows
INSERT INTO t SELECT -i, i FROM generate_series(1, 200) i;
--- change
UPDATE t SET id = id + 1;
--- change
UPDATE t SET id = id + 500;
UPDATE t SET id = id - 250, v = v + 1;
UPDATE t SET id = -id WHERE v % 2 = 0;

--- case identity: two keys swapped in one transaction
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
--- rows
INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, NULL);
--- change
UPDATE t SET id = 0 WHERE id = 1;
UPDATE t SET id = 1 WHERE id = 2;
UPDATE t SET id = 2 WHERE id = 0;
--- change
UPDATE t SET id = id + 1000;
UPDATE t SET id = CASE id WHEN 1004 THEN 1 ELSE id - 999 END;

--- case identity: a rotation under a deferrable key
--- schema
CREATE TABLE t (id int NOT NULL, v text, PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE t REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 10) i;
--- change
UPDATE t SET id = id % 10 + 1;
--- change
DELETE FROM t WHERE id = 5;

--- case identity: two rows under one deferrable key for a while
--- schema
CREATE TABLE t (id int NOT NULL, v text, PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE t REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 10) i;
--- change
INSERT INTO t VALUES (3, 'twice for a while');
UPDATE t SET id = 33 WHERE v = 'twice for a while';

--- case identity: two rows under one deferrable unique constraint for a while
--- schema
CREATE TABLE t (id int PRIMARY KEY, place int UNIQUE DEFERRABLE INITIALLY DEFERRED, v text);
--- rows
INSERT INTO t SELECT i, i, 'row' FROM generate_series(1, 10) i;
--- change
INSERT INTO t VALUES (11, 5, 'for a while');
DELETE FROM t WHERE id = 11;

--- case identity: a deferrable unique constraint beside the key
--- schema
CREATE TABLE t (id int PRIMARY KEY, place int UNIQUE DEFERRABLE INITIALLY DEFERRED, v text);
--- rows
INSERT INTO t SELECT i, i, 'row' FROM generate_series(1, 10) i;
--- change
UPDATE t SET place = 11 - place;
--- change
UPDATE t SET place = place % 10 + 1, v = 'moved';

--- case identity: unique constraints beside the key, values that change hands
--- schema
CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE, n int, UNIQUE (n, name));
--- rows
INSERT INTO t SELECT i, 'name ' || i, i FROM generate_series(1, 10) i;
--- change
UPDATE t SET name = 'free' WHERE id = 1;
UPDATE t SET name = 'name 1' WHERE id = 2;
UPDATE t SET name = 'name 2' WHERE id = 1;
--- change
DELETE FROM t WHERE id = 3;
INSERT INTO t VALUES (33, 'name 3', 3);
UPDATE t SET name = NULL WHERE id > 5;

--- case identity: unique, nulls not distinct
--- from 15
--- schema
CREATE TABLE t (id int PRIMARY KEY, name text, UNIQUE NULLS NOT DISTINCT (name));
--- rows
INSERT INTO t VALUES (1, NULL), (2, 'two'), (3, 'three');
--- change
UPDATE t SET name = 'one' WHERE id = 1;
UPDATE t SET name = NULL WHERE id = 2;
--- change
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (4, NULL);

--- case identity: exclusion constraints
--- schema
CREATE TABLE t (id int PRIMARY KEY, room int, during int4range, EXCLUDE USING gist (room WITH =, during WITH &&),
  c circle, EXCLUDE USING gist (c WITH &&) DEFERRABLE INITIALLY DEFERRED);
--- rows
INSERT INTO t SELECT i, 1, int4range(i * 10, i * 10 + 10), circle(point(i * 10, 0), 1) FROM generate_series(1, 10) i;
--- change
UPDATE t SET during = '[1000,1010)' WHERE id = 1;
UPDATE t SET during = '[10,20)' WHERE id = 2;
UPDATE t SET during = '[20,30)' WHERE id = 1;
--- change
UPDATE t SET c = circle(point((11 - id) * 10, 0), 1);
UPDATE t SET room = 2 WHERE id > 5;
DELETE FROM t WHERE id = 9;
INSERT INTO t VALUES (99, 2, '[90,100)', '<(0,50),1>');

--- case identity: partial and expression indexes that are unique
--- schema
CREATE TABLE t (id int PRIMARY KEY, name text, live boolean);
CREATE UNIQUE INDEX ON t (lower(name)) WHERE live;
--- rows
INSERT INTO t SELECT i, CASE WHEN i % 2 = 0 THEN 'Name' ELSE 'name ' || i END, i % 2 = 1 FROM generate_series(1, 10) i;
--- change
UPDATE t SET live = true WHERE id = 2;
--- change
UPDATE t SET live = false WHERE id = 2;
UPDATE t SET live = true, name = 'NAME' WHERE id = 4;
UPDATE t SET name = 'name 3' WHERE id = 1 AND NOT live;
DELETE FROM t WHERE id = 3;

--- case identity: a key under a collation that calls different texts equal
--- schema
CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE t (name text COLLATE loose PRIMARY KEY, v int);
--- rows
INSERT INTO t VALUES ('a', 1), ('b', 2), ('Straße', 3);
--- change
UPDATE t SET name = 'A' WHERE name = 'a';
UPDATE t SET v = 5, name = 'STRASSE' WHERE v = 3;
--- change
DELETE FROM t WHERE name = 'B';
INSERT INTO t VALUES ('B', 7);
UPDATE t SET name = 'b' WHERE v = 7;

--- case identity: rows with the same key, deleted and made again
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
--- rows
INSERT INTO t SELECT i, 'first' FROM generate_series(1, 100) i;
--- change
DELETE FROM t;
INSERT INTO t SELECT i, 'second' FROM generate_series(50, 150) i;
--- change
DELETE FROM t WHERE id = 60;
INSERT INTO t VALUES (60, NULL);
UPDATE t SET v = 'third' WHERE id = 60;
DELETE FROM t WHERE id = 60;
INSERT INTO t VALUES (60, 'fourth');

--- case identity: a row that one transaction makes, changes and deletes
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text);
--- change
INSERT INTO t VALUES (1, 'a'), (2, 'b');
UPDATE t SET v = 'c';
UPDATE t SET id = 3 WHERE id = 2;
DELETE FROM t WHERE id = 1;
--- change
UPDATE t SET id = 4 WHERE id = 3;
INSERT INTO t VALUES (3, 'new');
DELETE FROM t WHERE id = 4;

--- case identity: a key that changes without another value in it being different
--- schema
CREATE TABLE t (a numeric PRIMARY KEY, v int);
--- rows
INSERT INTO t VALUES (1.0, 1), (2, 2), ('-0', 3);
--- change
UPDATE t SET a = 1.000 WHERE a = 1;
--- change
UPDATE t SET a = 2.00 WHERE a = 2; UPDATE t SET a = 0.0 WHERE a = 0; UPDATE t SET v = v + 1
