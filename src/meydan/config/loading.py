"""Loading of the settings from their sources."""

import os
from collections.abc import Mapping
from pathlib import Path

from meydan.config.own_files import contact_key_file, embedded_urls, generated_file, push_key_file
from meydan.config.problems import exposure_problem, keyring_problem, production_problems
from meydan.config.settings import PREFIX, Settings
from meydan.kit.settings import Layer, SettingsError, load, read_file


def default_data() -> Path:
    """MEYDAN_DATA, else the operating system's usual folder. For root an open one: its engines run as another user."""
    if given := os.environ.get("MEYDAN_DATA"):
        return Path(given).absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/meydan")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "meydan"


def load_settings(data: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Loads settings, weakest first: defaults, files that `up` made in the data folder, meydan.toml, the environment."""
    environment = os.environ if environment is None else environment
    data = (data or (Path(environment["MEYDAN_DATA"]) if environment.get("MEYDAN_DATA") else default_data())).absolute()
    layers: dict[str, Layer] = {"default": {"data": str(data)}}
    if (made := generated_file(data)).exists():
        generated = read_file(made)
        layers[str(made)] = {"secrets": generated["secrets"]}
        layers["the engines in the data folder"] = embedded_urls(data, generated["passwords"])
    for name, key in (("contact_key", contact_key_file(data)), ("push_key", push_key_file(data))):
        if key.exists():
            layers[str(key)] = {"secrets": {name: key.read_text().strip()}}
    file = Path(environment["MEYDAN_CONFIG"]) if environment.get("MEYDAN_CONFIG") else data / "meydan.toml"
    if file.exists():
        layers[str(file)] = read_file(file)
        if "data" in layers[str(file)]:
            raise SettingsError(f"{file}: the data folder is chosen by --data or MEYDAN_DATA, not in the file.")
    elif environment.get("MEYDAN_CONFIG"):
        raise SettingsError(f"MEYDAN_CONFIG names {file}, which does not exist.")
    own = {name: value for name, value in environment.items() if name != "MEYDAN_DATA"}
    settings = load(Settings, layers, own, prefix=PREFIX)
    if problem := keyring_problem(settings.secrets):
        raise SettingsError(problem)
    if problems := production_problems(settings):
        raise SettingsError("Production refuses to start:\n" + "\n".join(f"- {problem}" for problem in problems))
    if problem := exposure_problem(settings):
        raise SettingsError(problem)
    return settings
