-- What Understudy needs, the same on both servers, because their roles may change.
-- The source's log, and a moment's lock for the first copy:
GRANT REPLICATION SLAVE, REPLICATION CLIENT, RELOAD ON *.* TO understudy;
-- Holding others off a standby by read_only, and writing nevertheless:
GRANT CONNECTION_ADMIN, SYSTEM_VARIABLES_ADMIN ON *.* TO understudy;
-- The tables, and Understudy's own:
GRANT SELECT, INSERT, UPDATE, DELETE, DROP, ALTER, TRIGGER ON shop.* TO understudy;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP ON understudy.* TO understudy;
