-- What Understudy needs, the same on both servers, because their roles may change.
\getenv shop_password SHOP_PASSWORD
\getenv understudy_password UNDERSTUDY_PASSWORD
CREATE ROLE shop LOGIN PASSWORD :'shop_password';
ALTER DATABASE shop OWNER TO shop;
ALTER SCHEMA public OWNER TO shop;

CREATE ROLE understudy LOGIN REPLICATION PASSWORD :'understudy_password';
GRANT shop TO understudy;                                     -- owner of the database and its tables
GRANT pg_signal_backend TO understudy;                        -- ends the sessions of other writers
GRANT SET ON PARAMETER session_replication_role TO understudy; -- triggers do not fire a second time
