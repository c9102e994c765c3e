"""The demo's parts: data, metrics, terminal."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from stepfunctions.cli.demo.data import prepare
from stepfunctions.cli.demo.metrics import MetricsReader
from stepfunctions.cli.demo.show import reason
from stepfunctions.cli.demo.terminal import Progress, Terminal, sparkline
from stepfunctions.errors import StepladderError


def test_the_dataset_is_split_the_same_way_every_time(tmp_path: Path) -> None:
    first, second = prepare(None, tmp_path / "a"), prepare(None, tmp_path / "b")
    assert first.describe() == "442 rows of 10 features, 66 of them to predict"
    assert first.files.test.read_text() == second.files.test.read_text()
    assert first.files.content_type == "text/csv"


def test_a_file_keeps_its_format(tmp_path: Path) -> None:
    csv, svm = tmp_path / "rows.csv", tmp_path / "rows"
    csv.write_text("\n".join(f"{number},{number * 2},3" for number in range(40)))
    svm.write_text("\n".join(f"{number} 1:0.5 2:{number}" for number in range(40)))
    assert prepare(svm, tmp_path / "svm").files.content_type == "text/libsvm"
    prepared = prepare(csv, tmp_path / "csv")
    assert prepared.files.content_type == "text/csv"
    assert prepared.first_record() == f"{prepared.truth()[0] * 2:g},3"


@pytest.mark.parametrize(
    ("text", "message"),
    [("a,b\n" * 30, r"cannot read .*rows.*no header"), ("1,2\n" * 3, "has 3 rows; at least 20")],
)
def test_bad_data_is_refused_by_place(tmp_path: Path, text: str, message: str) -> None:
    source = tmp_path / "rows"
    source.write_text(text)
    with pytest.raises(StepladderError, match=message):
        prepare(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepladderError, match=r"there is no file .*nowhere"):
        prepare(tmp_path / "nowhere", tmp_path / "out")


class Logs:
    """Answers like CloudWatch Logs, a page of lines a call."""

    def __init__(self, *pages: list[str]) -> None:
        self.pages = list(pages)

    def describe_log_streams(self, **request: Any) -> dict[str, Any]:
        return {"logStreams": [{"logStreamName": request["logStreamNamePrefix"] + "algo-1"}]}

    def get_log_events(self, **request: Any) -> dict[str, Any]:
        lines = self.pages.pop(0) if self.pages else []
        return {"events": [{"message": line} for line in lines], "nextForwardToken": "t"}


def test_metrics_are_read_as_they_come() -> None:
    reader = MetricsReader(
        Logs(["INFO start", "[0]\ttrain-rmse:9.5\tvalidation-rmse:9.0"], ["[1]#011train-rmse:4.5"]), "j"
    )
    assert reader.note().startswith("round 1  train-rmse 9.500  validation-rmse 9.000")
    assert reader.note().startswith("round 2  train-rmse 4.500")
    assert reader.series["train-rmse"] == [9.5, 4.5]


def test_a_sparkline_spans_its_values() -> None:
    assert sparkline([8, 1, 8]) == "█▁█"
    assert len(sparkline(list(range(500)))) <= 24
    assert sparkline([]) == ""


def test_without_a_terminal_each_change_is_a_line_and_nothing_is_drawn_over() -> None:
    stream = io.StringIO()
    progress = Progress(Terminal(stream), ["A", "B"])
    progress.show({"A": "In Progress"}, {})
    progress.show({"A": "In Progress"}, {})
    progress.show({"A": "Succeeded", "B": "In Progress"}, {"A": "note"})
    lines = stream.getvalue().splitlines()
    assert [line.split()[:2] for line in lines] == [["●", "A"], ["✓", "A"], ["●", "B"]]
    assert lines[1].endswith("note")
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(
    ("described", "said"),
    [
        (
            {"error": "E", "cause": '{"FailureReason": "eta: 7 is not in [0, 1]", "More": []}'},
            "E: eta: 7 is not in [0, 1]",
        ),
        ({"error": "E", "cause": "plain"}, "E: plain"),
        ({"error": "E"}, "E"),
        ({}, "no reason was given"),
    ],
)
def test_a_failure_is_said_in_a_sentence(described: dict[str, str], said: str) -> None:
    assert reason(described) == said
