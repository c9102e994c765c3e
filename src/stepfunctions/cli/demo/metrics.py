"""Training metrics as they come: read from the job's log, as anyone would read it on AWS."""

from __future__ import annotations

import re
from typing import Any

from stepfunctions.cli.demo.terminal import sparkline

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
_ROUND = re.compile(r"^\[(\d+)\]\s+(.*)$")
_METRIC = re.compile(r"([\w-]+):(\S+)")


class MetricsReader:
    """Follows the log of one training job."""

    def __init__(self, logs: Any, job_name: str) -> None:
        self._logs = logs
        self._job_name = job_name
        self._stream: str | None = None
        self._token: str | None = None
        self.rounds = 0
        self.series: dict[str, list[float]] = {}

    def note(self) -> str:
        """Read what has come and return it in a line: round, metrics, and how the last of them went."""
        self._read()
        if not self.series:
            return ""
        latest = "  ".join(f"{name} {values[-1]:.3f}" for name, values in self.series.items())
        return f"round {self.rounds}  {latest}  {sparkline(list(self.series.values())[-1])}"

    def _read(self) -> None:
        if self._stream is None and not self._find_stream():
            return
        token = {} if self._token is None else {"nextToken": self._token}
        page = self._logs.get_log_events(
            logGroupName=LOG_GROUP, logStreamName=self._stream, startFromHead=True, **token
        )
        self._token = page["nextForwardToken"]
        for event in page["events"]:
            self._parse(event["message"])

    def _find_stream(self) -> bool:
        try:
            found = self._logs.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{self._job_name}/")[
                "logStreams"
            ]
        except self._logs.exceptions.ResourceNotFoundException:
            return False
        self._stream = found[0]["logStreamName"] if found else None
        return self._stream is not None

    def _parse(self, line: str) -> None:
        found = _ROUND.match(line.replace("#011", "\t"))
        if found is None:
            return
        self.rounds = int(found[1]) + 1
        for name, value in _METRIC.findall(found[2]):
            self.series.setdefault(name, []).append(float(value))
