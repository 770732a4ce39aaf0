"""``python -m hrvdaemon``."""

from hrvdaemon.cli import main

main()
