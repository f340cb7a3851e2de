"""The demo: a provider with two customers who know nothing of each other, made by real services.

It may be run at any time: devices are brought up to date, and what people changed or deleted since
stays as they left it.
"""
