"""An assessment as it stands on record: what was run, what it came to, whether it is the official one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel


class UnknownAssessment(LiangcunError):
    """No assessment has this number."""

    code = "UNKNOWN_ASSESSMENT"

    @classmethod
    def of(cls, number: object) -> UnknownAssessment:
        """The error for a number that no assessment has."""
        shown = str(number)[:40]
        return cls(
            Text(
                f"没有编号为“{shown}”的考评；liangcun assessment list 列出现有的",
                f"there is no assessment '{shown}'; liangcun assessment list shows those there are",
            )
        )


class UnfinishedAssessment(LiangcunError):
    """An assessment that has no result."""

    code = "UNFINISHED_ASSESSMENT"

    @classmethod
    def of(cls, number: int) -> UnfinishedAssessment:
        """The error for an assessment that is under way, or was cut short."""
        return cls(
            Text(
                f"考评 {number} 没有结果：还在进行，或者中途断了；断了的请重新运行",
                f"assessment {number} has no result: it is under way, or was cut short and has to be run "
                "again",
            )
        )


class AssessmentStatus(StrEnum):
    """How far an assessment has come."""

    RUNNING = "running"
    UNFINISHED = "unfinished"
    COMPLETE = "complete"
    PUBLISHED = "published"

    @property
    def label(self) -> Text:
        """The status for a reader."""
        return {
            AssessmentStatus.RUNNING: Text("进行中", "running"),
            AssessmentStatus.UNFINISHED: Text("未完成", "unfinished"),
            AssessmentStatus.COMPLETE: Text("已完成", "complete"),
            AssessmentStatus.PUBLISHED: Text("已公布", "published"),
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A write: its revision, when, by whom, why."""

    revision: int
    recorded_at: datetime
    author: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentResult:
    """What a run came to; `digest` is that of the scores, `figures_digest` that of the bytes kept."""

    digest: str
    region_count: int
    ranked_count: int
    passed_count: int
    figures_digest: str
    written: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPublication:
    """That an assessment was made the official one."""

    document_number: str | None
    written: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssessment:
    """What is to be run: a standard over a place (a twelve-digit code) in a period.

    `assessor_level` None takes, for each indicator, the level with the most authority that has a value.
    """

    region_code: str
    standard_id: str
    version: str
    standard_digest: str
    period: Period
    assessor_level: AssessorLevel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(NewAssessment):
    """One run of a standard. It rests upon everything written up to `started.revision`."""

    id: int
    started: Written
    result: AssessmentResult | None = None
    publication: AssessmentPublication | None = None

    @property
    def standard(self) -> str:
        """JURISDICTION/CODE@VERSION."""
        return f"{self.standard_id}@{self.version}"

    def status(self, running: bool = False) -> AssessmentStatus:
        """How far it has come; `running` says that this process is at work on it."""
        if self.publication is not None:
            return AssessmentStatus.PUBLISHED
        if self.result is not None:
            return AssessmentStatus.COMPLETE
        return AssessmentStatus.RUNNING if running else AssessmentStatus.UNFINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentNotice:
    """What a plugin's action (PLUGIN.NAME) remarked, of a region or of the whole, or how it `failed`."""

    action: str
    region_code: str | None
    text: Text
    failed: bool
