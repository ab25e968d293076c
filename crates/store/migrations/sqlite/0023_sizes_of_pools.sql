-- Of a pool less is said than it may hold, so that it is gone through in its order by whoever takes ten of it, and not
-- sorted first: see `0020_sizes`.
UPDATE sqlite_stat1 SET stat = '20000 2000 1' WHERE idx = 'assignments_pool';
UPDATE sqlite_stat1 SET stat = '500000 100000 20000 10000 1' WHERE idx = 'assignments_worker';
DELETE FROM sqlite_stat1 WHERE idx = 'assignments_lapsing';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('assignments', 'assignments_lapsing', '1000 200 1');
ANALYZE sqlite_schema;
