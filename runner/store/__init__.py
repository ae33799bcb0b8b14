"""The state folder: plans, runs and their journal in SQLite, and the lock of a run."""
