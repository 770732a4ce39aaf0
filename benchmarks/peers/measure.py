"""One peer on the windows it is given, run by the Python of its own environment: ``measure.py PEER BEATS.npz``.

Prints one JSON object: versions, RMSSD of the first window (so that everybody got the same beats), and for each kind of
work the CPU seconds of one window, or why it failed. Each peer is called the cheapest way that gives the metrics: its
inner functions rather than its reports, no figures, and the window is cut out for it.
"""

import contextlib
import importlib
import io
import json
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
cpu_s: Callable[..., float] = importlib.import_module("stopwatch").cpu_s

Work = dict[str, Callable[[Any], Any]]
TIME_DOMAIN, FULL, ENTROPY = "time domain", "full", "sample entropy"
FULL_100_HZ = "full, spectrum at its default of 100 Hz"
FIND, CORRECT = "find artefacts", "correct artefacts"


def neurokit2() -> tuple[Work, Callable[[Any], float]]:
    nk = importlib.import_module("neurokit2")
    fixpeaks = importlib.import_module("neurokit2.signal.signal_fixpeaks")

    def times(rr: Any) -> dict[str, Any]:
        return {"RRI": rr, "RRI_Time": np.cumsum(rr) / 1000}

    def full(rr: Any, **grid: Any) -> None:
        nk.hrv_time(times(rr))
        nk.hrv_frequency(times(rr), normalize=False, **grid)
        nk.fractal_dfa(rr, scale=np.arange(4, 17), overlap=False)

    def correct(peaks: Any) -> None:
        whole = np.rint(peaks).astype(int)
        nk.signal_fixpeaks(whole, sampling_rate=1000, iterative=False, method="Kubios")

    work: Work = {
        TIME_DOMAIN: lambda rr: nk.hrv_time(times(rr)),
        FULL: lambda rr: full(rr, interpolation_rate=4),
        FULL_100_HZ: full,
        ENTROPY: lambda rr: nk.entropy_sample(rr, dimension=2, tolerance=0.2 * np.std(rr, ddof=1)),
        FIND: lambda peaks: fixpeaks._find_artifacts(peaks, sampling_rate=1000),  # noqa: SLF001  its only one-pass form
        CORRECT: correct,
    }
    return work, lambda rr: nk.hrv_time(times(rr))["HRV_RMSSD"].iloc[0]


def hrv_analysis() -> tuple[Work, Callable[[Any], float]]:
    peer = importlib.import_module("hrvanalysis")

    def full(rr: Any) -> None:
        values = rr.tolist()
        peer.get_time_domain_features(values)
        peer.get_frequency_domain_features(values)
        peer.get_poincare_plot_features(values)
        peer.get_geometrical_features(values)

    work: Work = {
        TIME_DOMAIN: lambda rr: peer.get_time_domain_features(rr.tolist()),
        FULL: full,
        ENTROPY: lambda rr: peer.get_sampen(rr.tolist()),
    }
    return work, lambda rr: peer.get_time_domain_features(rr.tolist())["rmssd"]


def heartpy() -> tuple[Work, Callable[[Any], float]]:
    peer = importlib.import_module("heartpy.analysis")

    def time_domain(rr: Any) -> Any:
        change = np.abs(np.diff(rr))
        _, measures = peer.calc_ts_measures(rr, change, change**2, measures={}, working_data={})
        return measures

    def full(rr: Any) -> None:
        time_domain(rr)
        peer.calc_fd_measures(measures={}, working_data={"RR_list_cor": rr})

    work: Work = {TIME_DOMAIN: time_domain, FULL: full}
    return work, lambda rr: time_domain(rr)["rmssd"]


def systole() -> tuple[Work, Callable[[Any], float]]:
    peer = importlib.import_module("systole.hrv")
    correction = importlib.import_module("systole.correction")
    detection = importlib.import_module("systole.detection")

    def full(rr: Any) -> None:
        peer.time_domain(rr)
        peer.frequency_domain(rr)
        peer.nonlinear_domain(rr)

    work: Work = {
        TIME_DOMAIN: peer.time_domain,
        FULL: full,
        FIND: lambda peaks: detection.rr_artefacts(np.diff(peaks)),
        CORRECT: lambda peaks: correction.correct_rr(np.diff(peaks), verbose=False),
    }
    return work, peer.rmssd


def pyhrv() -> tuple[Work, Callable[[Any], float]]:
    peer = importlib.import_module("pyhrv.time_domain")
    frequency = importlib.import_module("pyhrv.frequency_domain")
    nonlinear = importlib.import_module("pyhrv.nonlinear")
    figures = importlib.import_module("matplotlib.pyplot")

    def time_domain(rr: Any) -> None:
        for metric in (peer.nni_parameters, peer.sdnn, peer.rmssd, peer.sdsd, peer.nn50, peer.nn20):
            metric(nni=rr)

    def full(rr: Any) -> None:
        time_domain(rr)
        frequency.welch_psd(nni=rr, mode="dev", show=False)
        nonlinear.poincare(nni=rr, mode="dev", show=False)
        nonlinear.dfa(nn=rr, short=[4, 16], mode="dev", show=False)
        figures.close("all")

    work: Work = {TIME_DOMAIN: time_domain, FULL: full, ENTROPY: lambda rr: nonlinear.sample_entropy(nni=rr)}
    return work, lambda rr: peer.rmssd(nni=rr)["rmssd"]


def flirt() -> tuple[Work, Callable[[Any], float]]:
    names = ("td_features.TdFeatures", "fd_features.FdFeatures", "nl_features.NonLinearFeatures")
    time_domain, spectrum, poincare = (_made(f"flirt.hrv.features.{name}") for name in names)

    def full(rr: Any) -> None:
        for domain in (time_domain, spectrum, poincare):
            domain.__generate__(rr)

    work: Work = {TIME_DOMAIN: time_domain.__generate__, FULL: full}
    return work, lambda rr: time_domain.__generate__(rr)["hrv_rmssd"]


def _made(name: str) -> Any:
    module, _, made = name.rpartition(".")
    return getattr(importlib.import_module(module), made)()


PEERS = {
    "neurokit2": neurokit2,
    "hrv-analysis": hrv_analysis,
    "heartpy": heartpy,
    "systole": systole,
    "pyhrv": pyhrv,
    "flirt": flirt,
}


def measured(peer: str, beats: Any) -> dict[str, Any]:
    """What one peer costs; an error of the peer is kept as text."""
    work, rmssd = PEERS[peer]()
    windows = [beats["nn_ms"][first:last] for first, last in beats["windows"].tolist()]
    costs: dict[str, float] = {}
    failed: dict[str, str] = {}
    for name, do in work.items():
        once = [beats["peaks_ms"]] if name in {FIND, CORRECT} else windows
        try:
            costs[name] = cpu_s(lambda do=do, once=once: [do(one) for one in once], 3) / len(once)
        except Exception as error:  # noqa: BLE001  whatever a peer raises is its result
            failed[name] = f"{type(error).__name__}: {error}"
    names = {name: version(name) for name in (peer, "numpy")}
    return {"versions": names, "rmssd_ms": float(rmssd(windows[0])), "cpu_s": costs, "failed": failed}


def main() -> None:
    peer, beats = sys.argv[1:]
    warnings.simplefilter("ignore")
    with np.load(beats) as arrays, contextlib.redirect_stdout(io.StringIO()):
        result = measured(peer, dict(arrays))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
