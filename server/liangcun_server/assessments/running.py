"""Running an assessment: what it rests upon is fixed first, then it is read, scored, kept, and acted on.

A run that is cut short leaves its beginning on record and no result: there is no half result.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from liangcun_server.assessments import repository
from liangcun_server.assessments.figures import Figures
from liangcun_server.assessments.frozen import freeze
from liangcun_server.assessments.model import AssessmentNotice, NewAssessment
from liangcun_server.assessments.progress import Progress, Runs, Stage
from liangcun_server.assessments.recomputing import Subject, read_inputs, scored
from liangcun_server.exports.notes import notes_within
from liangcun_server.regions.repository import codes_within
from liangcun_server.scorecards.for_plugins import scored_regions
from liangcun_server.scorecards.service import Question, Scores, scope_for
from liangcun_server.storage.database import Database
from liangcun_standards.after_assessment import AfterAssessment, Assessed
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel

KIND = "assessment"
# Under this name stands what is to be known of a result, or why there is none, among the notices of plugins.
OWN_ACTION = "liangcun"

_log = structlog.get_logger("liangcun.assessments")


class NothingToAssess(LiangcunError):
    """A place without regions of the level that the standard scores."""

    code = "NOTHING_TO_ASSESS"


@dataclass(frozen=True)
class _Run:
    """A run under way."""

    number: int
    new: NewAssessment
    resolved: ResolvedStandard
    subject: Subject
    revision: int
    author: str


class AssessmentService:
    """Runs assessments for one event loop. `runs` knows those under way."""

    def __init__(self, database: Database, plugins: PluginRegistry) -> None:
        self._database = database
        self._plugins = plugins
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.runs = Runs()

    async def close(self) -> None:
        """Stop what is under way; it is left without a result."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def begin(
        self,
        resolved: ResolvedStandard,
        region_code: str,
        period: Period,
        assessor_level: AssessorLevel | None = None,
        *,
        author: str,
        reason: str,
    ) -> int:
        """Fix what a run over a place (a twelve-digit code) rests upon and set about it; returns its number.

        Raises LevelMismatch, NothingToAssess, and LiangcunError when author or reason is blank.
        """
        standard = resolved.standard
        scope = scope_for(resolved, region_code)
        new = NewAssessment(
            region_code=region_code,
            standard_id=resolved.id,
            version=standard.version,
            standard_digest=standard.digest,
            period=period,
            assessor_level=assessor_level,
        )
        frozen = await asyncio.to_thread(freeze, resolved, self._plugins)
        async with self._database.write(author=author, reason=reason, kind=KIND) as (connection, revision):
            codes = await codes_within(connection, scope, standard.level)
            if not codes:
                raise NothingToAssess(
                    Text(
                        f"{region_code} 之内没有{standard.level.label.zh}，无可考评",
                        f"there is no {standard.level.label.en} within {region_code} to assess",
                    )
                )
            number = await repository.add_assessment(connection, new, frozen, revision)
        subject = Subject(standard, resolved.id, frozen.indicators, codes, scope, period, assessor_level)
        self.runs.tell(Progress(number, Stage.READING))
        run = _Run(number, new, resolved, subject, revision, author)
        task = asyncio.create_task(self._run(run))
        self._tasks[number] = task
        task.add_done_callback(lambda _: self._over(number))
        return number

    def _over(self, number: int) -> None:
        del self._tasks[number]
        if number in self.runs:
            # Stopped before it said so itself.
            self.runs.tell(Progress(number, Stage.FAILED))

    async def wait(self, number: int, seconds: float | None = None) -> None:
        """Wait until a run is over, or for so long; one that isn't under way is over."""
        task = self._tasks.get(number)
        if task is not None:
            await asyncio.wait([task], timeout=seconds)

    async def _run(self, run: _Run) -> None:
        try:
            result = await self._scored(run)
            await self._record(run, result)
            await self._act(run, result)
        except LiangcunError as error:
            await self._failed(run, Text(error.text("zh"), error.text("en")))
        except Exception as error:
            incident = uuid.uuid4().hex[:12]
            _log.error("an assessment failed", incident=incident, assessment=run.number, exc_info=error)
            await self._failed(
                run,
                Text(
                    f"内部错误，编号 {incident}，见服务器日志",
                    f"something went wrong inside; the server's log says more under {incident}",
                ),
            )
        else:
            self.runs.tell(Progress(run.number, Stage.DONE, 1, 1))

    async def _failed(self, run: _Run, why: Text) -> None:
        """Put on record why there is no result, where that can be."""
        try:
            await self._add_notices(run, [_notice(OWN_ACTION, why, failed=True)])
        except LiangcunError as error:
            _log.error("a failed assessment isn't on record", assessment=run.number, exc_info=error)
        self.runs.tell(Progress(run.number, Stage.FAILED, error=why))

    async def _scored(self, run: _Run) -> ScoreResult:
        def step(done: int, total: int) -> None:
            self.runs.tell(Progress(run.number, Stage.READING, done, total))

        async with self._database.read(at_length=True) as connection:
            inputs = await read_inputs(connection, run.subject, run.revision, step)
        self.runs.tell(Progress(run.number, Stage.SCORING))
        return await asyncio.to_thread(scored, run.subject, inputs)

    async def _record(self, run: _Run, result: ScoreResult) -> None:
        self.runs.tell(Progress(run.number, Stage.RECORDING))
        place = run.new.region_code
        figures, digest = await asyncio.to_thread(lambda: (Figures.of(result, place), result.digest))
        notes = await self._notes(run, result)
        async with self._database.write(author=run.author, reason=f"考评 {run.number} 的结果", kind=KIND) as (
            connection,
            revision,
        ):
            await repository.add_result(
                connection, run.number, scope=place, digest=digest, figures=figures, revision=revision
            )
            await repository.add_notices(connection, run.number, notes, revision)

    async def _notes(self, run: _Run, result: ScoreResult) -> list[AssessmentNotice]:
        """What is to be known of the result: what is simulated, what is a working interpretation."""
        new = run.new
        question = Question(run.resolved, run.subject.scope, new.period, new.assessor_level, run.revision)
        async with self._database.read(at_length=True) as connection:
            notes = await notes_within(connection, Scores(question, result, {}), new.region_code)
        return [_notice(OWN_ACTION, one) for one in notes]

    async def _act(self, run: _Run, result: ScoreResult) -> None:
        actions = [
            action
            for action in self._plugins.own.actions.values()
            if action.standard in (None, run.new.standard_id)
        ]
        if not actions:
            return
        notices: list[AssessmentNotice] = []
        assessed = await asyncio.to_thread(_assessed, run, result)
        for done, action in enumerate(actions):
            self.runs.tell(Progress(run.number, Stage.ACTIONS, done, len(actions)))
            notices += await asyncio.to_thread(partial(_noticed, action, assessed))
        if notices:
            await self._add_notices(run, notices)

    async def _add_notices(self, run: _Run, notices: Sequence[AssessmentNotice]) -> None:
        async with self._database.write(author=run.author, reason=f"考评 {run.number} 的附注", kind=KIND) as (
            connection,
            revision,
        ):
            await repository.add_notices(connection, run.number, notices, revision)


def _assessed(run: _Run, result: ScoreResult) -> Assessed:
    place = run.new.region_code
    rows, grades = result.rows_within(place), result.standard.grades
    level = run.new.assessor_level
    return Assessed(
        assessment=run.number,
        standard=f"{run.new.standard_id}@{run.new.version}",
        scope=place,
        period=str(run.new.period),
        level=None if level is None else level.value,
        scored=scored_regions(result, place),
        passed=result.passed[rows].copy(),
        grades=tuple(None if one < 0 else grades[one].code for one in result.grade[rows].tolist()),
    )


def _noticed(action: AfterAssessment, assessed: Assessed) -> list[AssessmentNotice]:
    """What an action gives; one that fails leaves that on record and holds nothing up."""
    try:
        given = action.notices(assessed)
    except LiangcunError as error:
        return [_notice(action.name, Text(error.text("zh"), error.text("en")), failed=True)]
    return [_notice(action.name, one.text, one.region) for one in given]


def _notice(action: str, text: Text, region: str | None = None, *, failed: bool = False) -> AssessmentNotice:
    return AssessmentNotice(action=action, region_code=region, text=text, failed=failed)
