"""The demo from beginning to end: cloud, data, workflow, progress, and what a person wants to see of the result."""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

from stepfunctions.cli.demo.data import DemoData, prepare
from stepfunctions.cli.demo.definition import TRAIN, build_workflow
from stepfunctions.cli.demo.metrics import LOG_GROUP, MetricsReader
from stepfunctions.cli.demo.terminal import Progress, Terminal
from stepfunctions.cli.main import EXIT_BAD
from stepfunctions.errors import StepladderError
from stepfunctions.local import LocalCloud
from stepfunctions.workflow import Execution, Workflow
from stepfunctions.workflow.progress import statuses

BUCKET = "stepladder-demo"
SHOWN_ROWS = 5
REDRAW_SECONDS = 0.1
ENDPOINT_MAX_SECONDS = 60


def run(data: Path | None, folder: Path) -> int:
    """Run the demo and return its exit code.

    Args:
        data: a libsvm or csv file; a dataset of scikit-learn's by default.
        folder: everything is kept in it.

    Raises:
        StepladderError: the data cannot be read, or the folder cannot be written.
    """
    terminal = Terminal()
    folder = folder.absolute()
    prepared = prepare(data, folder / "data")
    terminal.say(terminal.bold(f"stepladder demo: XGBoost on {prepared.name}"))
    terminal.say(f"  {prepared.describe()}")
    with LocalCloud(folder / "cloud") as cloud:
        terminal.say(f"  local cloud at {cloud.url}, kept in {_shown(folder)}\n")
        return _Demo(terminal, folder, prepared, cloud).run()


def _shown(path: Path) -> str:
    """Return *path* as a person would write it from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def reason(described: dict[str, Any]) -> str:
    """Return why an execution did not succeed, in a sentence.

    Args:
        described: the answer of DescribeExecution. The cause of a job that failed is the whole description of the job.
    """
    error, cause = described.get("error"), described.get("cause", "")
    try:
        cause = json.loads(cause)["FailureReason"]
    except (TypeError, ValueError, KeyError):
        pass  # it is no description of a job
    return ": ".join(each for each in (error, cause) if each) or "no reason was given"


class _Demo:
    def __init__(self, terminal: Terminal, folder: Path, data: DemoData, cloud: LocalCloud) -> None:
        session = cloud.boto_session()
        self._terminal = terminal
        self._folder = folder
        self._data = data
        self._client = session.client("stepfunctions")
        self._s3 = session.client("s3")
        self._sagemaker = session.client("sagemaker")
        self._runtime = session.client("sagemaker-runtime")
        self._logs = session.client("logs")
        self._name = f"demo-{uuid.uuid4().hex[:12]}"

    def run(self) -> int:
        workflow = build_workflow(self._client)
        graph = workflow.render_graph(portrait=True).save(self._folder / "workflow.svg")
        workflow.create()
        workflow.update(definition=workflow.definition)  # the folder may hold another version's workflow of this name
        execution = workflow.execute(name=self._name, inputs=self._upload())
        try:
            self._follow(workflow, execution)
        except KeyboardInterrupt:
            execution.stop(cause="interrupted")  # or the next cloud on this folder would go on with it
            raise
        described = execution.describe()
        if described["status"] != "SUCCEEDED":
            self._terminal.say(f"\n{described['status']}: {reason(described)}")
            return EXIT_BAD
        execution.render_progress(portrait=True).save(graph)
        try:
            self._report(graph)
        finally:
            self._sagemaker.delete_endpoint(EndpointName=self._name)  # or it would come back with every later cloud
        return 0

    def _upload(self) -> dict[str, str]:
        """Upload the files and return the execution's input."""
        self._s3.create_bucket(Bucket=BUCKET)
        prefix = f"s3://{BUCKET}/{self._name}"
        inputs = {"Name": self._name, "ContentType": self._data.files.content_type, "Output": f"{prefix}/output"}
        for part in ("train", "validation", "test"):
            path: Path = getattr(self._data.files, part)
            self._s3.upload_file(str(path), BUCKET, f"{self._name}/{part}/{path.name}")
            inputs[part.capitalize()] = f"{prefix}/{part}"
        return inputs

    def _follow(self, workflow: Workflow, execution: Execution) -> None:
        states = list(workflow.definition.to_dict()["States"])
        progress = Progress(self._terminal, states)
        metrics = MetricsReader(self._logs, self._name)
        while True:
            ended = execution.describe()["status"] != "RUNNING"
            found = statuses(execution.list_events(max_items=1000))
            note = metrics.note() if TRAIN in found else ""
            progress.show(found, {TRAIN: note})
            if ended:
                return
            time.sleep(REDRAW_SECONDS)

    def _report(self, graph: Path) -> None:
        say, bold = self._terminal.say, self._terminal.bold
        job = self._sagemaker.describe_training_job(TrainingJobName=self._name)
        final = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
        say(f"\n{bold('Validation rmse')}  {final['validation:rmse']:.4f}\n")
        say(bold("Batch transform") + ", the first of the test set")
        say(f"  {'predicted':>12}  {'truth':>12}")
        for predicted, truth in list(zip(self._predictions(), self._data.truth(), strict=True))[:SHOWN_ROWS]:
            say(f"  {predicted:>12.3f}  {truth:>12g}")
        say(f"\n{bold('Live endpoint')} {self._name}\n  {self._ask_endpoint()}\n")
        self._say_where(job["ModelArtifacts"]["S3ModelArtifacts"], graph)

    def _predictions(self) -> list[float]:
        key = f"{self._name}/output/{self._data.files.test.name}.out"
        body = self._s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        return [float(line) for line in body.split()]

    def _ask_endpoint(self) -> str:
        give_up_at = time.monotonic() + ENDPOINT_MAX_SECONDS
        while (found := self._sagemaker.describe_endpoint(EndpointName=self._name))["EndpointStatus"] == "Creating":
            if time.monotonic() > give_up_at:
                raise StepladderError(f"the endpoint is not in service after {ENDPOINT_MAX_SECONDS} s; see cloud.log")
            time.sleep(REDRAW_SECONDS)
        if found["EndpointStatus"] != "InService":
            raise StepladderError(f"the endpoint is {found['EndpointStatus']}: {found.get('FailureReason')}")
        record = self._data.first_record()
        answer = self._runtime.invoke_endpoint(
            EndpointName=self._name, ContentType=self._data.files.content_type, Body=record.encode()
        )
        return f"{record}  →  {answer['Body'].read().decode().strip()}"

    def _say_where(self, artefact: str, graph: Path) -> None:
        bucket, _, key = artefact.removeprefix("s3://").partition("/")
        model = self._folder / "model.tar.gz"
        self._s3.download_file(bucket, key, str(model))
        places: list[tuple[str, Any]] = [
            ("model", f"{_shown(model)}  ({artefact})"),
            ("graph", _shown(graph)),
            ("logs", f"{_shown(self._folder / 'cloud')}/  (CloudWatch group {LOG_GROUP})"),
        ]
        for name, place in places:
            self._terminal.say(f"{self._terminal.bold(f'{name:<6}')} {place}")
