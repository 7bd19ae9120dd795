CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, town TEXT);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, amount REAL, note TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
INSERT INTO customers SELECT i, 'customer ' || i, 'town ' || (i * 7919 % 97) FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
INSERT INTO orders SELECT i, i * 31 % 10000 + 1, (i * 17 % 1000) / 10.0, hex(zeroblob(i % 50)) FROM n;
COMMIT;
CREATE INDEX by_town ON customers(town);
CREATE INDEX by_customer ON orders(customer);
SELECT count(*), min(name), max(name) FROM customers;
SELECT town, count(*), round(sum(amount), 2) FROM customers JOIN orders ON customer = customers.id
    GROUP BY town ORDER BY 3 DESC, 1 LIMIT 5;
BEGIN;
UPDATE orders SET amount = amount * 2 WHERE customer % 3 = 0;
ROLLBACK;
SELECT round(sum(amount), 2) FROM orders;
DELETE FROM orders WHERE id % 2 = 0;
VACUUM;
SELECT count(*), round(avg(amount), 3), sum(length(note)) FROM orders;
PRAGMA integrity_check;
EXPLAIN QUERY PLAN SELECT * FROM orders WHERE customer = 5;
