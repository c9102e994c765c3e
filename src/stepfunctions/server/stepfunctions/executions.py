"""StartExecution, StartSyncExecution, StopExecution, RedriveExecution, DescribeExecution, ListExecutions,
GetExecutionHistory and DescribeStateMachineForExecution.

Not here: Map Runs themselves; their children are executions like others.

Source: AWS API reference; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from stepfunctions.asl.parse import parse
from stepfunctions.asl.references import variable_references
from stepfunctions.engine.engine import Engine
from stepfunctions.engine.mocking.config import MockConfig
from stepfunctions.engine.records import DefinitionRecord, ExecutionRecord, StartExecution
from stepfunctions.errors import Conflict, MockError, NotFound
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.arns import (
    EXECUTION,
    MAP_RUN,
    Arn,
    check_name,
    execution_arn,
    express_arn,
    is_child,
    parse_arn,
    parse_state_machine_arn,
)
from stepfunctions.server.stepfunctions.arns import (
    EXPRESS as EXPRESS_EXECUTION,
)
from stepfunctions.server.stepfunctions.errors import (
    execution_not_redrivable,
    resource_not_found,
    type_not_supported,
    validation,
)
from stepfunctions.server.stepfunctions.inputs import check_input
from stepfunctions.server.stepfunctions.paging import Paging, page_size
from stepfunctions.server.stepfunctions.state_machines import EXPRESS, METADATA_ONLY, VARIABLE_REFERENCES
from stepfunctions.server.stepfunctions.sync_answer import data_members, sync_answer
from stepfunctions.server.stepfunctions.targets import Target, Targets
from stepfunctions.values import Json

TRACE_HEADER: Final = "x-amzn-trace-id"


class Executions:
    """Operations on executions.

    Args:
        targets: knows what the ARN of a state machine stands for.
        engine: runs the executions.
        paging: makes nextTokens.
        mock_config: the test cases that executions may be started on; None for none.
    """

    def __init__(
        self,
        targets: Targets,
        engine: Engine,
        paging: Paging,
        mock_config: MockConfig | None = None,
    ) -> None:
        self._targets = targets
        self._engine = engine
        self._paging = paging
        self._mock_config = mock_config

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "StartExecution": self.start,
            "StartSyncExecution": self.start_sync,
            "StopExecution": self.stop,
            "RedriveExecution": self.redrive,
            "DescribeExecution": self.describe,
            "ListExecutions": self.list,
            "GetExecutionHistory": self.history,
            "DescribeStateMachineForExecution": self.describe_state_machine,
        }

    async def start(self, request: Request, params: dict[str, Any]) -> Json:
        """StartExecution."""
        record = await self._engine.start(replace(self._requested(request, params), effect_id=request.effect_id))
        return {"executionArn": record.execution_arn, "startDate": record.started_at / 1000}

    async def start_sync(self, request: Request, params: dict[str, Any]) -> Json:
        """StartSyncExecution: answers when the execution has ended, however it has."""
        requested = self._requested(request, params)
        if not requested.express:
            raise type_not_supported()
        record = await self._engine.run(replace(requested, synchronous=True))
        return sync_answer(record, params.get("includedData") != METADATA_ONLY)

    def _requested(self, request: Request, params: Mapping[str, Any]) -> StartExecution:
        """Return what is to be started. A trace header of HTTP comes before one in the request.

        Raises:
            AwsError: InvalidArn, InvalidName, InvalidExecutionInput, or something about the state machine.
        """
        machine_arn, marked, test_case = params["stateMachineArn"].partition("#")
        parse_state_machine_arn(machine_arn)
        name = params.get("name") or str(uuid4())
        check_name(name)
        text = params.get("input")
        text = "{}" if text is None else check_input(text)
        target = self._targets.to_start(machine_arn)
        requested = _start_of(target, name, text, request.headers.get(TRACE_HEADER) or params.get("traceHeader"))
        return replace(requested, mocks=self._mocks(target.machine.name, test_case)) if marked else requested

    def _mocks(self, machine: str, test_case: str) -> Mapping[str, Json]:
        if self._mock_config is None:
            raise validation(
                f"The execution is to run the test case '{test_case}', and no mock configuration is set: give the path "
                "of the file in the environment variable SFN_MOCK_CONFIG."
            )
        try:
            return self._mock_config.test_case(machine, test_case)
        except MockError as error:
            raise validation(str(error)) from None

    async def stop(self, request: Request, params: dict[str, Any]) -> Json:
        """StopExecution."""
        arn = _execution(params)
        stopped_at = await self._engine.stop(arn, params.get("error"), params.get("cause"))
        return {"stopDate": stopped_at / 1000}

    async def redrive(self, request: Request, params: dict[str, Any]) -> Json:
        """RedriveExecution."""
        arn = _execution(params)
        record = self._engine.describe(arn)
        reason = self._deleting(record)
        if record.map_run_arn is not None:  # text not verified against AWS
            reason = "Execution is a child of a Map Run and can be redriven by redriving its parent execution only"
        if reason is not None:
            raise execution_not_redrivable(reason)
        try:
            redriven_at = await self._engine.redrive(arn, params.get("clientToken"))
        except Conflict as error:
            raise execution_not_redrivable(str(error)) from None
        return {"redriveDate": redriven_at / 1000}

    async def describe(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeExecution."""
        record = self._engine.describe(_execution(params))
        included = params.get("includedData") != METADATA_ONLY
        described = {
            **_summary(record),
            **data_members("input", record.input, included),
            **data_members("output", record.output, included),
            **self._redrive(record),
        }
        optional = {
            "error": record.error,
            "cause": record.cause,
            "traceHeader": record.trace_header,
            "mapRunArn": record.map_run_arn,
        }
        return described | {name: value for name, value in optional.items() if value is not None}

    async def list(self, request: Request, params: dict[str, Any]) -> Json:
        """ListExecutions, latest first: by the end of those that have ended, by the start or redrive of the others."""
        if params.get("mapRunArn") is not None and params.get("stateMachineArn") is None:
            return self._list_children(params)
        arn = self._listed(params)
        status = params.get("statusFilter")
        if status == "PENDING_REDRIVE":  # text not verified against AWS
            raise validation("The PENDING_REDRIVE status filter is only supported with a Map Run ARN")
        about = ("ListExecutions", arn.text, status)
        page = self._engine.list(
            arn.unqualified,
            version_arn=None if arn.version is None else arn.text,
            alias_arn=arn.text if arn.qualifier is not None and arn.version is None else None,
            status=status,
            limit=page_size(params),
            after=self._paging.cursor(params.get("nextToken"), *about),
        )
        return self._paging.continued({"executions": [_summary(record) for record in page.items]}, page.next, *about)

    def _list_children(self, params: dict[str, Any]) -> Json:
        arn = parse_arn(params["mapRunArn"], MAP_RUN).text
        status, redriven = params.get("statusFilter"), params.get("redriveFilter")
        about = ("ListExecutions", arn, status, redriven)
        try:
            page = self._engine.map_runs.children(
                arn,
                status=status,
                redriven=None if redriven is None else redriven == "REDRIVEN",
                limit=page_size(params),
                after=self._paging.cursor(params.get("nextToken"), *about),
            )
        except NotFound:
            raise resource_not_found(arn) from None
        children = [
            {**_summary(record), "mapRunArn": arn, "itemCount": record.item_count or 0} for record in page.items
        ]
        return self._paging.continued({"executions": children}, page.next, *about)

    async def history(self, request: Request, params: dict[str, Any]) -> Json:
        """GetExecutionHistory."""
        arn = _execution(params)
        reverse, included = bool(params.get("reverseOrder")), params.get("includeExecutionData")
        about = ("GetExecutionHistory", arn, reverse)
        page = self._engine.history(
            arn,
            limit=page_size(params),
            after=self._paging.cursor(params.get("nextToken"), *about),
            reverse=reverse,
            include_execution_data=included is not False,
        )
        return self._paging.continued({"events": list(page.items)}, page.next, *about)

    async def describe_state_machine(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeStateMachineForExecution: the state machine as it was when the execution started."""
        record = self._engine.definition_of(_execution(params))
        return {
            "stateMachineArn": record.state_machine_arn,
            "name": record.state_machine_name,
            "definition": "{}" if params.get("includedData") == METADATA_ONLY else record.definition,
            "roleArn": record.role_arn,
            **(record.attributes if record.map_run_arn is None else _of_child(record)),
        }

    def _listed(self, params: Mapping[str, Any]) -> Arn:
        arn, map_run = params.get("stateMachineArn"), params.get("mapRunArn")
        if (arn is None) == (map_run is None):  # text not verified against AWS
            raise validation("Must specify exactly one of stateMachineArn and mapRunArn")
        parsed = parse_state_machine_arn(str(arn))
        if params.get("redriveFilter") is not None:  # text not verified against AWS
            raise validation("The redriveFilter is only supported with a Map Run ARN")
        if self._targets.to_describe(parsed.text).machine.type == EXPRESS:
            raise type_not_supported()
        return parsed

    def _redrive(self, record: ExecutionRecord) -> dict[str, Json]:
        reason = self._deleting(record) or self._engine.unredrivable_reason(record)
        redrivable = "REDRIVABLE" if record.map_run_arn is None else "REDRIVABLE_BY_MAP_RUN"
        redrive: dict[str, Json] = {"redriveStatus": redrivable if reason is None else "NOT_REDRIVABLE"}
        if reason is not None:
            redrive["redriveStatusReason"] = reason
        return redrive

    def _deleting(self, record: ExecutionRecord) -> str | None:
        """Return the reason not to redrive an execution whose state machine goes; AWS's words."""
        return "State machine is in DELETING status" if self._targets.is_deleting(record.state_machine_arn) else None


def _start_of(target: Target, name: str, text: str, trace_header: str | None) -> StartExecution:
    machine = target.machine
    attributes: dict[str, Json] = {"updateDate": machine.updated_at / 1000, **machine.settings}
    if machine.revision_id is not None:
        attributes["revisionId"] = machine.revision_id
    return StartExecution(
        definition=machine.definition,
        execution_arn=(express_arn if machine.type == EXPRESS else execution_arn)(machine.arn, name),
        name=name,
        input=text,
        role_arn=machine.role_arn,
        state_machine_arn=machine.arn,
        state_machine_name=machine.name,
        version_arn=target.version_arn,
        alias_arn=target.alias_arn,
        trace_header=trace_header,
        attributes=attributes,
        express=machine.type == EXPRESS,
    )


def _of_child(record: DefinitionRecord) -> dict[str, Json]:
    """Return what else is shown of what a child of a Map Run executes: of variables, those that its own states read."""
    attributes = {name: value for name, value in record.attributes.items() if name != VARIABLE_REFERENCES}
    references = variable_references(parse(record.definition))
    own = {VARIABLE_REFERENCES: references} if references else {}
    return {**attributes, **own, "mapRunArn": record.map_run_arn, "label": record.label}


def _execution(params: Mapping[str, Any]) -> str:
    """Return the ARN of an execution that can be looked at: a standard one, or any child of a Map Run.

    Raises:
        AwsError: InvalidArn.
    """
    text: str = params["executionArn"]
    kinds = (EXECUTION, EXPRESS_EXECUTION) if is_child(text) else (EXECUTION,)
    return parse_arn(text, *kinds).text


def _summary(record: ExecutionRecord) -> dict[str, Json]:
    """Return what ListExecutions shows of an execution; DescribeExecution shows more.

    When an EXPRESS child was redriven is not told, as the API reference says of DescribeExecution.
    """
    summary: dict[str, Json] = {
        "executionArn": record.execution_arn,
        "stateMachineArn": record.state_machine_arn,
        "name": record.name,
        "status": record.status,
        "startDate": record.started_at / 1000,
        "redriveCount": record.redrive_count,
    }
    if record.stopped_at is not None:
        summary["stopDate"] = record.stopped_at / 1000
    if record.redriven_at is not None and f":{EXPRESS_EXECUTION}:" not in record.execution_arn:
        summary["redriveDate"] = record.redriven_at / 1000
    if record.version_arn is not None:
        summary["stateMachineVersionArn"] = record.version_arn
    if record.alias_arn is not None:
        summary["stateMachineAliasArn"] = record.alias_arn
    return summary
