"""Acts that span the apps: each is one transaction over the services of several."""
