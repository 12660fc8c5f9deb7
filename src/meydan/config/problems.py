"""Settings that no installation may start with, and those that none may serve others with."""

from itertools import combinations
from urllib.parse import urlsplit

from meydan.config.settings import PREFIX, Environment, Secrets, Settings
from meydan.kit.hosts import host_name, is_private

_SHORTEST_SECRET = 32


def production_problems(settings: Settings) -> list[str]:
    if settings.environment is not Environment.production:
        return []
    secrets_ = settings.secrets
    problems = [
        f"secrets.{name} ({PREFIX}_SECRETS_{name.upper()}) {why}. Make one with: openssl rand -hex 32"
        for name, value in [*((name, "") for name in secrets_.missing), *secrets_.named()]
        if (why := _weakness(value))
    ]
    # The first seal key is an earlier one, and so has a second name.
    named = [(name, key) for name, key in secrets_.named() if name != "first_seal_key"]
    problems += [
        f"secrets.{one} and secrets.{other} are the same: whoever learns one has both"
        for (one, key), (other, same) in combinations(named, 2)
        if key == same
    ]
    if settings.clock_file is not None:
        problems.append("clock_file is set: only tests move the product's clock")
    if not settings.mail.host and not settings.sms.twilio_account_sid:
        problems.append("neither mail.host nor sms.twilio_account_sid is set: nobody could get a code to sign in")
    if settings.http.public_url and not settings.http.public_url.startswith("https://"):
        problems.append("http.public_url is not https: browsers give keys and cookies only to secure pages")
    return problems


def keyring_problem(given: Secrets) -> str:
    """Earlier seal keys without the first of them; "" if there is none."""
    if given.first_seal_key or not (given.kept_seal_keys or given.retired_seal_keys):
        return ""
    return (
        f"secrets.first_seal_key ({PREFIX}_SECRETS_FIRST_SEAL_KEY) is missing: set it to the oldest seal key. Contacts are "
        "hashed with it, and bans found by it."
    )


def exposure_problem(settings: Settings) -> str:
    """A public URL that others can open, without the checks of production; "" if there is none."""
    url = urlsplit(settings.http.public_url)
    if settings.environment is Environment.production or not settings.http.public_url:
        return ""
    if url.scheme == "http" and is_private(host_name(url.netloc)):
        return ""
    return (
        f"http.public_url is {settings.http.public_url}, which others can open, but environment is "
        f"{settings.environment}: set environment to production, or http.public_url to an http address of this network."
    )


def _weakness(secret: str) -> str:
    if not secret:
        return "is missing"
    if len(secret) < _SHORTEST_SECRET:
        return f"is shorter than {_SHORTEST_SECRET} characters"
    if len(set(secret)) < 10:
        return "is not random"
    if any(word in secret.lower() for word in ("change", "example", "secret", "password", "meydan", "default")):
        return "looks like one out of a manual"
    return ""
