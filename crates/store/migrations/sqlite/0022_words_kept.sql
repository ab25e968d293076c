-- PostgreSQL keeps the words of texts beside them. SQLite has them in tables of their own since `0011_search`.
SELECT 1;
