from pathlib import Path

from benchmarks.results import Table, machine, write_section


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    for heading, text in (("Speed", "fast"), ("Artefacts", "| a |"), ("Speed", "faster")):
        write_section(heading, text, file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Results\n")
    assert text.endswith("## Speed\n\nfaster\n\n## Artefacts\n\n| a |\n")


def test_a_table_is_markdown() -> None:
    assert str(Table(("a", "bc"), [("def", "g")])) == "| a   | bc |\n| --- | -- |\n| def | g  |"


def test_the_machine_has_no_name() -> None:
    import socket

    assert socket.gethostname() not in machine()
    assert "Python" in machine()
