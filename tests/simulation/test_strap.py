from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

import hrvdaemon
from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.simulation.episodes import Episode, EpisodeKind
from hrvdaemon.simulation.named import SCENARIOS
from hrvdaemon.simulation.person import Pace
from hrvdaemon.simulation.scenario import Link, Scenario
from hrvdaemon.simulation.sinus_node import BeatTruth, SimulatedBeat
from hrvdaemon.simulation.strap import SIMULATED, Simulation, Strap, StrapManner, Wearer, simulate
from hrvdaemon.vocabulary.inputs import Input, PacketReceived, RunEnded, RunStarted, SensorConnected, SensorLost
from hrvdaemon.vocabulary.units import Instant, RunId

AT = Instant(1_773_144_000_000)
EXACT = StrapManner(jitter_ms=0, burst_chance=0.0)


def _scenario(*episodes: Episode, duration_s: int = 600) -> Scenario:
    return Scenario(name="test", duration_s=duration_s, episodes=episodes)


def _simulate(scenario: Scenario, manner: StrapManner = EXACT, seed: int = 3) -> Simulation:
    return simulate(scenario, seed, AT, "Europe/Berlin", manner=manner)


def _packets(inputs: Sequence[Input]) -> list[PacketReceived]:
    return [item for item in inputs if isinstance(item, PacketReceived)]


def _measurements(inputs: Sequence[Input]) -> list[HeartRateMeasurement]:
    return [HeartRateMeasurement.from_bytes(packet.data) for packet in _packets(inputs)]


def _rr_ticks(inputs: Sequence[Input]) -> list[int]:
    return [rr for measurement in _measurements(inputs) for rr in measurement.rr_ticks]


def test_the_packets_carry_every_interval_when_nothing_is_dropped() -> None:
    simulation = _simulate(_scenario())
    assert _rr_ticks(simulation.inputs) == [beat.rr_ticks for beat in simulation.beats]
    assert simulation.dropped == 0


def test_jitter_bursts_and_duplicates_change_arrivals_and_no_interval() -> None:
    simulation = _simulate(_scenario(), StrapManner(jitter_ms=200, burst_chance=0.2))
    delivered = _rr_ticks(simulation.inputs)
    true = [beat.rr_ticks for beat in simulation.beats]
    assert delivered == true[: len(delivered)]
    assert len(_packets(simulation.inputs)) + simulation.dropped == 600


def test_a_packet_comes_each_second_with_the_beats_of_that_second() -> None:
    simulation = _simulate(_scenario())
    packets = _packets(simulation.inputs)
    assert [packet.mono_ms for packet in packets] == [1000 * (second + 1) for second in range(600)]
    by_second = [[b.rr_ticks for b in simulation.beats if b.tick // 1024 == second] for second in range(600)]
    assert [list(m.rr_ticks) for m in _measurements(simulation.inputs)] == by_second


def test_the_heart_rate_field_follows_the_intervals() -> None:
    simulation = _simulate(_scenario())
    mean_rr_s = sum(b.rr_ticks for b in simulation.beats) / len(simulation.beats) / 1024
    rates = [m.heart_rate_bpm for m in _measurements(simulation.inputs)[5:]]
    assert sum(rates) / len(rates) == pytest.approx(60 / mean_rr_s, abs=1)


def test_arrivals_are_in_order_and_at_most_so_late() -> None:
    inputs = _simulate(_scenario(), StrapManner(jitter_ms=40, burst_chance=0.3)).inputs
    times = [item.mono_ms for item in inputs]
    assert times == sorted(times)
    assert all(packet.mono_ms % 1000 <= 40 + 3 * 60 for packet in _packets(inputs))


def test_a_burst_brings_what_was_held_back_with_the_next() -> None:
    packets = _packets(_simulate(_scenario(), StrapManner(jitter_ms=0, burst_chance=0.3)).inputs)
    gaps = {b.mono_ms - a.mono_ms for a, b in pairwise(packets)}
    assert 60 in gaps
    assert max(gaps) >= 2000
    assert max(gaps) <= 4000


def test_dropped_notifications_are_counted_and_missing() -> None:
    """A tenth of 600: 60 ± 3 binomial SD (22)."""
    simulation = _simulate(_scenario(), replace(EXACT, drop_chance=0.1))
    assert len(_packets(simulation.inputs)) + simulation.dropped == 600
    assert simulation.dropped == pytest.approx(60, abs=22)
    assert len(_rr_ticks(simulation.inputs)) < len(simulation.beats)


def test_a_duplicate_is_the_same_bytes_at_the_same_time() -> None:
    packets = _packets(_simulate(_scenario(), replace(EXACT, duplicate_chance=0.1)).inputs)
    repeated = [(a, b) for a, b in pairwise(packets) if a.mono_ms == b.mono_ms]
    assert len(repeated) == len(packets) - 600 > 30
    assert all(a == b for a, b in repeated)


@pytest.mark.parametrize("ppm", [400, -400])
def test_a_clock_that_is_off_stretches_the_intervals_by_its_error(ppm: int) -> None:
    simulation = _simulate(_scenario(duration_s=3600), replace(EXACT, clock_ppm=ppm))
    true_ticks = simulation.beats[-1].tick
    assert sum(_rr_ticks(simulation.inputs)) == pytest.approx(true_ticks * (1 + ppm / 1e6), abs=1)


def test_while_contact_is_lost_packets_say_so_and_hold_nothing() -> None:
    lost = Episode(kind=EpisodeKind.CONTACT_LOSS, start_s=100, duration_s=7)
    measurements = _measurements(_simulate(_scenario(lost)).inputs)
    assert len(measurements) == 600
    assert [m.has_contact for m in measurements[99:108]] == [True, *[False] * 7, True]
    assert all(m.heart_rate_bpm == 0 and m.rr_ticks == () for m in measurements[100:107])


def test_no_interval_reaches_over_beats_the_strap_did_not_see() -> None:
    """The first beat after contact returns has no predecessor: seven seconds and one interval are missing."""
    lost = Episode(kind=EpisodeKind.CONTACT_LOSS, start_s=100, duration_s=7)
    simulation = _simulate(_scenario(lost))
    unseen = [b for b in simulation.beats if 100 <= b.tick // 1024 < 107]
    first_seen = next(b for b in simulation.beats if b.tick // 1024 >= 107)
    expected = [b.rr_ticks for b in simulation.beats if b not in unseen and b is not first_seen]
    assert _rr_ticks(simulation.inputs) == expected


def test_a_strap_that_does_not_report_contact_says_nothing_about_it() -> None:
    lost = Episode(kind=EpisodeKind.CONTACT_LOSS, start_s=100, duration_s=7)
    measurements = _measurements(_simulate(_scenario(lost), replace(EXACT, reports_contact=False)).inputs)
    assert {m.has_contact for m in measurements} == {None}


def test_a_dropout_is_silence_on_a_link_that_stays() -> None:
    dropout = Episode(kind=EpisodeKind.DROPOUT, start_s=100, duration_s=30)
    simulation = _simulate(_scenario(dropout))
    assert simulation.dropped == 30
    assert not [p for p in _packets(simulation.inputs) if 101_000 <= p.mono_ms < 131_000]
    assert not [item for item in simulation.inputs if isinstance(item, SensorLost)]


def test_a_lost_link_is_said_once_and_so_is_its_return() -> None:
    lost = Episode(kind=EpisodeKind.LINK_LOST, start_s=100, duration_s=180)
    inputs = _simulate(_scenario(lost)).inputs
    links = [item for item in inputs if isinstance(item, SensorConnected | SensorLost)]
    assert [(type(item).__name__, item.mono_ms) for item in links] == [
        ("SensorConnected", 0),
        ("SensorLost", 100_500),
        ("SensorConnected", 280_000),
    ]
    assert not [p for p in _packets(inputs) if 100_500 <= p.mono_ms <= 280_000]


def test_what_was_held_when_the_link_broke_is_lost_and_counted() -> None:
    strap = Strap(1, replace(EXACT, burst_chance=1.0), 0)
    beat = SimulatedBeat(tick=900, rr_ticks=900, truth=BeatTruth.NORMAL)
    strap.second([beat], Link.CONNECTED)
    assert strap.held == 1
    assert [type(item) for item in strap.second([], Link.LOST)] == [SensorLost]
    assert (strap.held, strap.dropped) == (0, 1)


def test_a_run_starts_and_ends_as_every_run_does() -> None:
    inputs = _simulate(_scenario()).inputs
    assert inputs[0] == RunStarted(
        mono_ms=0,
        at=AT,
        run=RunId("test-3"),
        version=hrvdaemon.__version__,
        zone="Europe/Berlin",
        boot_id="simulated",
        seed=3,
        settings={},
    )
    assert inputs[1] == SensorConnected(mono_ms=0, sensor=SIMULATED, name="Simulated strap")
    assert isinstance(inputs[-1], RunEnded)
    assert inputs[-1].mono_ms >= inputs[-2].mono_ms


def test_a_run_is_its_scenario_and_its_seed() -> None:
    assert _simulate(_scenario()).inputs == _simulate(_scenario()).inputs
    assert _simulate(_scenario()).inputs != _simulate(_scenario(), seed=4).inputs


def test_the_lead_in_is_the_same_packets_whatever_follows() -> None:
    def before_the_event(name: str) -> list[PacketReceived]:
        return [p for p in _packets(_simulate(SCENARIOS[name], StrapManner()).inputs) if p.mono_ms < 3 * 3_600_000]

    assert before_the_event("ectopic") == before_the_event("strap_slips")


def test_living_second_by_second_gives_the_run_that_living_at_once_gives() -> None:
    slip = Episode(kind=EpisodeKind.STRAP_SLIP, start_s=20, duration_s=30)
    lost = Episode(kind=EpisodeKind.LINK_LOST, start_s=70, duration_s=5)
    scenario, manner = _scenario(slip, lost, duration_s=120), StrapManner(drop_chance=0.05, burst_chance=0.1)
    wearer = Wearer(scenario, 3, manner=manner, start_mono_ms=0)
    lived = [item for _ in range(120) for item in wearer.live(1)[0]]
    assert lived == [*_simulate(scenario, manner).inputs[1:-1]]


def test_a_wearer_who_follows_the_pacer_swings_with_it() -> None:
    """E.3: 65 bpm paced at .10 gives RMSSD about 37 where rest gives 26 to 34; the swing itself is ±10 %."""
    wearer = Wearer(_scenario(), 3, manner=EXACT, start_mono_ms=0)
    _, rest = wearer.live(120)
    _, paced = wearer.live(120, Pace(in_s=4, out_s=6))

    def spread(beats: Sequence[SimulatedBeat]) -> float:
        rr = sorted(b.rr_ticks for b in beats)
        return rr[-8] / rr[7]

    assert spread(paced) > 1.15 > spread(rest)


def test_a_wearers_clock_starts_where_it_is_told() -> None:
    wearer = Wearer(_scenario(), 3, manner=EXACT, start_mono_ms=5_000_000)
    assert [item.mono_ms for item in wearer.live(2)[0]] == [5_000_000, 5_001_000, 5_002_000]
