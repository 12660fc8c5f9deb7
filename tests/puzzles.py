"""Solves puzzles as a client does."""

import httpx
from altcha import Challenge, Payload, solve_challenge


def solved(refusal: httpx.Response) -> str:
    """The payload that a refusal ``puzzle_needed`` asks for."""
    assert refusal.json()["code"] == "puzzle_needed", refusal.text
    challenge = Challenge.from_dict(refusal.json()["challenge"])
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()
