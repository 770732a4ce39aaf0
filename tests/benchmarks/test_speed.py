import pytest

from benchmarks.environments import PeerResult
from benchmarks.speed import Goal, Line, Peer, duration, fastest, peer_table


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(1310, "1,310 s"), (2.5, "2.5 s"), (0.0123, "12.3 ms"), (4.68e-6, "4.68 µs"), (2e-8, "0.02 µs")],
)
def test_a_duration_has_three_figures_and_the_unit_that_suits(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


GOAL = Goal(reach=4, stretch=2, reach_ratio=10, stretch_ratio=20)


@pytest.mark.parametrize(
    ("seconds", "peer_s", "goal", "verdict"),
    [
        (1, 20, GOAL, "stretch"),
        (1, 10, GOAL, "reach"),
        (4, 80, GOAL, "reach"),
        (5, 100, GOAL, "missed by a factor of 1.25"),
        (1, 4, GOAL, "missed by a factor of 2.50"),
        (1, 4, Goal(reach=1), "reach"),
        (1, 4, Goal(), ""),
    ],
)
def test_a_line_says_what_was_met(seconds: float, peer_s: float, goal: Goal, verdict: str) -> None:
    assert Line(what="work", seconds=seconds, goal=goal, beside=Peer(name="peer", seconds=peer_s)).cells()[4] == verdict


def test_the_fastest_peer_is_among_those_that_do_the_work() -> None:
    peers = [PeerResult(name=name, cpu_s=costs) for name, costs in (("a", {}), ("b", {"x": 2.0}), ("c", {"x": 1.0}))]
    assert fastest(peers, lambda peer: peer.cpu_s.get("x")) == Peer(name="c", seconds=1.0)
    assert fastest(peers, lambda peer: peer.cpu_s.get("y")) is None


def test_a_peer_that_does_not_run_says_why() -> None:
    broken = PeerResult(name="nolds", broken="TypeError: 'nolds.datasets' is not a package")
    other = PeerResult(
        name="peer", versions={"peer": "1", "numpy": "2"}, rmssd_ms=40.5, failed={"full": "AttributeError: trapz"}
    )
    text = str(peer_table([broken, other], 40.0))
    assert "no: TypeError: 'nolds.datasets' is not a package" in text
    assert "AttributeError: trapz" in text
    assert "40.500000" in text
