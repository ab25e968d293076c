//! All SQL and all bytes: SQLite and PostgreSQL from one source, and object storage.
