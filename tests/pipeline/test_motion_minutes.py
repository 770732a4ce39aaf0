"""Movement of a minute: the mean of what was measured in it."""

from hrvdaemon.pipeline.motion_minutes import MotionMinutes
from hrvdaemon.vocabulary.units import MINUTE_MS


def test_a_minutes_movement_is_the_mean_of_what_was_measured_in_it() -> None:
    motion = MotionMinutes()
    for moment, value in ((59_999, 9.0), (60_000, 1.0), (90_000, 2.0), (119_999, 6.0), (120_000, 9.0)):
        motion.add(moment, value)
    assert motion.mean(MINUTE_MS) == 3.0
    assert motion.mean(5 * MINUTE_MS) is None


def test_what_was_measured_before_the_strap_was_put_on_is_forgotten() -> None:
    motion = MotionMinutes()
    motion.add(61_000, 5.0)
    motion.forget()
    motion.add(62_000, 1.0)
    assert motion.mean(MINUTE_MS) == 1.0
