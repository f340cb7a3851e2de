"""The API of statements, usage, plans and subscriptions."""
