"""A Distributed Map over a CSV file of 100,000 rows in S3: items/s, and the server's peak resident memory.

Once with a child execution for every row, then with batches of 100; the results of both are written to S3. The server
is the local cloud in a process of its own, as ``sfn local start`` runs it. Memory has a ceiling, whatever the file's
length. ``python benchmarks/distributed_map.py [ROWS]``; needs Linux, for the peak memory of another process.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from servers import HOST, free_port, resident_megabytes, serving

ROWS = 100_000
RESIDENT_MEGABYTES_MAX = 250
ITEMS_PER_SECOND_LEAST = {"a child for each row": 2_000, "batches of 100": 15_000}
ROLE = "arn:aws:iam::123456789012:role/bench"


def clients(url: str) -> tuple[Any, Any]:
    """Return boto3 clients of S3 and Step Functions."""
    import boto3

    settings = {
        "endpoint_url": url,
        "region_name": "us-east-1",
        "aws_access_key_id": "bench",
        "aws_secret_access_key": "bench",
    }
    return boto3.client("s3", **settings), boto3.client("stepfunctions", **settings)


def definition(batch: int | None) -> str:
    """Return a machine that maps the file's rows, one by one or in batches."""
    state = {
        "Type": "Map",
        "Label": "rows",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "Parameters": {"Bucket": "bench", "Key": "rows.csv"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Row",
            "States": {"Row": {"Type": "Pass", "End": True}},
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "bench", "Prefix": "results"},
        },
        "MaxConcurrency": 1000,
        "End": True,
    }
    if batch is not None:
        state["ItemBatcher"] = {"MaxItemsPerBatch": batch}
    return json.dumps({"StartAt": "Rows", "States": {"Rows": state}})


def run(states: Any, name: str, batch: int | None, rows: int) -> float:
    """Run the machine to its end and return the seconds it took; every row must have succeeded."""
    machine = states.create_state_machine(name=name, definition=definition(batch), roleArn=ROLE)["stateMachineArn"]
    start = time.perf_counter()
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    while (described := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.1)
    seconds = time.perf_counter() - start
    if described["status"] != "SUCCEEDED":
        raise SystemExit(f"{name}: {described.get('error')}: {described.get('cause')}")
    (listed,) = states.list_map_runs(executionArn=execution)["mapRuns"]
    counts = states.describe_map_run(mapRunArn=listed["mapRunArn"])["itemCounts"]
    if counts["succeeded"] != rows:
        raise SystemExit(f"{name}: {counts}")
    return seconds


def main() -> int:
    """Measure, print, and return 1 if anything is too slow or too large."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    failed = False
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).parent / "sfn"), "local", "start", "--port", str(port), "--data", folder]
        with serving(*command, port=port) as pid:
            s3, states = clients(f"http://{HOST}:{port}")
            s3.create_bucket(Bucket="bench")
            lines = (f"{number},name {number},{number % 97}\n" for number in range(rows))
            s3.put_object(Bucket="bench", Key="rows.csv", Body=("id,name,kind\n" + "".join(lines)).encode())
            for name, batch in (("a child for each row", None), ("batches of 100", 100)):
                speed = rows / run(states, name.replace(" ", "-"), batch, rows)
                failed |= speed < ITEMS_PER_SECOND_LEAST[name]
                print(f"{name:<22} {speed:9,.0f} items/s, at least {ITEMS_PER_SECOND_LEAST[name]:,}")
            peak = resident_megabytes(pid)
            failed |= peak > RESIDENT_MEGABYTES_MAX
            print(f"{'peak resident memory':<22} {peak:9,.0f} MB, at most {RESIDENT_MEGABYTES_MAX}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
