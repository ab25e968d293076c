-- PostgreSQL measures by itself how large its tables are. SQLite is told.
SELECT 1;
