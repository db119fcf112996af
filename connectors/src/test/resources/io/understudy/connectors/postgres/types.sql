CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE EXTENSION ltree;
CREATE EXTENSION isn;
CREATE EXTENSION cube;
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('sad', 'so so', 'it''s "fine", \ or {not}');
CREATE TYPE other.mood AS (feeling text, since date);
CREATE DOMAIN percent AS numeric(5,2) CHECK (value BETWEEN 0 AND 100);
CREATE DOMAIN half AS percent CHECK (value <= 50);
CREATE DOMAIN blob AS bytea;
CREATE TYPE inner_pair AS (a text, b int[]);
CREATE TYPE outer_pair AS (c inner_pair, d timestamptz, e bytea);
CREATE TYPE floatrange AS RANGE (subtype = float8, subtype_diff = float8mi);
-- Type names that are those of PostgreSQL's own types, in another schema.
CREATE TYPE other.date AS ENUM ('today', 'never');
CREATE DOMAIN other.int4 AS text;
CREATE TABLE numbers (id int PRIMARY KEY, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric,
  n1 numeric(10,2), n2 numeric(1000,500), o oid, b boolean, m money, c "char", x xid8, l pg_lsn);
CREATE TABLE times (id int PRIMARY KEY, d date, t time, t2 time(2), tz timetz, ts timestamp, ts3 timestamp(3),
  tstz timestamptz, i interval, i2 interval day to second(2));
CREATE TABLE texts (id int PRIMARY KEY, t text, v varchar(20), c char(5), n name, ci citext, j json, jb jsonb, jp jsonpath,
  x xml, u uuid, b bytea, bt bit(5), vb varbit, tv tsvector, tq tsquery, h hstore, lt ltree);
CREATE TABLE places (id int PRIMARY KEY, p point, l line, s lseg, b box, pa path, po polygon, c circle, i inet, ci cidr,
  m macaddr, m8 macaddr8, cu cube);
CREATE TABLE own (id int PRIMARY KEY, m mood, om other.mood, pe percent, ha half, bl blob, op outer_pair, od other.date,
  oi other.int4, fr floatrange, isb isbn);
CREATE TABLE many (id int PRIMARY KEY, i int[], t text[], tt text[][], b bytea[], n numeric(4,1)[], d date[], z timestamptz[],
  m mood[], op outer_pair[], bx box[], r tsrange, mr int4multirange, ra int8range[], h hstore[], ivl interval[], mo money[]);
CREATE TABLE system (id int PRIMARY KEY, rc regclass, rt regtype, rp regprocedure, rn regnamespace, s txid_snapshot, t tid);
CREATE TABLE text_key (k text PRIMARY KEY, v int);
CREATE TABLE time_key (k timestamptz, b bytea, f float8, n numeric, i interval, v int, PRIMARY KEY (k, b, f, n, i));
