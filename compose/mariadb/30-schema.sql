CREATE TABLE customer (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  name varchar(200) NOT NULL,
  since timestamp(6) NOT NULL DEFAULT current_timestamp(6)
);
CREATE TABLE purchase (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  customer bigint NOT NULL,
  amount decimal(12, 2) NOT NULL CHECK (amount > 0),
  at timestamp(6) NOT NULL DEFAULT current_timestamp(6),
  FOREIGN KEY (customer) REFERENCES customer (id)
);
