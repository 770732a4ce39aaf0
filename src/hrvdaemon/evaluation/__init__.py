"""Floor 6: how well the detector does, on days whose truth is known and on recordings that others labelled.

Everything is fed to the pipeline as inputs and read from its events; nothing here knows how it decides. Above ``store``
and ``formats``, below ``supervisor``. What the figures do not mean is said in ``table``.
"""
