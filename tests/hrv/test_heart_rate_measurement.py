import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrvdaemon.hrv.heart_rate_measurement import HeartRateMeasurement
from hrvdaemon.vocabulary.errors import MalformedPacket

# One table drives decode and encode. Written from the Heart Rate Service specification 1.0.
EXAMPLES = [
    ("0048", HeartRateMeasurement(heart_rate_bpm=72)),
    ("014801", HeartRateMeasurement(heart_rate_bpm=328, is_wide=True)),
    ("014800", HeartRateMeasurement(heart_rate_bpm=72, is_wide=True)),
    ("0448", HeartRateMeasurement(heart_rate_bpm=72, has_contact=False)),
    ("0648", HeartRateMeasurement(heart_rate_bpm=72, has_contact=True)),
    ("08480a00", HeartRateMeasurement(heart_rate_bpm=72, energy_kj=10)),
    ("1048", HeartRateMeasurement(heart_rate_bpm=72, has_rr_field=True)),
    ("10480004", HeartRateMeasurement(heart_rate_bpm=72, rr_ticks=(1024,))),
    (
        "1f4800ffff00040102",
        HeartRateMeasurement(heart_rate_bpm=72, is_wide=True, has_contact=True, energy_kj=65535, rr_ticks=(1024, 513)),
    ),
]


@pytest.mark.parametrize(("packet", "measurement"), EXAMPLES)
def test_bytes_and_measurement_are_inverses(packet: str, measurement: HeartRateMeasurement) -> None:
    assert HeartRateMeasurement.from_bytes(bytes.fromhex(packet)) == measurement
    assert bytes(measurement).hex() == packet


uint16 = st.integers(0, 0xFFFF)
measurements = st.builds(
    HeartRateMeasurement,
    heart_rate_bpm=uint16,
    has_contact=st.sampled_from([None, False, True]),
    energy_kj=st.none() | uint16,
    rr_ticks=st.lists(uint16, max_size=9).map(tuple),
)


@given(measurements)
def test_decoding_undoes_encoding_for_every_combination_of_flags(measurement: HeartRateMeasurement) -> None:
    read = HeartRateMeasurement.from_bytes(bytes(measurement))
    assert read.rr_ticks == measurement.rr_ticks
    assert (read.heart_rate_bpm, read.has_contact, read.energy_kj) == (
        measurement.heart_rate_bpm,
        measurement.has_contact,
        measurement.energy_kj,
    )
    assert bytes(read) == bytes(measurement)


@given(st.binary(max_size=40))
def test_any_bytes_give_a_measurement_or_malformed_packet_and_nothing_else(data: bytes) -> None:
    try:
        measurement = HeartRateMeasurement.from_bytes(data)
    except MalformedPacket as error:
        assert error.data == data
        assert "expected" in str(error)
    else:
        assert len(bytes(measurement)) + measurement.stray_bytes == len(data)


@pytest.mark.parametrize("packet", ["", "10", "0148", "0848", "084801", "0948010a"])
def test_flags_that_promise_more_than_is_there_are_malformed(packet: str) -> None:
    with pytest.raises(MalformedPacket, match=packet[:2] or "empty"):
        HeartRateMeasurement.from_bytes(bytes.fromhex(packet))


def test_one_stray_byte_after_whole_intervals_is_left_out_and_counted() -> None:
    measurement = HeartRateMeasurement.from_bytes(bytes.fromhex("103eb103de"))
    assert measurement.rr_ticks == (945,)
    assert measurement.stray_bytes == 1


def test_published_vectors_of_real_straps_are_read_as_their_sources_say(recordings: Path) -> None:
    vectors = json.loads((recordings / "ble" / "hr_measurement_vectors.json").read_text())
    assert len(vectors) >= 18
    for vector in vectors:
        data, expected = bytes.fromhex(vector["hex"]), vector["expected"]
        if vector["kind"].startswith("malformed"):
            with pytest.raises(MalformedPacket):
                HeartRateMeasurement.from_bytes(data)
            continue
        read = HeartRateMeasurement.from_bytes(data)
        assert read.heart_rate_bpm == expected["hr"], vector["hex"]
        assert list(read.rr_ticks) == expected["rr_1024"], vector["hex"]
        assert read.energy_kj == expected["energy_kj"], vector["hex"]
        assert read.stray_bytes == expected["trailing_bytes"], vector["hex"]
        assert read.has_contact == (expected["contact"] if expected["contact_supported"] else None), vector["hex"]
