"""Heart rate variability of RR intervals: exact, gap-aware, numpy only.

``analyse`` gives every metric that a recording carries, ``rolling_metrics`` those of windows as arrays; the others are
for people who want one number or one step. A name is loaded when it is first asked for, so that a part of the daemon
pays for what it uses.

Examples
--------
>>> import numpy as np
>>> from hrvdaemon.hrv import analyse, rmssd
>>> rr_ms = np.tile([800.0, 900.0], 150)
>>> rmssd(rr_ms)
100.0
>>> metrics = analyse(rr_ms, correct=False).whole.metrics
>>> metrics["pnn50_percent"], metrics["dfa_alpha1"] is None
(100.0, False)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hrvdaemon.hrv.analysis import Analysis, analyse
    from hrvdaemon.hrv.artefact_series import classify
    from hrvdaemon.hrv.coherence import breath_swing, coherence_ratio, coherence_share
    from hrvdaemon.hrv.correction import NNSeries, corrected, strict, uncorrected
    from hrvdaemon.hrv.cubic_spline import on_grid, spline_slopes
    from hrvdaemon.hrv.frequency_domain import FrequencyDomain, Spectrum, band_powers, spectrum_of, welch
    from hrvdaemon.hrv.geometric import hti, stress_index
    from hrvdaemon.hrv.lomb_scargle import lomb_periodogram, lomb_spectrum
    from hrvdaemon.hrv.metric_rules import RULES
    from hrvdaemon.hrv.nonlinear import dfa_alpha1, sample_entropy
    from hrvdaemon.hrv.one_window import WindowAnalysis
    from hrvdaemon.hrv.poincare import sd1, sd2, sd2_sd1, sd_area
    from hrvdaemon.hrv.rolling_analysis import rolling_metrics
    from hrvdaemon.hrv.rolling_time_domain import RollingMetrics
    from hrvdaemon.hrv.rsa import porges_bohrer, respiratory_band
    from hrvdaemon.hrv.smoothness_priors import slow_trend
    from hrvdaemon.hrv.tachogram import Tachogram, tachogram_of
    from hrvdaemon.hrv.time_domain import (
        cvnn,
        cvsd,
        iqr,
        ln_rmssd,
        mad,
        max_rr,
        mean_hr,
        mean_hr_inst,
        mean_rr,
        median_rr,
        min_rr,
        pnn,
        rmssd,
        sdnn,
        sdsd,
    )

_NAMES_OF = {
    "analysis": ("Analysis", "analyse"),
    "artefact_series": ("classify",),
    "coherence": ("breath_swing", "coherence_ratio", "coherence_share"),
    "correction": ("NNSeries", "corrected", "strict", "uncorrected"),
    "cubic_spline": ("on_grid", "spline_slopes"),
    "frequency_domain": ("FrequencyDomain", "Spectrum", "band_powers", "spectrum_of", "welch"),
    "geometric": ("hti", "stress_index"),
    "lomb_scargle": ("lomb_periodogram", "lomb_spectrum"),
    "metric_rules": ("RULES",),
    "nonlinear": ("dfa_alpha1", "sample_entropy"),
    "one_window": ("WindowAnalysis",),
    "poincare": ("sd1", "sd2", "sd2_sd1", "sd_area"),
    "rolling_analysis": ("rolling_metrics",),
    "rolling_time_domain": ("RollingMetrics",),
    "rsa": ("porges_bohrer", "respiratory_band"),
    "smoothness_priors": ("slow_trend",),
    "tachogram": ("Tachogram", "tachogram_of"),
    "time_domain": (
        *("cvnn", "cvsd", "iqr", "ln_rmssd", "mad", "max_rr", "mean_hr", "mean_hr_inst"),
        *("mean_rr", "median_rr", "min_rr", "pnn", "rmssd", "sdnn", "sdsd"),
    ),
}
_HOME = {name: module for module, names in _NAMES_OF.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(__import__(f"{__name__}.{_HOME[name]}", fromlist=[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


__all__ = [
    "RULES",
    "Analysis",
    "FrequencyDomain",
    "NNSeries",
    "RollingMetrics",
    "Spectrum",
    "Tachogram",
    "WindowAnalysis",
    "analyse",
    "band_powers",
    "breath_swing",
    "classify",
    "coherence_ratio",
    "coherence_share",
    "corrected",
    "cvnn",
    "cvsd",
    "dfa_alpha1",
    "hti",
    "iqr",
    "ln_rmssd",
    "lomb_periodogram",
    "lomb_spectrum",
    "mad",
    "max_rr",
    "mean_hr",
    "mean_hr_inst",
    "mean_rr",
    "median_rr",
    "min_rr",
    "on_grid",
    "pnn",
    "porges_bohrer",
    "respiratory_band",
    "rmssd",
    "rolling_metrics",
    "sample_entropy",
    "sd1",
    "sd2",
    "sd2_sd1",
    "sd_area",
    "sdnn",
    "sdsd",
    "slow_trend",
    "spectrum_of",
    "spline_slopes",
    "stress_index",
    "strict",
    "tachogram_of",
    "uncorrected",
    "welch",
]
