"""An event loop without waiting: sleeping costs no time, and a dead lock is told at once."""

import asyncio
import selectors


class JumpingSelector(selectors.SelectSelector):
    """Waits for nothing: when no file is ready, the loop's time jumps to what is due next."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everything waits and nothing is due: a dead lock"
            self.now += max(timeout, 0.0)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now
