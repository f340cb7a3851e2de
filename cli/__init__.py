"""The `demarc` command: makes the environment, starts and stops what the portal runs on, tests it.

Standard library only, because it runs before the virtual environment exists.
"""
