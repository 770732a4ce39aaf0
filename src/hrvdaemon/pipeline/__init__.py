"""Floor 2: one plain object, one method: ``feed(input) -> list[Event]``, the same live and in replay."""

from hrvdaemon.pipeline.history import History, remember
from hrvdaemon.pipeline.pipeline import Pipeline
from hrvdaemon.pipeline.settings import RULES, Settings

__all__ = ["RULES", "History", "Pipeline", "Settings", "remember"]
