"""From rows to intent: what one tenant wants of its fabrics and routers.

Runs under any database role that sees the tenant's rows, in the caller's transaction, and takes a
constant number of queries. Rows that retire are left out: the devices are to lose them.
"""

from networking.compiler.everywhere import compile_policy
from networking.compiler.focus import EVERYTHING, NONE, Focus
from networking.compiler.rows import Rows, Ways
from networking.compiler.scopes import (
    Intent,
    compile_rows,
    compile_scope,
    compile_scopes,
)

__all__ = [
    "EVERYTHING",
    "NONE",
    "Focus",
    "Intent",
    "Rows",
    "Ways",
    "compile_policy",
    "compile_rows",
    "compile_scope",
    "compile_scopes",
]
