-- Names that people have, or could have.

--- case names: quotes, dots, spaces, commas
--- schema
CREATE TABLE "odd ""table"".with, 'all' \ of; it" ("the ""key"" of it" int PRIMARY KEY, "a.b" text, "a b" text, "a'b" text, "a\b" text, "a,b" text, "(a)" text, "{a}" text, "%s" text, "?" text, "$1" text, ":x" text, "a--b" text, "/*a*/" text);
--- rows
INSERT INTO "odd ""table"".with, 'all' \ of; it" VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm');
--- change
INSERT INTO "odd ""table"".with, 'all' \ of; it" SELECT i FROM generate_series(2, 100) i;
UPDATE "odd ""table"".with, 'all' \ of; it" SET "a.b" = 'x', "?" = 'y', "$1" = 'z', "a'b" = NULL WHERE "the ""key"" of it" < 5;
DELETE FROM "odd ""table"".with, 'all' \ of; it" WHERE "the ""key"" of it" = 50;

--- case names: that begin and end with quotes
--- debezium cannot: has a name that begins or ends with a quote
--- schema
CREATE TABLE """quoted""" ("'key'" int PRIMARY KEY, "`v`" text, """" text);
--- rows
INSERT INTO """quoted""" VALUES (1, 'a', 'b');
--- change
INSERT INTO """quoted""" VALUES (2, 'a', 'b');
UPDATE """quoted""" SET "`v`" = NULL, """" = 'x' WHERE "'key'" = 1;

--- case names: emoji, other scripts, control characters
--- schema
CREATE TABLE "🦄 таблица 表" ("ключ" int PRIMARY KEY, "é" text, U&"e\0301" text, " " text, U&"\0009tab\000Aline" text, U&"\200Fmarked" text);
--- rows
INSERT INTO "🦄 таблица 表" VALUES (1, 'a', 'b', 'c', 'd', 'e');
--- change
INSERT INTO "🦄 таблица 表" VALUES (2, 'a', 'b', 'c', 'd', 'e');
UPDATE "🦄 таблица 表" SET "é" = 'x', " " = 'y', U&"\0009tab\000Aline" = 'z' WHERE "ключ" = 1;

--- case names: reserved words and upper case
--- schema
CREATE TABLE "select" ("from" int PRIMARY KEY, "WHERE" text, "user" text, "Order" text, "null" text, "default" text, oid_ text, "CTID" text);
CREATE TABLE "SELECT" ("FROM" int PRIMARY KEY, "where" text);
CREATE TABLE "Select" ("From" int PRIMARY KEY);
--- rows
INSERT INTO "select" VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f', 'g');
INSERT INTO "SELECT" VALUES (1, 'upper');
INSERT INTO "Select" VALUES (1);
--- change
INSERT INTO "select" SELECT i FROM generate_series(2, 90) i;
UPDATE "select" SET "WHERE" = 'x', "user" = 'y', "default" = NULL WHERE "from" = 1;
INSERT INTO "SELECT" VALUES (2, 'x');
UPDATE "Select" SET "From" = 3;
TRUNCATE "SELECT";

--- case names: columns that differ by case only
--- debezium cannot: has a name that differs from another one.s only by case
--- schema
CREATE TABLE t ("Id" int PRIMARY KEY, id text, "ID" text);
--- rows
INSERT INTO t VALUES (1, 'a', 'b');
--- change
INSERT INTO t VALUES (2, 'a', 'b');
UPDATE t SET id = 'x', "ID" = 'y' WHERE "Id" = 1;

--- case names: of 63 bytes
--- schema
CREATE TABLE "äääääääääääääääääääääääääääääää" (k23456789012345678901234567890123456789012345678901234567890123 int PRIMARY KEY, k2345678901234567890123456789012345678901234567890123456789012x text);
CREATE TABLE t23456789012345678901234567890123456789012345678901234567890123 (a int PRIMARY KEY);
--- rows
INSERT INTO "äääääääääääääääääääääääääääääää" VALUES (1, 'a');
--- change
INSERT INTO "äääääääääääääääääääääääääääääää" VALUES (2, 'b');
UPDATE "äääääääääääääääääääääääääääääää" SET k2345678901234567890123456789012345678901234567890123456789012x = NULL WHERE k23456789012345678901234567890123456789012345678901234567890123 = 1;
INSERT INTO t23456789012345678901234567890123456789012345678901234567890123 VALUES (1);

--- case names: schemas with odd names
--- schema
CREATE SCHEMA "$schema odd.""schema"".x";
CREATE TABLE "$schema odd.""schema"".x"."t.t" (id int PRIMARY KEY, v text);
CREATE TYPE "$schema odd.""schema"".x"."odd type" AS ENUM ('a', 'b');
CREATE TABLE "$schema odd.""schema"".x"."*" (id int PRIMARY KEY, v "$schema odd.""schema"".x"."odd type");
--- rows
INSERT INTO "$schema odd.""schema"".x"."t.t" VALUES (1, 'a');
INSERT INTO "$schema odd.""schema"".x"."*" VALUES (1, 'a');
--- change
INSERT INTO "$schema odd.""schema"".x"."t.t" VALUES (2, 'b');
UPDATE "$schema odd.""schema"".x"."*" SET v = 'b';
DELETE FROM "$schema odd.""schema"".x"."t.t" WHERE id = 1;

--- case names: tables with the same dotted name
--- debezium cannot: has the same dotted name as another table
--- schema
CREATE SCHEMA "$schema.x";
CREATE TABLE "$schema.x".y (id int PRIMARY KEY, v text);
CREATE TABLE "x.y" (id int PRIMARY KEY, v int);
--- rows
INSERT INTO "$schema.x".y VALUES (1, 'a');
INSERT INTO "x.y" VALUES (1, 1);
--- change
UPDATE "$schema.x".y SET v = 'b';
UPDATE "x.y" SET v = 2;

--- case names: a column called like what the log says of it
--- schema
CREATE TABLE before (after int PRIMARY KEY, op text, source text, ts_ms text, transaction text, __deleted text, "table" text, schema text, payload text);
--- rows
INSERT INTO before VALUES (1, 'c', 'x', 'y', 'z', 'true', 't', 's', 'p');
--- change
INSERT INTO before VALUES (2, 'd', NULL, '', 'z', 'false', 't', 's', 'p');
UPDATE before SET op = 'u', source = 'x' WHERE after = 1;
UPDATE before SET after = 5 WHERE after = 2;
