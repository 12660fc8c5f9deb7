"""Meydan: strangers meet, talk in private, and a silent match is given back."""
