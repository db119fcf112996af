-- What tools that change schemas send, a line each, every line as one message to the server.
CREATE TABLE public.mark (id bigint PRIMARY KEY)
CREATE TABLE users (id bigserial PRIMARY KEY, email varchar(255) NOT NULL, "encrypted_password" character varying DEFAULT '' NOT NULL, "created_at" timestamp(6) NOT NULL DEFAULT now())
INSERT INTO users (email) SELECT 'user' || n || '@example.org' FROM generate_series(1, 200) n
CREATE UNIQUE INDEX "index_users_on_email" ON "users" ("email")
ALTER TABLE "users" ADD COLUMN "name" varchar
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL
ALTER TABLE users ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now(), ADD "Login Count" integer NOT NULL DEFAULT 0
UPDATE users SET name = initcap(split_part(email, '@', 1)), "Login Count" = id % 7
ALTER TABLE users ALTER COLUMN "Login Count" TYPE bigint USING "Login Count" * 2
BEGIN; INSERT INTO users (email, name) VALUES ('before@x', 'b'); ALTER TABLE users RENAME COLUMN name TO full_name; INSERT INTO users (email, full_name) VALUES ('after@x', 'a'); ALTER TABLE users RENAME TO accounts; INSERT INTO accounts (email) VALUES ('late@x'); COMMIT
ALTER TABLE accounts RENAME TO users
CREATE TYPE order_state AS ENUM ('new', 'paid')
CREATE DOMAIN positive AS numeric(12,2) CONSTRAINT above_zero CHECK (VALUE > 0)
CREATE TYPE address AS (street text, zip varchar(10))
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL, state order_state NOT NULL DEFAULT 'new', total positive, ship_to address, placed date NOT NULL DEFAULT CURRENT_DATE)
INSERT INTO orders (user_id, total, ship_to) SELECT 1 + n % 200, n, ROW('Street ' || n, n::text)::address FROM generate_series(1, 300) n
ALTER TABLE ONLY orders ADD CONSTRAINT fk_rails_user FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE NOT VALID
ALTER TABLE orders VALIDATE CONSTRAINT fk_rails_user
ALTER TYPE order_state ADD VALUE 'shipped' AFTER 'paid'
UPDATE orders SET state = 'shipped' WHERE id % 3 = 0
ALTER TYPE order_state RENAME VALUE 'new' TO 'fresh'
CREATE INDEX CONCURRENTLY idx_orders_user ON orders (user_id)
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx orders state" ON orders USING btree (state) WHERE state <> 'paid'
DROP INDEX CONCURRENTLY "idx orders state"
ALTER INDEX idx_orders_user RENAME TO index_orders_on_user_id
DELETE FROM users WHERE id = 17
ALTER TABLE orders ADD CONSTRAINT total_sane CHECK (total < 1000000), ADD COLUMN notes text DEFAULT 'n/a', ALTER COLUMN state SET DEFAULT 'paid'
CREATE VIEW big_orders AS SELECT o.id, u.email FROM orders o JOIN users u ON u.id = o.user_id WHERE o.total > 100
CREATE OR REPLACE VIEW big_orders AS SELECT o.id, u.email, o.total FROM orders o JOIN users u ON u.id = o.user_id WHERE o.total > 50
CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id
CREATE UNIQUE INDEX totals_user ON totals (user_id)
INSERT INTO orders (user_id, total) VALUES (1, 9.99)
REFRESH MATERIALIZED VIEW CONCURRENTLY totals
CREATE SCHEMA billing
CREATE SCHEMA "Odd Schema" CREATE TABLE "T 1" (id int PRIMARY KEY, v text) CREATE VIEW v AS SELECT * FROM "T 1"
INSERT INTO "Odd Schema"."T 1" VALUES (1, 'x')
SET search_path = billing, public; CREATE TABLE invoices (id serial PRIMARY KEY, order_id bigint REFERENCES orders, amount numeric); INSERT INTO invoices (order_id, amount) SELECT id, total FROM orders WHERE id < 50; RESET search_path
ALTER TABLE billing.invoices ADD COLUMN paid boolean; UPDATE billing.invoices SET paid = id % 2 = 0; ALTER TABLE billing.invoices ALTER COLUMN paid SET NOT NULL
CREATE FUNCTION billing.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.amount := NEW.amount + 1; RETURN NEW; END $$; CREATE TRIGGER touched BEFORE UPDATE ON billing.invoices FOR EACH ROW EXECUTE FUNCTION billing.touch()
UPDATE billing.invoices SET order_id = order_id WHERE id < 10
CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT a + b; END; CREATE FUNCTION sub(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a - b; '
CREATE PROCEDURE nothing() LANGUAGE plpgsql AS $body$ BEGIN NULL; /* ; */ END $body$
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, what text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
INSERT INTO events SELECT n, date '2024-06-01' + (n % 400)::int, 'e' || n FROM generate_series(1, 500) n
CREATE TABLE events_2026 (LIKE events INCLUDING ALL); INSERT INTO events_2026 VALUES (9001, '2026-02-03', 'early'); ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
INSERT INTO events VALUES (9002, '2026-03-04', 'routed')
ALTER TABLE events DETACH PARTITION events_2024
INSERT INTO events_2024 VALUES (9003, '2024-02-02', 'alone'); UPDATE events_2024 SET what = what || '!' WHERE id < 20
ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY
DROP TABLE events_2025
CREATE INDEX ON events (what)
ALTER TABLE events ADD COLUMN extra jsonb DEFAULT '{}'
CREATE TABLE copied AS SELECT id, email, token FROM users WHERE id < 60
UPDATE copied SET email = 'changed' WHERE id = 5
SELECT id, total INTO selected FROM orders WHERE total > 200
DELETE FROM selected WHERE id % 2 = 0
CREATE TABLE copied_empty AS TABLE users WITH NO DATA
CREATE TABLE keyless (word text, n int)
INSERT INTO keyless SELECT 'w' || n % 5, n % 3 FROM generate_series(1, 60) n; UPDATE keyless SET n = 9 WHERE word = 'w1'; DELETE FROM keyless WHERE word = 'w2'
ALTER TABLE keyless ADD COLUMN id bigint; UPDATE keyless SET id = 100; ALTER TABLE keyless DROP COLUMN id
CREATE TABLE later_keyed (id int NOT NULL, v text); INSERT INTO later_keyed SELECT n, 'v' FROM generate_series(1, 20) n; ALTER TABLE later_keyed ADD PRIMARY KEY (id); UPDATE later_keyed SET v = 'w' WHERE id = 3
DO $$ DECLARE i int; BEGIN FOR i IN 1..3 LOOP EXECUTE format('CREATE TABLE shard_%s (id int PRIMARY KEY, v text DEFAULT %L)', i, 'it''s ' || i); EXECUTE format('INSERT INTO shard_%s VALUES (1)', i); END LOOP; ALTER TABLE shard_1 ADD COLUMN made_in_block int DEFAULT 5; UPDATE shard_1 SET made_in_block = 6; END $$
CREATE FUNCTION make_table(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CREATE TABLE ' || quote_ident(name) || ' (id int PRIMARY KEY)'; EXECUTE 'INSERT INTO ' || quote_ident(name) || ' VALUES (1), (2)'; END $$
SELECT make_table('from function'), make_table('second "one"')
CREATE FUNCTION in_sql() RETURNS void LANGUAGE sql AS 'CREATE TABLE from_sql (id int PRIMARY KEY); CREATE INDEX from_sql_i ON from_sql (id)'
SELECT in_sql()
INSERT INTO from_sql VALUES (1)
COMMENT ON TABLE users IS 'people; "all" of them'; COMMENT ON COLUMN users.email IS 'it''s an address'; COMMENT ON FUNCTION add(int, int) IS NULL
CREATE SEQUENCE counter START 10 INCREMENT BY 5 CACHE 7; ALTER SEQUENCE counter MAXVALUE 1000 CYCLE OWNED BY users.id
ALTER TABLE users ALTER COLUMN full_name TYPE text, ALTER COLUMN full_name SET STORAGE EXTERNAL, ALTER COLUMN full_name SET STATISTICS 500
ALTER TABLE users ADD COLUMN email_domain text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED
INSERT INTO users (email) VALUES ('gen@generated.example')
ALTER TABLE users DROP COLUMN encrypted_password, DROP COLUMN IF EXISTS not_there
ALTER TABLE users ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(full_name, ''))) STORED; CREATE INDEX users_search ON users USING gin (search)
GRANT SELECT ON ALL TABLES IN SCHEMA public TO app_reader; GRANT USAGE ON SCHEMA billing TO app_reader; REVOKE SELECT ON orders FROM app_reader
ALTER DEFAULT PRIVILEGES IN SCHEMA billing GRANT SELECT ON TABLES TO app_reader
CREATE TABLE billing.after_default (id int PRIMARY KEY)
ALTER TABLE billing.after_default OWNER TO app_owner
SET ROLE app_owner; CREATE TABLE owned_by_app (id int PRIMARY KEY, note text); INSERT INTO owned_by_app VALUES (1, 'mine'); CREATE VIEW owned_view AS SELECT * FROM owned_by_app; RESET ROLE
ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own_orders ON orders FOR SELECT TO app_reader USING (user_id = 1); ALTER POLICY own_orders ON orders USING (user_id < 5)
CREATE RULE no_delete AS ON DELETE TO shard_2 DO INSTEAD (UPDATE shard_2 SET v = 'rule'; SELECT 1)
DELETE FROM shard_2
CREATE STATISTICS orders_stats (dependencies) ON user_id, total FROM orders
CREATE EXTENSION hstore; CREATE TABLE bags (id int PRIMARY KEY, bag hstore)
INSERT INTO bags VALUES (1, 'a=>1'); CREATE EXTENSION IF NOT EXISTS hstore; CREATE INDEX ON bags USING gist (bag)
CREATE EXTENSION citext SCHEMA billing; ALTER TABLE bags ADD COLUMN ci billing.citext DEFAULT 'Abc'
DROP EXTENSION citext CASCADE
CREATE AGGREGATE concat_all(text) (SFUNC = textcat, STYPE = text, INITCOND = '')
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq); CREATE CAST (address AS text) WITH INOUT AS ASSIGNMENT
CREATE COLLATION german (LOCALE = 'C'); CREATE TABLE collated (t text COLLATE german PRIMARY KEY); INSERT INTO collated VALUES ('ä'), ('z')
CREATE TEXT SEARCH CONFIGURATION mine (COPY = english); CREATE TEXT SEARCH DICTIONARY mydict (TEMPLATE = simple)
CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree DEFERRABLE INITIALLY DEFERRED, lft int UNIQUE DEFERRABLE); INSERT INTO tree VALUES (1, 2, 5), (2, 1, 6); UPDATE tree SET lft = 11 - lft
CREATE TABLE base (id int PRIMARY KEY, v text); CREATE TABLE derived (w text) INHERITS (base); INSERT INTO base VALUES (1, 'b'); INSERT INTO derived VALUES (2, 'd', 'w'); ALTER TABLE base ADD COLUMN shared int DEFAULT 3
ALTER TABLE derived NO INHERIT base
CREATE TEMP TABLE scratch (id int); ALTER TABLE scratch ADD COLUMN v text; CREATE INDEX ON scratch (v); DROP TABLE scratch
CREATE TEMP TABLE scratch2 AS SELECT 1 AS a; CREATE TABLE kept AS SELECT a FROM scratch2; DROP TABLE scratch2
BEGIN; CREATE TABLE undone (id int); INSERT INTO undone VALUES (1); ROLLBACK
BEGIN; SAVEPOINT a; CREATE TABLE half (id int PRIMARY KEY); ROLLBACK TO a; CREATE TABLE other_half (id int PRIMARY KEY); INSERT INTO other_half VALUES (4); COMMIT
CREATE TABLE IF NOT EXISTS users (id int); DROP TABLE IF EXISTS never_was; DROP TABLE IF EXISTS kept, never_was CASCADE
TRUNCATE later_keyed; ALTER TABLE later_keyed ADD COLUMN x int NOT NULL; INSERT INTO later_keyed VALUES (1, 'x', 2)
ALTER TABLE orders SET SCHEMA billing; INSERT INTO billing.orders (user_id, total) VALUES (3, 33)
ALTER TABLE billing.orders SET SCHEMA public
ALTER SCHEMA "Odd Schema" RENAME TO odd; INSERT INTO odd."T 1" VALUES (2, 'y')
ALTER TABLE odd."T 1" ADD COLUMN "Quoted; Col""umn" text DEFAULT $x$a;b$x$; UPDATE odd."T 1" SET v = 'z'
DROP VIEW odd.v; DROP TABLE odd."T 1"; DROP SCHEMA odd
ALTER DOMAIN positive DROP CONSTRAINT above_zero; ALTER DOMAIN positive ADD CONSTRAINT not_huge CHECK (VALUE < 1e9); ALTER TYPE address ADD ATTRIBUTE country text CASCADE
UPDATE orders SET ship_to = ROW('a', 'b', 'c') WHERE id < 5
ALTER TABLE users REPLICA IDENTITY FULL; UPDATE users SET full_name = 'full' WHERE id = 3; ALTER TABLE users REPLICA IDENTITY DEFAULT
ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE; UPDATE users SET full_name = 'nokey' WHERE id = 4; ALTER TABLE users ADD PRIMARY KEY (id); UPDATE users SET full_name = 'key' WHERE id = 5
CREATE UNLOGGED TABLE quick (id int PRIMARY KEY); INSERT INTO quick VALUES (1)
CREATE TRIGGER dis AFTER INSERT ON users FOR EACH STATEMENT EXECUTE FUNCTION billing.touch(); ALTER TABLE users DISABLE TRIGGER dis
ALTER FUNCTION sub(int, int) RENAME TO subtract; ALTER FUNCTION subtract(int, int) SET search_path = public; DROP FUNCTION in_sql()
CREATE TABLE backslash (id int PRIMARY KEY, v text DEFAULT E'a\'b;c'); INSERT INTO backslash VALUES (1)
SET datestyle = 'German'; SET timezone = 'Asia/Tokyo'; CREATE TABLE dated (id int PRIMARY KEY, d date DEFAULT '3.4.2024', t timestamptz DEFAULT '2024-01-01 00:00'); RESET datestyle; RESET timezone; INSERT INTO dated VALUES (1)
ALTER MATERIALIZED VIEW totals RENAME TO user_totals; DROP MATERIALIZED VIEW user_totals
DROP VIEW big_orders; DROP TABLE selected, copied_empty; DROP TYPE address CASCADE
CREATE TABLE wide (id int PRIMARY KEY); DO $$ BEGIN FOR i IN 1..50 LOOP EXECUTE 'ALTER TABLE wide ADD COLUMN c' || i || ' int DEFAULT ' || i; END LOOP; END $$; INSERT INTO wide (id) VALUES (1)
ALTER TABLE users ADD COLUMN serial_no serial
DROP OWNED BY app_dropped
