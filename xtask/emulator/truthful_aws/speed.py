"""How fast time passes in the modelled AWS: TRUTHFUL_AWS_SPEED divides every waiting time (1 is real time)."""

from __future__ import annotations

import os


def _factor() -> float:
    text = os.environ.get("TRUTHFUL_AWS_SPEED", "1")
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not factor > 0:
        raise SystemExit(f"TRUTHFUL_AWS_SPEED must be a number above 0, not {text!r}")
    return factor


FACTOR = _factor()


def seconds(modelled: float) -> float:
    """Real seconds for `modelled` seconds of AWS."""
    return modelled / FACTOR
