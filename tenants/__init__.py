"""Tenants, people, memberships, roles, API tokens and the audit trail."""
