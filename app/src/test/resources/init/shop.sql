CREATE EXTENSION citext;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
CREATE SCHEMA sales AUTHORIZATION clerk;
CREATE SCHEMA "Odd schema.name";
CREATE TYPE sales.status AS ENUM ('new', 'paid', 'sent', 'it''s back');
CREATE DOMAIN sales.email AS citext CHECK (VALUE ~ '@');
CREATE TYPE sales.address AS (street text, zip varchar(10));
CREATE COLLATION sales.german (provider = icu, locale = 'de-u-co-phonebk');
CREATE FUNCTION sales.total(quantity int, price numeric) RETURNS numeric
  LANGUAGE sql IMMUTABLE AS 'SELECT quantity * price';
CREATE AGGREGATE sales.longest(text) (SFUNC = textcat, STYPE = text, INITCOND = '');
CREATE SEQUENCE sales.ticket START 1000 INCREMENT -5 MINVALUE -1000 MAXVALUE 1000 CYCLE CACHE 7;
CREATE TABLE sales.customer (
  id bigint GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 2) PRIMARY KEY,
  name text COLLATE sales.german NOT NULL,
  mail sales.email UNIQUE,
  home sales.address,
  joined timestamptz NOT NULL DEFAULT '2020-01-01 00:00+00',
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', name)) STORED);
CREATE INDEX customer_words ON sales.customer USING gin (words);
CREATE INDEX customer_name_trgm ON sales.customer USING gin (name gin_trgm_ops);
CREATE INDEX customer_lower ON sales.customer (lower(name) DESC NULLS LAST) INCLUDE (joined) WHERE joined > '2019-01-01';
CREATE TABLE sales.item (sku char(8) PRIMARY KEY, price numeric(12, 3) CHECK (price >= 0), tags text[] DEFAULT '{}');
CREATE TABLE sales."order" (
  id serial, customer bigint NOT NULL, placed date NOT NULL, state sales.status DEFAULT 'new',
  PRIMARY KEY (id, placed)) PARTITION BY RANGE (placed);
CREATE TABLE sales.order_2023 PARTITION OF sales."order" FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE sales.order_2024 PARTITION OF sales."order" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (placed);
ALTER TABLE sales.order_2024 REPLICA IDENTITY DEFAULT;
CREATE TABLE sales.order_2024_early PARTITION OF sales.order_2024 FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE sales.order_2024_rest PARTITION OF sales.order_2024 DEFAULT;
CREATE INDEX order_customer ON sales."order" (customer);
ALTER TABLE sales."order" ADD CONSTRAINT order_customer_fk FOREIGN KEY (customer) REFERENCES sales.customer DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE sales.line (
  "order" int, placed date, n smallint, sku char(8) REFERENCES sales.item ON UPDATE CASCADE, quantity int,
  CONSTRAINT line_pk PRIMARY KEY ("order", placed, n),
  FOREIGN KEY ("order", placed) REFERENCES sales."order" ON DELETE CASCADE);
CREATE TABLE sales.booking (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&));
ALTER TABLE sales.booking REPLICA IDENTITY FULL;
CREATE TABLE sales.audit (id int NOT NULL, what jsonb, at timestamptz DEFAULT '2024-01-01 00:00+00');
CREATE UNIQUE INDEX audit_id ON sales.audit (id);
ALTER TABLE sales.audit REPLICA IDENTITY USING INDEX audit_id;
CREATE TABLE "Odd schema.name"."Table, with ""quotes"" in" ("Column one" int PRIMARY KEY, "ünïcode" text);
CREATE TABLE public.parent (id int PRIMARY KEY, v text);
CREATE TABLE public.child (more int, PRIMARY KEY (id)) INHERITS (public.parent);
CREATE TABLE public.secret (id int PRIMARY KEY, owner name DEFAULT current_user, v text);
ALTER TABLE public.secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON public.secret FOR ALL TO clerk USING (owner = current_user);
CREATE TABLE public.filler (id bigint PRIMARY KEY, v text, filler text);
ALTER TABLE public.filler ALTER filler SET STORAGE EXTERNAL, ALTER v SET STATISTICS 500;
CREATE TABLE public.mark (id bigint PRIMARY KEY);
CREATE FUNCTION sales.note() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  -- ALTER TABLE x OWNER TO nobody;
  INSERT INTO sales.audit SELECT coalesce(max(id), 0) + 1, to_jsonb(new) FROM sales.audit;
  RETURN new;
END
$body$;
CREATE TRIGGER note AFTER INSERT ON sales.customer FOR EACH ROW WHEN (new.name <> 'quiet') EXECUTE FUNCTION sales.note();
CREATE VIEW sales.revenue AS
  SELECT c.id, c.name, sum(sales.total(l.quantity, i.price)) AS total
    FROM sales.customer c JOIN sales."order" o ON o.customer = c.id
    JOIN sales.line l ON l."order" = o.id AND l.placed = o.placed JOIN sales.item i USING (sku)
   GROUP BY c.id;
CREATE MATERIALIZED VIEW sales.per_state AS SELECT state, count(*) AS orders FROM sales."order" GROUP BY state;
CREATE UNIQUE INDEX per_state_key ON sales.per_state (state);
CREATE RULE no_delete AS ON DELETE TO sales.item DO INSTEAD NOTHING;
CREATE STATISTICS sales.order_kinds (dependencies, mcv) ON customer, placed FROM sales."order";
COMMENT ON TABLE sales.customer IS 'Who buys; ''quoted''';
COMMENT ON COLUMN sales.customer.mail IS E'line one\nline two';
COMMENT ON INDEX sales.customer_lower IS 'an index';
COMMENT ON CONSTRAINT line_pk ON sales.line IS 'a key';
GRANT SELECT, INSERT ON sales.customer TO clerk WITH GRANT OPTION;
GRANT USAGE ON SCHEMA sales TO PUBLIC;
GRANT UPDATE (price) ON sales.item TO clerk;
ALTER DEFAULT PRIVILEGES FOR ROLE clerk IN SCHEMA sales GRANT SELECT ON TABLES TO PUBLIC;
ALTER TABLE sales.item OWNER TO clerk;
REVOKE EXECUTE ON FUNCTION sales.note() FROM PUBLIC;
