"""Temperature files as a logger would write them: made from a seed, the same every time."""

import random  # noqa: TID251  seeded: the same files every time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from supplychain.demo.cast import INSULIN, TABLETS, VACCINE, Item
from supplychain.domain.readings_csv import read_csv
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.submissions import File

STEP: Final = timedelta(minutes=15)
USUAL: Final = {INSULIN.gtin: 5.0, TABLETS.gtin: 20.5, VACCINE.gtin: -20.0}
SWING: Final = 0.9
Weather = Callable[[float, float], float | None]
"""What becomes of a usual value at a share (0 to 1) of the journey; None: nothing was written."""


def calm(_share: float, usual: float) -> float | None:
    """A good journey."""
    return usual


def left_in_the_sun(share: float, usual: float) -> float | None:
    """Six degrees too warm for a fifth of the way."""
    return usual + 6.0 if 0.5 < share < 0.7 else usual  # noqa: PLR2004


def against_the_ice(share: float, usual: float) -> float | None:
    """Under the freezing point for a fifth of the way."""
    return usual - 7.0 if 0.5 < share < 0.7 else usual  # noqa: PLR2004


def flat_battery(share: float, usual: float) -> float | None:
    """Nothing recorded for a third of the way."""
    return None if 0.4 < share < 0.75 else usual  # noqa: PLR2004


def logged(
    item: Item, start: datetime, end: datetime, *, device: str, weather: Weather = calm
) -> ConditionsInput:
    """A logger's CSV file from `start` to `end`, read as any uploaded file is."""
    rows = _rows(item, start, end, chance=random.Random(f"{device} {start.hour}"), weather=weather)  # noqa: S311
    data = ("time,temperature\n" + "".join(rows)).encode()
    series = read_csv(data, at=end, unit="C", device=device)
    return ConditionsInput(series=(series,), files=(File(data, "text/csv"),))


def _rows(
    item: Item, start: datetime, end: datetime, *, chance: random.Random, weather: Weather
) -> Iterator[str]:
    steps = -(-(end - start) // STEP)
    for number in range(steps + 1):
        usual = USUAL[item.gtin] + chance.uniform(-SWING, SWING)
        value = weather(number / steps, usual)
        if value is not None:
            yield f"{min(start + number * STEP, end):%Y-%m-%dT%H:%M:%SZ},{value:.1f}\n"
