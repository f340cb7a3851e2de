"""Carries what tenants want to the devices, and believes only what it observed.

`reconcile` works on one scope: claim, compile, observe, plan, apply, observe again, record.
`verifier` asks a fabric's hosts, for all waiting scopes at once. `settle` turns the progress of
scopes into the states of changes. `sweep` and `drift` find what was lost or altered. Nothing here
is kept in memory alone: whatever is killed, a sweep finds and finishes. See docs/changes.md.
"""
