"""How long to wait before the next try: 1-2-4-…30 s with jitter, so that nothing hammers a radio that is not there.

Pure: the count of failures, the limits and the chance come in, seconds come out. Whoever counts sets the count back to
0 when data arrives, not when a connection comes about: a strap that connects and stays silent must not be stormed
(Movesense-ble-ecg-firmware#1).
"""

MAX_DOUBLINGS = 30  # 2**30 s is 34 years; without a limit the float overflows after a night without Bluetooth


def pause_s(n_failures: int, *, first_s: float, cap_s: float, jitter: float) -> float:
    """Seconds to wait after so many tries in a row without data.

    ``jitter`` in [0, 1) is drawn anew each time; the pause lies between half the step and the whole step, so two
    instances on one machine do not try together (M. Brooker, Exponential Backoff And Jitter, 2015, "equal jitter").
    """
    step_s = min(cap_s, first_s * 2.0 ** min(n_failures, MAX_DOUBLINGS))
    return step_s * (1 + jitter) / 2
