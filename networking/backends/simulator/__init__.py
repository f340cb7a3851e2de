"""The backend `simulator`: a fabric or router that is a SQLite file, for where no lab can run.

It keeps the same promises as the real ones (the contract suite holds it to them), and it breaks
on demand: see `faults`.
"""
