"""What the ARN of a state machine stands for: the machine as it is now, one of its versions, or the one of two versions
that an alias routes to.

Source: AWS API reference, StartExecution and DescribeStateMachine; AWS Developer Guide, "State machine aliases".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepfunctions.server.stepfunctions.alias_store import AliasStore
from stepfunctions.server.stepfunctions.arns import Arn, parse_state_machine_arn
from stepfunctions.server.stepfunctions.errors import state_machine_does_not_exist
from stepfunctions.server.stepfunctions.registry import DELETING, Registry, StateMachine
from stepfunctions.server.stepfunctions.version_store import Version, VersionStore


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be looked at or run.

    Args:
        machine: the state machine, as it is now or as it was published.
        version: the version, if it is one.
        alias_arn: the alias that led to it, if one did.
    """

    machine: StateMachine
    version: Version | None = None
    alias_arn: str | None = None

    @property
    def version_arn(self) -> str | None:
        """The ARN of the version, if it is one."""
        return None if self.version is None else self.version.arn


class Targets:
    """Finds targets.

    Args:
        registry: knows the state machines.
        versions: knows their versions.
        aliases: knows their aliases.
        entropy: gives 64 random bits; an alias chooses by them.
    """

    def __init__(
        self, registry: Registry, versions: VersionStore, aliases: AliasStore, entropy: Callable[[], int]
    ) -> None:
        self._registry = registry
        self._versions = versions
        self._aliases = aliases
        self._entropy = entropy

    def to_start(self, text: str) -> Target:
        """Return what an execution that is started on *text* runs; an alias chooses anew each time.

        Raises:
            AwsError: InvalidArn, ValidationException, StateMachineDoesNotExist or StateMachineDeleting.
        """
        arn = parse_state_machine_arn(text)
        machine = self._registry.find(arn.unqualified)
        if machine is None:
            raise state_machine_does_not_exist(text)
        self._registry.get_active(arn.unqualified)
        return self._find(arn, machine, self._entropy() % 100 if arn.qualifier else 0)

    def to_describe(self, text: str) -> Target:
        """Return what *text* stands for; an alias, for the version it lists first (not verified against AWS).

        Raises:
            AwsError: InvalidArn, ValidationException or StateMachineDoesNotExist.
        """
        arn = parse_state_machine_arn(text)
        machine = self._registry.find(arn.unqualified)
        if machine is None:
            raise state_machine_does_not_exist(text)
        return self._find(arn, machine, 0)

    def is_deleting(self, machine_arn: str) -> bool:
        """Return whether a state machine is on its way out."""
        machine = self._registry.find(machine_arn)
        return machine is not None and machine.status == DELETING

    def forget(self, machine_arn: str) -> None:
        """Let go of what is in memory of a state machine that the registry has deleted."""
        self._versions.forget(machine_arn)
        self._aliases.forget(machine_arn)

    def _find(self, arn: Arn, machine: StateMachine, point: int) -> Target:
        if arn.qualifier is None:
            return Target(machine)
        alias = None if arn.version is not None else self._aliases.find(arn.text)
        qualified = arn if alias is None else parse_state_machine_arn(alias.route(point))
        version = None
        if qualified.version is not None:
            version = self._versions.find(qualified.unqualified, qualified.version)
        if version is None:
            raise state_machine_does_not_exist(arn.text)
        return Target(version.machine, version, None if alias is None else alias.arn)
