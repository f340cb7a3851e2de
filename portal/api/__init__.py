"""The API of the provider's people: customers, what onboarding gives them, regions."""
