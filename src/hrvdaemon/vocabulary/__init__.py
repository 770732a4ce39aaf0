"""Floor 0: the words every other floor speaks. Frozen records, no behaviour, no clock, no I/O."""
