"""The whole product in Chromium, on the lab, as people use it."""
