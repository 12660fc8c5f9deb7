"""Metering: time paid by the minute, for calls and live rooms."""

from meydan.money.metering import personal_data, tasks  # noqa: F401 -- importing the room registers jobs and what it keeps of a person
from meydan.money.metering.events import MeterEnded, MeterWarned
from meydan.money.metering.metering import do_advance_meters, do_record_heartbeat, do_start_meter, do_stop_meter
from meydan.money.metering.meters import Meter, MeterBill, MeterEnd

__all__ = [
    "Meter",
    "MeterBill",
    "MeterEnd",
    "MeterEnded",
    "MeterWarned",
    "do_advance_meters",
    "do_record_heartbeat",
    "do_start_meter",
    "do_stop_meter",
]
