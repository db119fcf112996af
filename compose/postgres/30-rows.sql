SET ROLE shop;
INSERT INTO customer (name) SELECT 'customer ' || n FROM generate_series(1, 1000) n;
INSERT INTO purchase (customer, amount)
SELECT 1 + n % 1000, 1 + n % 100 FROM generate_series(1, 10000) n;
