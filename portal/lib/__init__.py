"""Helpers that know no app: database roles, row-level security, errors, ids, live updates."""
