"""A gateway in a process of its own, to be killed: ``run_gateway.py <settings as JSON>``."""

import sys

import msgspec

from meydan.gateway import GatewaySettings, run

run(msgspec.json.decode(sys.argv[1], type=GatewaySettings))
