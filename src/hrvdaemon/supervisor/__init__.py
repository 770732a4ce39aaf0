"""Floor 7: wiring and lifetime. Live, replay and demo differ only in their sources, sinks and clock."""
