-- Large values, and such as stay where they are.

--- case toast: unchanged under the default identity
--- schema
CREATE TABLE t (id int PRIMARY KEY, n int, big text, packed text, bytes bytea);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL, ALTER bytes SET STORAGE EXTERNAL;
--- rows
INSERT INTO t SELECT i, 0, repeat('big ' || i, 60000), (SELECT string_agg(md5(j::text), '') FROM generate_series(1, 4000 * i) j), decode(repeat('00ff', 70000 + i), 'hex') FROM generate_series(1, 4) i;
--- change
UPDATE t SET n = n + 1;
--- change
UPDATE t SET id = id + 100 WHERE id < 3;
UPDATE t SET n = NULL, packed = 'small' WHERE id = 101;
UPDATE t SET bytes = bytes || '\x01' WHERE id = 3;
--- change
DELETE FROM t WHERE id = 102;
UPDATE t SET big = NULL WHERE id = 4;

--- case toast: unchanged under the identity of an index
--- schema
CREATE TABLE t (id int PRIMARY KEY, other int NOT NULL UNIQUE, n int, big text);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
ALTER TABLE t REPLICA IDENTITY USING INDEX t_other_key;
--- rows
INSERT INTO t SELECT i, i, 0, repeat('big ' || i, 60000) FROM generate_series(1, 4) i;
--- change
UPDATE t SET n = 1;
UPDATE t SET id = id + 10;
--- change
UPDATE t SET other = other + 100 WHERE other < 3;
DELETE FROM t WHERE other = 101;

--- case toast: unchanged under the full identity, with a key
--- schema
CREATE TABLE t (id int PRIMARY KEY, n int, big text);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
ALTER TABLE t REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i, 0, repeat('big ' || i, 60000) FROM generate_series(1, 4) i;
--- change
UPDATE t SET n = 1;
UPDATE t SET id = id + 10 WHERE id < 3;
DELETE FROM t WHERE id = 3;

--- case toast: unchanged under the full identity, without a key
--- schema
CREATE TABLE t (n int, big text, more text);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL, ALTER more SET STORAGE EXTERNAL;
ALTER TABLE t REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT i, repeat('big', 60000), repeat('more', 60000) FROM generate_series(1, 3) i;
INSERT INTO t SELECT * FROM t;
--- change
UPDATE t SET n = 10 WHERE ctid = (SELECT min(ctid) FROM t WHERE n = 1);
UPDATE t SET big = 'small' WHERE n = 2;
DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE n = 3);

--- case toast: the only value of a keyless row
--- schema
CREATE TABLE t (big text);
ALTER TABLE t REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT (SELECT string_agg(md5((i + j)::text), '') FROM generate_series(1, 20000) j) FROM generate_series(1, 3) i;
INSERT INTO t VALUES (NULL), (NULL);
--- change
UPDATE t SET big = big || 'x' WHERE ctid = (SELECT min(ctid) FROM t);
DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t WHERE big IS NOT NULL);
DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE big IS NULL);

--- case toast: changed, changed again and left alone in one transaction
--- schema
CREATE TABLE t (id int PRIMARY KEY, n int, big text);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
--- rows
INSERT INTO t VALUES (1, 0, repeat('first', 60000)), (2, 0, repeat('second', 60000));
--- change
UPDATE t SET big = repeat('third', 60000) WHERE id = 1;
UPDATE t SET n = 1;
UPDATE t SET id = 3 WHERE id = 1;
UPDATE t SET n = 2 WHERE id = 3;
--- change
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (2, 9, repeat('again', 60000));
UPDATE t SET n = 10 WHERE id = 2;
UPDATE t SET id = 4 WHERE id = 3;
INSERT INTO t VALUES (3, 0, 'small');
UPDATE t SET n = 11 WHERE id = 4;

--- case toast: keys swapped, values left alone
--- schema
CREATE TABLE t (id int PRIMARY KEY, big text);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
--- rows
INSERT INTO t SELECT i, repeat('big ' || i, 60000) FROM generate_series(1, 4) i;
--- change
UPDATE t SET id = 0 WHERE id = 1;
UPDATE t SET id = 1 WHERE id = 2;
UPDATE t SET id = 2 WHERE id = 0;
--- change
UPDATE t SET id = id + 1 WHERE id > 3;
UPDATE t SET id = -id;

--- case toast: left alone beside a unique value that changes hands
--- schema
CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE, big text);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
--- rows
INSERT INTO t SELECT i, 'name ' || i, repeat('big ' || i, 60000) FROM generate_series(1, 3) i;
--- change
UPDATE t SET name = NULL WHERE id = 1;
UPDATE t SET name = 'name 1' WHERE id = 2;
UPDATE t SET name = 'name 2' WHERE id = 1;

--- case toast: 1 MB, written and left alone
--- schema
CREATE TABLE t (id int PRIMARY KEY, n int, big text, bytes bytea);
--- rows
INSERT INTO t VALUES (1, 0, repeat('0123456789', 100000), decode(repeat('00', 1000000), 'hex'));
--- change
INSERT INTO t VALUES (2, 0, repeat('ü🦄\"''', 120000), decode(repeat('5c', 1000000), 'hex'));
UPDATE t SET n = 1;
--- change
UPDATE t SET big = big || 'x', bytes = bytes || '\x00' WHERE id = 1;
DELETE FROM t WHERE id = 2;

--- case toast: 20 MB
--- schema
CREATE TABLE t (id int PRIMARY KEY, n int, big text);
--- rows
INSERT INTO t VALUES (1, 0, repeat('0123456789', 2000000));
--- change
UPDATE t SET n = 1;
--- change
INSERT INTO t VALUES (2, 0, repeat('9876543210', 2000000));
--- change
UPDATE t SET big = big || 'x' WHERE id = 1; UPDATE t SET id = 3 WHERE id = 2
