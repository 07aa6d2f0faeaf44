==== delete-all sql-all-rows
DELETE FROM orders;
---- ok
DELETE FROM orders WHERE created_at < NOW() - INTERVAL '2 years';
==== update-all sql-all-rows
UPDATE customers SET tier = 'gold'
---- ok
UPDATE customers SET tier = 'gold' WHERE lifetime_value > 1000
==== delete-all-in-procedure sql-all-rows
DELIMITER //
CREATE PROCEDURE clean_up()
BEGIN
  DELETE FROM audit_trail;
  SELECT 1;
END //
DELIMITER ;
---- ok
DELIMITER //
CREATE PROCEDURE clean_up()
BEGIN
  DELETE FROM carts WHERE updated_at < DATE_SUB(NOW(), INTERVAL 30 DAY);
  SELECT 1;
END //
DELIMITER ;
==== tsql-update-then-select sql-all-rows
UPDATE dbo.Orders SET Status = 'closed'
SELECT * FROM dbo.Lines WHERE Id = 3
GO
---- ok
UPDATE o SET o.Status = c.Status FROM dbo.Orders o INNER JOIN #Changes c ON c.Id = o.Id
GO
==== plpgsql-update-all sql-all-rows
CREATE FUNCTION reset_scores() RETURNS void AS $$
BEGIN
  UPDATE scores SET value = 0;
END;
$$ LANGUAGE plpgsql;
---- ok
INSERT INTO scores (id, value) VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET value = excluded.value;
==== delete-where-in-comment sql-all-rows
DELETE FROM visits /* WHERE id = 3 */ -- WHERE id = 4
---- ok
CREATE TABLE lines (id int, order_id int REFERENCES orders ON DELETE CASCADE ON UPDATE CASCADE);
==== delete-true sql-all-rows
DELETE FROM points WHERE 1 = 1;
---- ok
SELECT day, count(*) FROM visits WHERE 1 = 1 AND day > '2026-01-01' GROUP BY day;
==== duplicate-key-is-no-update sql-all-rows
UPDATE `stock` SET `count` = 0 ORDER BY `id`;
---- ok
INSERT INTO `stock` (`id`, `count`) VALUES (1, 2) ON DUPLICATE KEY UPDATE `count` = `count` + 1;
==== grant-all sql-grant-all
GRANT ALL PRIVILEGES ON shop.* TO 'app'@'localhost';
---- ok
GRANT SELECT, INSERT ON shop.orders TO 'app'@'localhost';
==== grant-dba sql-grant-all
GRANT DBA TO reporting;
---- ok
GRANT reader TO reporting;
==== superuser sql-grant-all
CREATE ROLE app WITH LOGIN SUPERUSER;
---- ok
CREATE ROLE app WITH LOGIN NOSUPERUSER NOCREATEDB;
==== tsql-sysadmin sql-grant-all
ALTER SERVER ROLE sysadmin ADD MEMBER [app];
---- ok
ALTER ROLE db_datareader ADD MEMBER [app];
==== grant-option sql-grant-all
GRANT SELECT ON customers TO ana WITH GRANT OPTION;
---- ok
GRANT SELECT (id, city) ON customers TO ana;
==== to-public sql-grant-public
GRANT SELECT ON customers TO PUBLIC;
---- ok
REVOKE ALL ON customers FROM PUBLIC;
==== anyone-anonymous sql-grant-public
grant select, update on table public.profiles to anon;
---- ok
grant select on table public.profiles to authenticated;
==== password-mysql sql-password
CREATE USER 'app'@'10.0.0.5' IDENTIFIED BY 'S0mmer2026!';
---- ok
CREATE USER 'app'@'10.0.0.5' IDENTIFIED WITH auth_socket;
==== password-postgres sql-password
ALTER ROLE app WITH PASSWORD 'kJ82hh-2s';
---- ok
ALTER ROLE app WITH PASSWORD :'app_password';
==== password-tsql sql-password
CREATE LOGIN [app] WITH PASSWORD = N'Pa55word!', DEFAULT_DATABASE = [shop];
---- ok
CREATE LOGIN [corp\app] FROM WINDOWS WITH DEFAULT_DATABASE = [shop];
==== password-foreign-server sql-password
CREATE USER MAPPING FOR app SERVER legacy OPTIONS (user 'reader', password 'r3ader_77');
---- ok
CREATE USER MAPPING FOR app SERVER legacy OPTIONS (user 'reader', password '${LEGACY_PASSWORD}');
==== password-set sql-password
SET PASSWORD FOR 'root'@'localhost' = PASSWORD('root123');
---- ok
SET PASSWORD FOR 'app'@'localhost' = @generated;
==== password-row sql-password
INSERT INTO users (name, password, role) VALUES ('admin', 'admin123', 'owner');
---- ok
INSERT INTO users (name, password, role) VALUES ('admin', '$2y$12$wq3r0u1bJ8lq6nqv7mJx2eJ6ZkQm1wN0uX0c8o9Yk3b1yV5c7d9eW', 'owner');
==== password-compared sql-password
SELECT id FROM users WHERE login = 'ana' AND password = 'geheim1';
---- ok
SELECT id, password_hash FROM users WHERE login = $1;
==== no-password sql-no-password
CREATE USER 'guest'@'localhost' IDENTIFIED BY '';
---- ok
DROP USER 'guest'@'localhost';
==== policy-off sql-no-password
ALTER LOGIN app WITH CHECK_POLICY = OFF;
---- ok
ALTER LOGIN app WITH CHECK_POLICY = ON;
==== any-host sql-any-host
GRANT SELECT ON shop.orders TO 'app'@'%';
---- ok
GRANT SELECT ON shop.orders TO 'app'@'10.1.%';
==== exec-plus sql-dynamic
CREATE PROCEDURE dbo.Find @Name nvarchar(100) AS
BEGIN
  EXEC('SELECT * FROM dbo.Orders WHERE Reference = ''' + @Name + '''')
END
---- ok
CREATE PROCEDURE dbo.Find @Name nvarchar(100) AS
BEGIN
  EXEC sp_executesql N'SELECT Id FROM dbo.Orders WHERE Reference = @n', N'@n nvarchar(100)', @n = @Name
END
==== exec-variable sql-dynamic
DECLARE @sql nvarchar(max);
SET @sql = N'SELECT Id FROM dbo.Orders ORDER BY ' + @Column;
EXEC sp_executesql @sql;
---- ok
DECLARE @sql nvarchar(max);
SET @sql = N'SELECT Id FROM dbo.Orders ORDER BY ' + QUOTENAME(@Column);
EXEC sp_executesql @sql;
==== exec-number sql-dynamic
CREATE PROCEDURE dbo.Top @Where nvarchar(200) AS
DECLARE @q varchar(max) = 'SELECT Id FROM dbo.Orders WHERE '
SET @q += @Where
EXECUTE (@q)
---- ok
CREATE PROCEDURE dbo.Top @Count int AS
DECLARE @q varchar(max) = 'SELECT TOP ' + CAST(@Count AS varchar(10)) + ' Id FROM dbo.Orders'
EXECUTE (@q)
==== plpgsql-concat sql-dynamic
CREATE FUNCTION count_of(t text) RETURNS bigint AS $$
DECLARE n bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || t INTO n;
  RETURN n;
END $$ LANGUAGE plpgsql;
---- ok
CREATE FUNCTION count_of(t text) RETURNS bigint AS $$
DECLARE n bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || quote_ident(t) INTO n;
  RETURN n;
END $$ LANGUAGE plpgsql;
==== plpgsql-format sql-dynamic
DO $do$ BEGIN EXECUTE format('ALTER TABLE %s ADD COLUMN note text', p_table); END $do$;
---- ok
DO $do$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN note text DEFAULT %L', p_table, p_text); END $do$;
==== mysql-prepare sql-dynamic
CREATE PROCEDURE search(IN term VARCHAR(50))
BEGIN
  SET @q = CONCAT('SELECT id FROM goods WHERE title LIKE ''%', term, '%''');
  PREPARE s FROM @q;
  EXECUTE s;
END
---- ok
CREATE PROCEDURE search(IN term VARCHAR(50))
BEGIN
  SET @t = CONCAT('%', term, '%');
  PREPARE s FROM 'SELECT id FROM goods WHERE title LIKE ?';
  EXECUTE s USING @t;
END
==== oracle-immediate sql-dynamic
CREATE OR REPLACE PROCEDURE purge(p_owner IN VARCHAR2) IS
BEGIN
  EXECUTE IMMEDIATE 'DELETE FROM notes WHERE owner = ''' || p_owner || '''';
END;
/
---- ok
CREATE OR REPLACE PROCEDURE purge(p_owner IN VARCHAR2) IS
BEGIN
  EXECUTE IMMEDIATE 'DELETE FROM notes WHERE owner = :1' USING p_owner;
END;
/
==== oracle-open-for sql-dynamic
BEGIN OPEN c FOR 'SELECT id FROM notes WHERE title = ''' || p_title || ''''; END;
---- ok
BEGIN OPEN c FOR SELECT id FROM notes WHERE title = p_title || '%'; END;
==== snowflake-quoted-placeholder sql-filled
SELECT id, total FROM orders WHERE reference = '{reference}' LIMIT 10
---- ok
SELECT id, total FROM orders WHERE reference = :reference LIMIT 10
==== percent-placeholder sql-filled
INSERT INTO notes (title, body) VALUES ('%s', '%s')
---- ok
INSERT INTO notes (title, body, at) VALUES (%s, %s, strftime('%s', 'now'))
==== cmdshell sql-command
EXEC master..xp_cmdshell 'dir c:\';
---- ok
EXEC dbo.ShellPrices 'all';
==== copy-program sql-command
COPY prices FROM PROGRAM 'curl https://example.com/prices.csv' WITH CSV;
---- ok
COPY prices FROM STDIN WITH CSV;
==== configure-cmdshell sql-command
EXEC sp_configure 'xp_cmdshell', 1; RECONFIGURE;
---- ok
EXEC sp_configure 'max degree of parallelism', 4; RECONFIGURE;
==== untrusted-language sql-command
CREATE FUNCTION run(c text) RETURNS text AS $$ import os; return os.popen(c).read() $$ LANGUAGE plpython3u;
---- ok
CREATE FUNCTION add(a int, b int) RETURNS int AS $$ SELECT a + b $$ LANGUAGE sql;
==== psql-shell sql-command
SELECT 1;
\! rm -rf /var/tmp/export
---- ok
\echo 'loading prices'
SELECT 1;
==== load-file sql-file
SELECT LOAD_FILE('/etc/passwd');
---- ok
SELECT file_name FROM uploads WHERE id = 3;
==== pg-read-file sql-file
SELECT pg_read_file('/var/lib/postgresql/data/pg_hba.conf');
---- ok
SELECT pg_relation_size('goods');
==== infile sql-file
LOAD DATA LOCAL INFILE '/tmp/goods.csv' INTO TABLE goods FIELDS TERMINATED BY ',';
---- ok
INSERT INTO goods (id, title) VALUES (1, 'into outfile');
==== md5-password weak-hash
SELECT id FROM users WHERE login = ? AND pass = MD5(CONCAT(salt, ?)) AND password = MD5(?);
---- ok
SELECT id, password_hash FROM users WHERE login = ?;
==== hashbytes-password weak-hash
UPDATE Users SET PasswordHash = HASHBYTES('SHA1', @Password) WHERE Id = @Id
---- ok
UPDATE Files SET Checksum = HASHBYTES('SHA2_256', Content) WHERE Id = @Id
==== crypt-md5 weak-hash
INSERT INTO accounts (login, password) VALUES ($1, crypt($2, gen_salt('md5')));
---- ok
INSERT INTO accounts (login, password) VALUES ($1, crypt($2, gen_salt('bf', 12)));
==== literal-key hard-coded-key
UPDATE cards SET number = AES_ENCRYPT(number, 'k3y-2024-prod') WHERE id = 1;
---- ok
UPDATE cards SET number = AES_ENCRYPT(number, @key) WHERE id = 1;
==== pgp-literal-key hard-coded-key
SELECT pgp_sym_decrypt(ssn_enc, 'correct horse') FROM staff WHERE id = $1;
---- ok
SELECT pgp_sym_decrypt(ssn_enc, current_setting('app.key')) FROM staff WHERE id = $1;
==== outfile-customers sql-personal-export
SELECT * FROM customers INTO OUTFILE '/tmp/customers.csv' FIELDS TERMINATED BY ',';
---- ok
COPY (SELECT day, count(*) AS visits FROM visits GROUP BY day) TO STDOUT WITH CSV;
==== copy-emails sql-personal-export
COPY (SELECT email, phone, total FROM customers JOIN orders USING (customer_id)) TO STDOUT WITH CSV HEADER;
---- ok
COPY (SELECT country, avg(total) FROM customers JOIN orders USING (customer_id) GROUP BY country) TO STDOUT WITH CSV HEADER;
==== unload-s3 sql-personal-export
UNLOAD ('SELECT email, last_name FROM users') TO 's3://partner-drop/users_' IAM_ROLE 'arn:aws:iam::1:role/unload';
---- ok
UNLOAD ('SELECT region, sum(total) FROM sales GROUP BY region') TO 's3://reports/sales_' IAM_ROLE 'arn:aws:iam::1:role/unload';
==== snowflake-stage sql-personal-export
COPY INTO @partner_stage/contacts FROM (SELECT full_name, phone_number FROM contacts) FILE_FORMAT = (TYPE = CSV);
---- ok
COPY INTO goods FROM @own_stage/goods.csv FILE_FORMAT = (TYPE = CSV);
==== rls-off sql-row-security-off
ALTER TABLE invoices DISABLE ROW LEVEL SECURITY;
---- ok
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
==== policy-for-all sql-row-security-off
CREATE POLICY everyone ON invoices FOR SELECT USING (true);
---- ok
CREATE POLICY own ON invoices FOR SELECT USING (owner = current_user);
==== bypass sql-row-security-off
ALTER ROLE reporting BYPASSRLS;
---- ok
SET row_security = on;
==== tsql-policy-off sql-row-security-off
ALTER SECURITY POLICY dbo.Filter WITH (STATE = OFF);
---- ok
ALTER SECURITY POLICY dbo.Filter WITH (STATE = ON);
==== newsletter-no-consent sql-no-consent
-- recipients of the May newsletter
SELECT c.email, c.first_name FROM customers c WHERE c.country = 'DE';
---- ok
-- recipients of the May newsletter
SELECT c.email, c.first_name FROM customers c WHERE c.country = 'DE' AND c.newsletter_consent = true;
==== winback-campaign sql-no-consent
INSERT INTO campaign_recipients (campaign_id, email)
SELECT 12, u.email FROM users u LEFT JOIN orders o ON o.user_id = u.id AND o.created_at > now() - interval '90 days' WHERE o.id IS NULL;
---- ok
INSERT INTO campaign_recipients (campaign_id, email)
SELECT 12, u.email FROM users u JOIN consents k ON k.user_id = u.id AND k.purpose = 'marketing' AND k.withdrawn_at IS NULL
LEFT JOIN orders o ON o.user_id = u.id AND o.created_at > now() - interval '90 days' WHERE o.id IS NULL;
==== sms-blast sql-no-consent
CREATE VIEW sms_promo_audience AS SELECT mobile FROM members WHERE birthday_month = 5;
---- ok
CREATE VIEW sms_promo_audience AS SELECT mobile FROM members WHERE birthday_month = 5 AND sms_opt_in = 1;
==== consent-or sql-no-consent
SELECT email FROM leads WHERE marketing_consent = 1 OR score > 80 /* mailing */;
---- ok
SELECT email FROM leads WHERE marketing_consent = 1 AND (score > 80 OR vip = 1) /* mailing */;
==== consent-false sql-no-consent
SELECT email FROM subscribers_archive WHERE campaign = 'may' AND consent = false;
---- ok
SELECT email FROM subscribers_archive WHERE campaign = 'may' AND consent IS TRUE;
==== who-said-no sql-no-consent
SELECT email, name FROM customers WHERE unsubscribed = 1 AND segment = 'promo';
---- ok
SELECT email, name FROM customers WHERE unsubscribed = 0 AND segment = 'promo';
==== exists-consent sql-no-consent
WITH audience AS (SELECT id, email FROM customers WHERE spend > 100) SELECT email FROM audience;
---- ok
WITH audience AS (SELECT id, email FROM customers c WHERE spend > 100 AND EXISTS (SELECT 1 FROM permissions p WHERE p.customer_id = c.id AND p.channel = 'email' AND p.granted)) SELECT email FROM audience;
==== one-customer sql-no-consent
SELECT phone FROM contacts WHERE last_call < '2026-01-01' -- call list of the campaign
---- ok
SELECT phone FROM contacts WHERE id = 4711 -- a question about the campaign
==== not-in-suppression sql-no-consent
SELECT email FROM newsletter_readers WHERE id IN (SELECT reader_id FROM unsubscribes);
---- ok
SELECT email FROM newsletter_readers WHERE id NOT IN (SELECT reader_id FROM unsubscribes);
==== health-audience sql-sensitive-trait
SELECT email FROM patients WHERE diagnosis = 'diabetes' AND marketing_consent = true;
---- ok
SELECT diagnosis, count(*) FROM patients GROUP BY diagnosis HAVING count(*) > 20;
==== religion-audience sql-sensitive-trait
INSERT INTO audiences (customer_id) SELECT id FROM customers WHERE religion = 'catholic' AND consent = 1;
---- ok
INSERT INTO audiences (customer_id) SELECT id FROM customers WHERE region = 'north' AND consent = 1;
==== drop-table sql-drop
DROP TABLE customers;
---- ok
DROP TABLE IF EXISTS rollup; CREATE TABLE rollup AS SELECT day, count(*) n FROM visits GROUP BY day;
==== truncate sql-drop
TRUNCATE TABLE orders RESTART IDENTITY CASCADE;
---- ok
CREATE TEMPORARY TABLE picks (id int); TRUNCATE picks; DROP TABLE picks;
==== drop-database sql-drop
DROP DATABASE IF EXISTS shop;
---- ok
DROP INDEX IF EXISTS by_day;
==== drop-column-people sql-drop
DROP SCHEMA crm CASCADE;
---- ok
IF OBJECT_ID('tempdb..#picks') IS NOT NULL DROP TABLE #picks;
==== or-true sql-always-true
SELECT id FROM orders WHERE reference = 'A1' OR 1=1;
---- ok
SELECT id FROM orders WHERE reference = 'A1' OR total = 1;
==== or-text sql-always-true
SELECT * FROM members WHERE name = '' OR 'a' = 'a' --'
---- ok
SELECT id FROM members WHERE name = '' OR 'a' = kind;
==== definer sql-definer
CREATE FUNCTION delete_user(p int) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ DELETE FROM users WHERE id = p $$;
---- ok
CREATE FUNCTION delete_user(p int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = app, pg_temp AS $$ DELETE FROM users WHERE id = p $$;
==== trustworthy sql-server-open
ALTER DATABASE shop SET TRUSTWORTHY ON;
---- ok
ALTER DATABASE shop SET TRUSTWORTHY OFF;
==== local-infile sql-server-open
SET GLOBAL local_infile = 1;
---- ok
SET GLOBAL max_connections = 200;
==== no-binlog sql-audit-off
SET sql_log_bin = 0;
---- ok
SET autocommit = 0;
==== triggers-off sql-audit-off
ALTER TABLE payments DISABLE TRIGGER ALL;
---- ok
ALTER TABLE payments ENABLE TRIGGER ALL;
==== card-code sql-open-column
CREATE TABLE cards (id int PRIMARY KEY, number_token text, cvv char(3));
---- ok
CREATE TABLE cards (id int PRIMARY KEY, number_token text, expires date);
==== clear-password-column sql-open-column
ALTER TABLE users ADD COLUMN plain_password varchar(100);
---- ok
ALTER TABLE users ADD COLUMN password_hash varchar(100);
==== email-in-link url-pii
SELECT CONCAT('https://shop.example/unsubscribe?email=', email) AS link FROM outbox WHERE id = ?;
---- ok
SELECT CONCAT('https://shop.example/unsubscribe?token=', token) AS link FROM outbox WHERE id = ?;
==== email-in-link-pipes url-pii
SELECT 'https://t.example/c?cid=9&phone=' || phone FROM outbox WHERE id = $1;
---- ok
SELECT 'https://t.example/c?cid=' || campaign_id FROM outbox WHERE id = $1;
==== right-migration -
---- ok
BEGIN;
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
  total numeric(12,2) NOT NULL CHECK (total >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_by_customer ON orders (customer_id);
COMMENT ON COLUMN orders.total IS 'it''s the sum; DELETE FROM orders; of lines';
UPDATE customers SET orders = (SELECT count(*) FROM orders o WHERE o.customer_id = customers.id) WHERE orders IS NULL;
COMMIT;
==== right-dump -
---- ok
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
DROP TABLE IF EXISTS `goods`;
CREATE TABLE `goods` (`id` int NOT NULL AUTO_INCREMENT, `title` varchar(80) DEFAULT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;
LOCK TABLES `goods` WRITE;
INSERT INTO `goods` VALUES (1,'It\'s a \"box\"; DELETE FROM goods;'),(2,'C:\\'),(3,'# no comment -- here');
UNLOCK TABLES;
==== right-report -
---- ok
WITH monthly AS (
  SELECT date_trunc('month', created_at) AS month, region, sum(total) AS revenue
  FROM orders o JOIN stores s ON s.id = o.store_id
  WHERE o.status <> 'cancelled'
  GROUP BY 1, 2
)
SELECT month, region, revenue, revenue / lag(revenue) OVER (PARTITION BY region ORDER BY month) - 1 AS growth
FROM monthly ORDER BY month DESC, region;
==== right-merge -
---- ok
MERGE INTO stock t USING changes c ON (t.id = c.id)
WHEN MATCHED THEN UPDATE SET t.count = c.count
WHEN NOT MATCHED THEN INSERT (id, count) VALUES (c.id, c.count);
==== right-trigger -
---- ok
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_row();
CREATE TRIGGER dbo.Changed ON dbo.Orders AFTER INSERT, UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF UPDATE(Status) INSERT INTO dbo.Log (OrderId) SELECT Id FROM inserted;
END
==== right-login -
---- ok
SELECT id, email, password_hash, failed_logins FROM users WHERE email = $1 LIMIT 1;
UPDATE users SET failed_logins = failed_logins + 1, last_try = now() WHERE id = $1 RETURNING failed_logins;
SELECT u.email, o.number FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id = :order_id FOR UPDATE;
