"""Benchmarks: each row does real work and is held against a floor measured in the same run.

Absolute times say more of the machine than of the program; the ratio to the floor travels.
`./demarc bench` runs them on a database that is thrown away.
"""
