"""hrvdaemon: RR intervals from a heart-rate strap, activation compared with your own usual, and an invitation."""

__version__ = "0.1.0"
