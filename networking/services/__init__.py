"""The only writers on the request side: one function an act, one way to write.

Each takes the actor first, runs in the caller's database role, returns the `Change` that carries
it out and raises `Refusal` with the reason in words.
"""
