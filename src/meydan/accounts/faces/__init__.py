"""Faces: the profiles under which a user is met, their aliases, and the end of a shadow."""
