"""What comes next of each kind in a run; ids are functions of (run, kind, number), law 8."""

from dataclasses import dataclass

from hrvdaemon.vocabulary.units import RunId, SessionId


@dataclass(slots=True)
class Numbers:
    run: RunId
    epochs: int = 0
    prompts: int = 0
    sessions: int = 0
    windows: int = 0

    def session(self, ordinal: int) -> SessionId:
        """Name of a session."""
        return SessionId(f"{self.run}-session-{ordinal}")
