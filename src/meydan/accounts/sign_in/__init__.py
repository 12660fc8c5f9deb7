"""Sign-in: registration, login by password or one-time code, and changes of contacts and passwords."""
