//! A running Atelier for tests: fixed clock, seeded randomness, typed users.
