INSERT INTO customer (name)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
  SELECT concat('customer ', i) FROM n;
INSERT INTO purchase (customer, amount)
  SELECT c.id, 1 + (c.id + ten.id) % 100 FROM customer c JOIN customer ten ON ten.id <= 10;
