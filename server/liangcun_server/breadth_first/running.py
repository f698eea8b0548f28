"""One execution of a plan: the levels still to go through, and what's awaited meanwhile."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from graphql import ExecutionResult
from graphql.execution.executor import Executor
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from liangcun_server.breadth_first.awaiting import Arrive, Awaited, cancel
from liangcun_server.breadth_first.cells import Cells
from liangcun_server.breadth_first.completing import complete
from liangcun_server.breadth_first.failures import Failure, Failures
from liangcun_server.breadth_first.places import FieldColumn, Objects, path_to
from liangcun_server.breadth_first.planning import OperationPlan, PlannedField


class Run:
    """The state of one execution.

    Resolvers and completions put objects into `queue` and awaitables into `wait`; the queue is gone through
    without a pause as long as there's anything in it.
    """

    def __init__(self, executor: Executor[Any], plan: OperationPlan, *, serial: bool) -> None:
        self.executor = executor
        self.plan = plan
        self.queue: deque[Objects] = deque()
        self._serial = serial
        self._data = plan.root.template.copy()
        self._root = Objects(plan.root, [executor.root_value], [self._data])
        self._failures = Failures()
        self._waiting: list[Awaited] = []
        self._arguments: dict[PlannedField, dict[str, Any] | Exception] = {}
        self._info_parts: dict[PlannedField, tuple[type, tuple[Any, ...], tuple[Any, ...]]] = {}
        self._steps = self._first_steps()

    def execute(self) -> ExecutionResult | Any:
        """The result, or an awaitable of it once something has to be awaited."""
        return self._result() if self._advance(waiting=False) else self._await_rest()

    # What resolvers and completions call.

    def fail(self, cells: Cells, place: int, error: Exception, *, late: bool = False) -> None:
        """Note the error of a cell."""
        propagates = self.executor.error_propagation
        entry = cells.entry(place)
        self._failures.note(Failure(cells.column, entry, error, cells.wave, late=late, propagates=propagates))

    def wait(self, cells: Cells, awaitables: list[Any], arrive: Arrive) -> None:
        """Await together what the cells' values depend on, then go on with `arrive`."""
        self._waiting.append(Awaited(cells, awaitables, arrive))

    def arguments(self, field: PlannedField) -> dict[str, Any]:
        """The field's arguments, the same for every object. Raises GraphQLError when they can't be."""
        known = self._arguments.get(field)
        if known is None:
            known = self._arguments[field] = self._coerce_arguments(field)
        if isinstance(known, Exception):
            raise known
        return known

    def own_resolver(self, field: PlannedField) -> Callable[..., Any]:
        """What resolves the field for one object, middleware around it."""
        resolve = field.definition.resolve or self.executor.field_resolver
        middleware = self.executor.middleware_manager
        return resolve if middleware is None else middleware.get_field_resolver(resolve)

    def info(self, column: FieldColumn, entry: int) -> Any:
        """GraphQL's info for one entry."""
        class_, before, after = self._parts(column.field)
        return tuple.__new__(class_, (*before, path_to(column, entry), *after))

    def infos(self, column: FieldColumn) -> list[Any]:
        """GraphQL's info for every entry."""
        class_, before, after = self._parts(column.field)
        new = tuple.__new__
        return [new(class_, (*before, path, *after)) for path in column.paths()]

    def info_at(self, cells: Cells, place: int) -> Any:
        """GraphQL's info for the field that the cell's value is of, or a part of."""
        return self.info(*cells.column.field_entry(cells.entry(place)))

    def fill(self, cells: Cells, values: Sequence[Any]) -> None:
        """Complete the values of cells and write them into the answer."""
        cells.column.put(cells.entries, complete(self, cells, values))

    def _parts(self, field: PlannedField) -> tuple[type, tuple[Any, ...], tuple[Any, ...]]:
        """The info's class, and what stands in it before and after the path, which alone differs."""
        parts = self._info_parts.get(field)
        if parts is None:
            info: Any = self.executor.build_resolve_info(
                field.definition, field.nodes, field.parent_type, Path(None, field.key, None)
            )
            at = info._fields.index("path")
            parts = self._info_parts[field] = (type(info), info[:at], info[at + 1 :])
        return parts

    def _coerce_arguments(self, field: PlannedField) -> dict[str, Any] | Exception:
        node = field.nodes[0]
        if not field.definition.args and not node.arguments:
            return {}
        executor = self.executor
        try:
            return get_argument_values(
                field.definition, node, executor.variable_values, None, executor.hide_suggestions
            )
        except Exception as error:
            return error

    # The levels.

    def _first_steps(self) -> Iterator[tuple[PlannedField, ...]]:
        """Root fields that may run side by side: all, or each in its turn."""
        fields = self.plan.root.fields
        yield from ((field,) for field in fields) if self._serial else (fields,)

    def _advance(self, *, waiting: bool) -> bool:
        """Go on until there's something to await. Whether everything is done.

        An answer that's null as a whole is done at once: nothing that's still awaited could change it, and
        mutations that haven't begun never do.
        """
        while True:
            while self.queue:
                objects = self.queue.popleft()
                self._resolve(objects, objects.selection.fields)
            if self._failures:
                self._drop_lost()
            if self._failures.everything:
                return True
            if waiting or self._waiting:
                return False
            step = next(self._steps, None)
            if step is None:
                return True
            self._resolve(self._root, step)

    def _resolve(self, objects: Objects, fields: tuple[PlannedField, ...]) -> None:
        for field in fields:
            column = FieldColumn(objects, field)
            values = field.resolver(self, column)
            if values is not None:
                self.fill(Cells(column, wave=objects.wave), values)

    def _result(self) -> ExecutionResult:
        if not self._failures:
            return ExecutionResult(self._data, None)
        return ExecutionResult(*self._failures.settle(self._data, serial=self._serial))

    # The awaiting.

    async def _await_rest(self) -> ExecutionResult:
        """Await what there is, each on its own, and go on with it as it arrives."""
        tasks: dict[asyncio.Task[list[Any]], Awaited] = {}
        known = len(self._failures)
        try:
            while not self._advance(waiting=bool(tasks)):
                if len(self._failures) != known:
                    known = len(self._failures)
                    lost = [task for task, awaited in tasks.items() if self._is_lost(awaited)]
                    await cancel(lost)
                    for task in lost:
                        del tasks[task]
                new, self._waiting = self._waiting, []
                if len(new) == 1 and not tasks:
                    new[0].arrive(await new[0].results())
                    continue
                tasks |= {asyncio.ensure_future(one.results()): one for one in new}
                if tasks:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in [task for task in tasks if task.done()]:
                    tasks.pop(task).arrive(task.result())
        finally:
            await cancel(tasks)
        return self._result()

    def _drop_lost(self) -> None:
        """Begin no waiting for what would end up in a place that is null anyway."""
        kept: list[Awaited] = []
        for awaited in self._waiting:
            if self._is_lost(awaited):
                awaited.drop(self.executor)
            else:
                kept.append(awaited)
        self._waiting = kept

    def _is_lost(self, awaited: Awaited) -> bool:
        column, entries = awaited.cells.column, awaited.cells.entries
        return self._failures.make_null(column, range(len(column)) if entries is None else entries)
