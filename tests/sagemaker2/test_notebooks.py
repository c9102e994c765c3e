"""The founding notebook, cell for cell, and our own telling of it: both run for real."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from stepfunctions import LocalCloud
from stepfunctions.workflow import Execution, Workflow

EXAMPLE = Path(__file__).parents[2] / "examples" / "abalone.ipynb"
ROLE = "arn:aws:iam::000000000000:role/StepFunctionsWorkflowExecutionRole"
CODE = re.compile(r"^\.\. code:: ipython3\n\n((?:    .*\n|\n)+)", re.MULTILINE)


def founding_cells(rst: str) -> Iterator[str]:
    for match in CODE.finditer(rst):
        yield "\n".join(line[4:] for line in match[1].rstrip().splitlines())


def founding_notebook(shared: Path, abalone: Path) -> Any:
    cells = list(founding_cells((shared / "reference" / "notebook-abalone.rst").read_text()))
    assert "pip install" in cells[0]
    changed = [
        cell.replace("<execution-role-arn>", ROLE).replace(
            "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/regression/abalone", abalone.as_uri()
        )
        for cell in cells[1:]
    ]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in changed])


def mime_types(notebook: Any) -> set[str]:
    return {mime for cell in notebook.cells for output in cell.get("outputs", ()) for mime in output.get("data", {})}


@pytest.fixture
def founding(shared: Path, abalone: Path) -> Any:
    source = abalone.rename(abalone.with_name("abalone.source"))
    return founding_notebook(shared, source)


def test_the_founding_notebook_runs_as_it_stands(
    founding: Any, execute: Callable[[Any], Any], cloud: LocalCloud
) -> None:
    executed = execute(founding)
    assert {"image/svg+xml", "text/html"} <= mime_types(executed)

    client = cloud.boto_session().client("stepfunctions")
    [machine] = [each for each in Workflow.list_workflows(client=client) if each["name"] == "MyTrainTransformDeploy_v1"]
    workflow = Workflow.attach(machine["stateMachineArn"], client=client)
    [execution] = workflow.list_executions()
    assert isinstance(execution, Execution)
    described = execution.wait()
    assert described["status"] == "SUCCEEDED", described

    names = execution.get_input()
    sagemaker = cloud.boto_session().client("sagemaker")
    job = sagemaker.describe_training_job(TrainingJobName=names["JobName"])
    metrics = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
    assert 1.8 < metrics["validation:rmse"] < 2.7
    assert job["HyperParameters"]["gamme"] == "4"
    assert sagemaker.describe_transform_job(TransformJobName=names["JobName"])["TransformJobStatus"] == "Completed"
    assert sagemaker.describe_endpoint(EndpointName=names["EndpointName"])["EndpointStatus"] in (
        "Creating",
        "InService",
    )


def test_the_example_notebook_runs_and_its_endpoint_answers(
    abalone: Path, execute: Callable[[Any], Any], cloud: LocalCloud
) -> None:
    executed = execute(nbformat.read(EXAMPLE, as_version=4))
    assert {"image/svg+xml", "text/html"} <= mime_types(executed)
    texts = "".join(output.get("text", "") for cell in executed.cells for output in cell.get("outputs", ()))
    assert texts.count("predicted") == 5
    [answer] = [
        output["data"]["text/plain"]
        for cell in executed.cells
        for output in cell.get("outputs", ())
        if "predictor.predict" in cell.source and "data" in output
    ]
    assert 3 < float(re.sub(r"[^\d.]", "", answer)) < 30
