--- case layouts: ranges with other bounds
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO (100);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (100) TO (MAXVALUE);
--- standby schema
CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO (50);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (50) TO (150);
CREATE TABLE t_3 PARTITION OF t FOR VALUES FROM (150) TO (MAXVALUE);
--- rows
INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 200) i;
--- change
INSERT INTO t SELECT i, NULL FROM generate_series(-10, 0) i;
UPDATE t SET v = 'x' WHERE id BETWEEN 40 AND 60;
UPDATE t SET id = id + 1000 WHERE id BETWEEN 90 AND 110;
UPDATE t SET id = -id, v = 'moved' WHERE id BETWEEN 140 AND 160;
DELETE FROM t WHERE id % 7 = 0;
--- change
UPDATE t SET id = id + 100000 WHERE id BETWEEN 1 AND 30;
UPDATE t SET id = id - 100000 WHERE id > 100000 AND id % 2 = 0;

--- case layouts: partitioned on the source, plain on the standby
--- schema
CREATE TABLE t (kind text, id int, v text, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a');
CREATE TABLE t_b PARTITION OF t FOR VALUES IN ('b');
CREATE TABLE t_other PARTITION OF t DEFAULT;
--- standby schema
CREATE TABLE t (kind text, id int, v text, PRIMARY KEY (kind, id));
--- rows
INSERT INTO t SELECT (ARRAY['a', 'b', 'c'])[1 + i % 3], i, 'v' FROM generate_series(1, 60) i;
--- change
INSERT INTO t VALUES ('a', 100, 'x'), ('z', 100, NULL);
UPDATE t SET kind = 'b' WHERE id < 7;
UPDATE t SET v = 'y' WHERE kind = 'a';
--- change
UPDATE t SET kind = CASE kind WHEN 'b' THEN 'a' ELSE 'b' END, id = id + 1000 WHERE id < 20;
DELETE FROM t WHERE id % 5 = 0;

--- case layouts: plain on the source, partitioned on the standby
--- schema
CREATE TABLE t (kind text, id int, v text, PRIMARY KEY (kind, id));
--- standby schema
CREATE TABLE t (kind text, id int, v text, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a');
CREATE TABLE t_b PARTITION OF t FOR VALUES IN ('b');
CREATE TABLE t_other PARTITION OF t DEFAULT;
--- rows
INSERT INTO t SELECT (ARRAY['a', 'b', 'c'])[1 + i % 3], i, 'v' FROM generate_series(1, 60) i;
--- change
INSERT INTO t VALUES ('a', 100, 'x'), ('z', 100, NULL);
UPDATE t SET kind = 'b' WHERE id < 7;
UPDATE t SET kind = CASE kind WHEN 'b' THEN 'a' ELSE 'b' END, id = id + 1000 WHERE id < 20;
DELETE FROM t WHERE id % 5 = 0;
--- change
TRUNCATE t;
INSERT INTO t SELECT 'b', i, 'again' FROM generate_series(1, 300) i;
UPDATE t SET kind = 'a' WHERE id % 2 = 0;

--- case layouts: partitions of partitions against one level
--- schema
CREATE TABLE t (id int, d date, v text, PRIMARY KEY (d, id)) PARTITION BY RANGE (d);
CREATE TABLE t_old PARTITION OF t FOR VALUES FROM (MINVALUE) TO ('2000-01-01');
CREATE TABLE t_new PARTITION OF t FOR VALUES FROM ('2000-01-01') TO (MAXVALUE) PARTITION BY HASH (id);
CREATE TABLE t_new0 PARTITION OF t_new FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE t_new1 PARTITION OF t_new FOR VALUES WITH (MODULUS 2, REMAINDER 1);
--- standby schema
CREATE TABLE t (id int, d date, v text, PRIMARY KEY (d, id)) PARTITION BY RANGE (d);
CREATE TABLE t_old PARTITION OF t FOR VALUES FROM (MINVALUE) TO ('2000-01-01');
CREATE TABLE t_new PARTITION OF t FOR VALUES FROM ('2000-01-01') TO (MAXVALUE);
--- rows
INSERT INTO t SELECT i, date '1999-12-01' + i, 'v' FROM generate_series(1, 60) i;
--- change
UPDATE t SET d = d - 10 WHERE id < 50;
DELETE FROM t WHERE id > 55;
--- change
UPDATE t SET d = d + 20, id = id + 100;
INSERT INTO t VALUES (1, '-infinity', NULL), (1, 'infinity', 'x');

--- case layouts: one level against partitions of partitions
--- schema
CREATE TABLE t (id int, d date, v text, PRIMARY KEY (d, id)) PARTITION BY RANGE (d);
CREATE TABLE t_old PARTITION OF t FOR VALUES FROM (MINVALUE) TO ('2000-01-01');
CREATE TABLE t_new PARTITION OF t FOR VALUES FROM ('2000-01-01') TO (MAXVALUE);
--- standby schema
CREATE TABLE t (id int, d date, v text, PRIMARY KEY (d, id)) PARTITION BY RANGE (d);
CREATE TABLE t_old PARTITION OF t FOR VALUES FROM (MINVALUE) TO ('2000-01-01');
CREATE TABLE t_new PARTITION OF t FOR VALUES FROM ('2000-01-01') TO (MAXVALUE) PARTITION BY HASH (id);
CREATE TABLE t_new0 PARTITION OF t_new FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE t_new1 PARTITION OF t_new FOR VALUES WITH (MODULUS 2, REMAINDER 1);
--- rows
INSERT INTO t SELECT i, date '1999-12-01' + i, 'v' FROM generate_series(1, 60) i;
--- change
UPDATE t SET d = d - 10 WHERE id < 50;
DELETE FROM t WHERE id > 55;
--- change
UPDATE t SET d = d + 20, id = id + 100;

--- case layouts: a list against hashes
--- schema
CREATE TABLE t (id int, v text, PRIMARY KEY (id)) PARTITION BY LIST (id);
CREATE TABLE t_0 PARTITION OF t FOR VALUES IN (1, 2, 3);
CREATE TABLE t_1 PARTITION OF t DEFAULT;
--- standby schema
CREATE TABLE t (id int, v text, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);
--- rows
INSERT INTO t SELECT i, 'v' FROM generate_series(1, 40) i;
--- change
INSERT INTO t SELECT i, NULL FROM generate_series(1000, 1200) i;
UPDATE t SET id = 100 - id WHERE id < 30;
UPDATE t SET v = 'x' WHERE id % 3 = 0;
DELETE FROM t WHERE id % 4 = 0;

--- case layouts: hashes of another modulus
--- schema
CREATE TABLE t (id int, v text, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);
--- standby schema
CREATE TABLE t (id int, v text, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE t_2 PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER 2);
--- rows
INSERT INTO t SELECT i, 'v' FROM generate_series(1, 40) i;
--- change
UPDATE t SET id = id + 100 WHERE id < 20;
UPDATE t SET v = 'x' WHERE id % 3 = 0;
DELETE FROM t WHERE id % 4 = 0;

--- case layouts: the partitions' names change places
--- schema
CREATE TABLE t (kind int, id int, v text, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
CREATE TABLE p1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF t FOR VALUES IN (2);
--- standby schema
CREATE TABLE t (kind int, id int, v text, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
CREATE TABLE p1 PARTITION OF t FOR VALUES IN (2);
CREATE TABLE p2 PARTITION OF t FOR VALUES IN (1);
--- rows
INSERT INTO t SELECT 1 + i % 2, i, 'v' FROM generate_series(1, 40) i;
--- change
UPDATE t SET kind = 3 - kind WHERE id < 10;
UPDATE t SET v = 'x' WHERE id > 30;
DELETE FROM t WHERE id = 22;

--- case layouts: the whole table truncated under other bounds
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO (100);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (100) TO (MAXVALUE);
--- standby schema
CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO (50);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (50) TO (MAXVALUE);
--- rows
INSERT INTO t SELECT i, 'v' FROM generate_series(1, 200) i;
--- change
TRUNCATE t;
INSERT INTO t SELECT i, 'again' FROM generate_series(40, 120) i;

--- case layouts: one partition truncated, which the standby has not
--- schema
CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO (100);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (100) TO (MAXVALUE);
--- standby schema
CREATE TABLE t (id int PRIMARY KEY, v text);
--- rows
INSERT INTO t SELECT i, 'v' FROM generate_series(1, 200) i;
--- change
TRUNCATE t_2;
INSERT INTO t SELECT i, 'again' FROM generate_series(190, 210) i;

--- case layouts: duplicate rows under the full identity, other bounds
--- schema
CREATE TABLE t (kind int, v text) PARTITION BY LIST (kind);
CREATE TABLE p1 PARTITION OF t FOR VALUES IN (1, 2);
CREATE TABLE p2 PARTITION OF t FOR VALUES IN (3, NULL);
ALTER TABLE t REPLICA IDENTITY FULL;
ALTER TABLE p1 REPLICA IDENTITY FULL;
ALTER TABLE p2 REPLICA IDENTITY FULL;
--- standby schema
CREATE TABLE t (kind int, v text) PARTITION BY LIST (kind);
CREATE TABLE p1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF t FOR VALUES IN (2, 3);
CREATE TABLE p3 PARTITION OF t DEFAULT;
ALTER TABLE t REPLICA IDENTITY FULL;
ALTER TABLE p1 REPLICA IDENTITY FULL;
ALTER TABLE p2 REPLICA IDENTITY FULL;
ALTER TABLE p3 REPLICA IDENTITY FULL;
--- rows
INSERT INTO t SELECT nullif(i % 4, 0), 'v' FROM generate_series(1, 40) i;
--- change
UPDATE t SET kind = 3 WHERE (tableoid, ctid) = (SELECT tableoid, min(ctid) FROM t WHERE kind = 1 GROUP BY 1);
UPDATE t SET kind = 1 WHERE (tableoid, ctid) = (SELECT tableoid, min(ctid) FROM t WHERE kind IS NULL GROUP BY 1);
DELETE FROM t WHERE (tableoid, ctid) = (SELECT tableoid, max(ctid) FROM t WHERE kind = 2 GROUP BY 1);
--- change
INSERT INTO t VALUES (2, NULL), (2, NULL), (3, 'x'), (NULL, NULL);
UPDATE t SET v = v || '!' WHERE kind = 3;

--- case layouts: a value outside of the row moves with its row
--- schema
CREATE TABLE t (kind int, id int, big text, small int, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
CREATE TABLE p1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF t FOR VALUES IN (2);
--- standby schema
CREATE TABLE t (id int, small int, big text, kind int, PRIMARY KEY (id, kind)) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF t FOR VALUES FROM (0) TO (5);
CREATE TABLE p2 PARTITION OF t FOR VALUES FROM (5) TO (100);
--- rows
INSERT INTO t SELECT 1 + i % 2, i, repeat(i::text, 20000), 0 FROM generate_series(1, 10) i;
--- change
UPDATE t SET small = 1 WHERE id < 4;
UPDATE t SET id = id + 20 WHERE id IN (2, 6);
UPDATE t SET kind = 3 - kind WHERE id > 7;

--- case layouts: a range against a list
--- schema
CREATE TABLE t (kind int, id int, v text, PRIMARY KEY (kind, id)) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO (20);
CREATE TABLE p2 PARTITION OF t FOR VALUES FROM (20) TO (MAXVALUE);
--- standby schema
CREATE TABLE t (kind int, id int, v text, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
CREATE TABLE p1 PARTITION OF t FOR VALUES IN (0, 2);
CREATE TABLE p2 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE p3 PARTITION OF t DEFAULT;
--- rows
INSERT INTO t SELECT i % 4, i, 'v' FROM generate_series(1, 40) i;
--- change
UPDATE t SET kind = kind + 1 WHERE id BETWEEN 10 AND 30;
UPDATE t SET id = id + 15 WHERE id BETWEEN 10 AND 19;
DELETE FROM t WHERE kind = 3;
--- change
UPDATE t SET kind = (kind + 1) % 5, id = -id WHERE id % 2 = 0;
INSERT INTO t VALUES (9, 5, NULL), (9, 50, 'x');
