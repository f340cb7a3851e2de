"""The only writers: one function an act, its row and audit event in one transaction."""
