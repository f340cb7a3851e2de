"""The API's views, one file a noun."""
