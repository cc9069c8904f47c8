"""Take one partner's file over, in a process of its own, and say what that cost.

    python -m bench.importing FILE GLN

In the installation that the environment names.
"""

import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path


def main(file: Path, party: str) -> None:
    import django  # noqa: PLC0415  the environment is settled now

    django.setup()
    from supplychain.services.import_epcis import import_epcis  # noqa: PLC0415

    data, steps = file.read_bytes(), 0

    def count(_done: int, _all: int) -> None:
        nonlocal steps
        steps += 1

    cpu, wall = time.process_time(), time.monotonic()
    reports = import_epcis(
        data=data, party=party, at=datetime.now(UTC), seed=os.urandom(32), progress=count
    )
    told = {
        "events": len(reports),
        "entries": len({one for report in reports for one in report.entries}),
        "stand": all(report.stands for report in reports),
        "steps": steps,
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.monotonic() - wall,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
