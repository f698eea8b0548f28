"""Settings of the server and the command line, from environment variables that begin with LIANGCUN_."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from liangcun_server.limits.bounds import DEFAULTS
from liangcun_server.storage.address import parse_address
from liangcun_standards.errors import LiangcunError
from liangcun_standards.regions import full_code
from liangcun_standards.text import Locale, Text

PREFIX = "LIANGCUN_"

# With this seed 73 villages of 长岭县 come out as demonstration villages, the number that the article gives.
DEMO_SEED = 20230739

# What each kind of fault asks for; Pydantic says it in English only.
_RULES_ZH = {
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "可选：{expected}",
    "bool_parsing": "应为 true 或 false",
    "string_too_short": "不能为空",
}


class InvalidSetting(LiangcunError):
    """An environment variable, or the option that stands for it, with a value that can't be used."""

    code = "INVALID_SETTING"


def _address(text: str) -> str:
    try:
        return parse_address(text).render_as_string(hide_password=False)
    except LiangcunError as error:
        raise ValueError(error) from error


def _region_code(text: str) -> str:
    try:
        full_code(text)
    except LiangcunError as error:
        raise ValueError(error) from error
    return text.strip()


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """What can be set. Read it with `load_settings`, which explains a wrong value."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    database_url: Annotated[str, AfterValidator(_address)] = Field(
        default="sqlite+aiosqlite:///var/liangcun.db",
        repr=False,
        description="The database: sqlite:///FILE (relative to the working directory; sqlite:////FILE is "
        "absolute) or postgresql://USER:PASSWORD@HOST/DATABASE.",
    )
    plugin_folder: Path = Field(
        default=Path("var/plugins"), description="The folder that liangcun plugin install puts plugins into."
    )
    signing_key: Path = Field(
        default=Path("var/signing-key.pem"),
        description="The Ed25519 key that signs exported assessments, made when it is first needed. Keep a "
        "copy, and keep it from others.",
    )
    evidence_store: str = Field(
        default="var/evidence",
        min_length=1,
        description="Where photos and documents behind observations are kept: a folder, or an object store"
        "'s URL, such as s3://BUCKET/PREFIX.",
    )
    max_evidence_bytes: int = Field(
        default=20_000_000, ge=1, le=200_000_000, description="The largest file of evidence, in bytes."
    )
    max_import_bytes: int = Field(
        default=200_000_000,
        ge=1,
        le=1_000_000_000,
        description="The largest file of values that POST /imports takes, in bytes.",
    )
    host: str = Field(
        default="127.0.0.1", min_length=1, description="The address that the server listens on."
    )
    port: int = Field(
        default=8000, ge=0, le=65535, description="The port that it listens on; 0 for any free."
    )
    within: Annotated[str, AfterValidator(_region_code)] = Field(
        default="220722",
        description="The county, prefecture or province (its division code) that a new database is made for.",
    )
    language: Locale = Field(default="zh", description="The language of the command line: zh or en.")
    log_format: Literal["console", "json"] = Field(
        default="console", description="Log lines for people (console) or for machines (json)."
    )
    log_level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(_lower)
    ] = Field(
        default="info",
        description="The least important log lines to write: debug, info, warning, error or critical.",
    )
    environment: Literal["production", "development"] = Field(
        default="production",
        description="development shows more of what went wrong inside; production doesn't.",
    )
    metrics: bool = Field(
        default=True,
        description="Whether /metrics tells figures to Prometheus. Keep it from the public at the proxy.",
    )
    tracing: bool = Field(
        default=False,
        description="Whether traces are sent by OpenTelemetry, which liangcun-server[otel] installs; where "
        "to, OTEL_EXPORTER_OTLP_ENDPOINT says.",
    )
    compiled: bool = Field(
        default=True,
        description="Whether scoring is compiled in the background once the server answers; the results are "
        "the same; it takes some 150 MB of memory.",
    )
    trusted_documents: Path | None = Field(
        default=None, description="A folder of GraphQL documents that clients may ask for by their hash."
    )
    trusted_only: bool = Field(
        default=False,
        description="Whether only trusted documents run: those in the folder and those that come with the "
        "server.",
    )
    open_reading: bool = Field(
        default=True,
        description="Whether anyone who reaches the server may query it; otherwise that takes the operator's "
        "token, as writing always does.",
    )
    graphiql: bool = Field(
        default=True, description="Whether a browser that opens /graphql gets the query page GraphiQL."
    )
    introspection: bool = Field(
        default=DEFAULTS.introspection,
        description="Whether questions about the schema itself (__schema, __type) are answered.",
    )
    max_body_bytes: int = Field(
        default=1_000_000, ge=1, description="The largest body of a request, in bytes."
    )
    body_seconds: float = Field(
        default=20,
        gt=0,
        le=86_400,
        allow_inf_nan=False,
        description="How many seconds a client may take to send the head of a request, and its body; of a "
        "file for POST /imports, each megabyte.",
    )
    max_json_depth: int = Field(
        default=32, ge=2, le=1000, description="How deep the JSON of a request may be nested."
    )
    max_document_bytes: int = Field(
        default=DEFAULTS.max_document_bytes, ge=1, description="The largest GraphQL document, in bytes."
    )
    max_tokens: int = Field(
        default=DEFAULTS.max_tokens,
        ge=1,
        description="How many tokens (words and signs) a document may have.",
    )
    max_depth: int = Field(
        default=DEFAULTS.max_depth,
        ge=1,
        le=200,
        description="How deep the fields of a document may be nested; introspection usually takes 15.",
    )
    max_fields: int = Field(
        default=DEFAULTS.max_fields,
        ge=1,
        description="How many fields an operation may have; fragments count wherever they are spread.",
    )
    max_aliases: int = Field(
        default=DEFAULTS.max_aliases,
        ge=0,
        description="How many of its fields may have an alias; fragments count wherever they are spread.",
    )
    max_directives: int = Field(
        default=DEFAULTS.max_directives, ge=0, description="How many directives a document may have."
    )
    max_fragments: int = Field(
        default=DEFAULTS.max_fragments,
        ge=1,
        le=150,
        description="How many operations and fragments a document may have.",
    )
    max_cost: int = Field(
        default=DEFAULTS.max_cost,
        ge=1,
        description="What one request may cost, in points: an object is one, a value a tenth.",
    )
    budget_points: int = Field(
        default=DEFAULTS.budget_points,
        ge=0,
        description="The points that a client (by address) may spend at once; 0 for no such limit.",
    )
    budget_seconds: int = Field(
        default=DEFAULTS.budget_seconds,
        ge=1,
        description="The seconds in which all points of a client come back, evenly.",
    )
    request_seconds: float = Field(
        default=DEFAULTS.request_seconds,
        gt=0,
        le=86_400,
        allow_inf_nan=False,
        description="How many seconds a request may run.",
    )
    statement_seconds: float = Field(
        default=20,
        gt=0,
        le=86_400,
        allow_inf_nan=False,
        description="How many seconds one statement that reads the database may run, but for the loading of "
        "whole tables.",
    )
    plugin_seconds: float = Field(
        default=10,
        gt=0,
        le=3_600,
        allow_inf_nan=False,
        description="How many seconds of the processor a plugin that didn't ship may take to load, and for "
        "one call while it scores.",
    )
    plugin_megabytes: int = Field(
        default=1024,
        ge=64,
        le=65_536,
        description="How much memory a plugin that didn't ship may take beyond the SDK's own.",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many reverse proxies stand before the server: the client's address is read from "
        "X-Forwarded-For, which is believed only as far as they wrote it. 0 believes none of it.",
    )
    demo_seed: int = Field(
        default=DEMO_SEED,
        ge=0,
        le=2**32 - 1,
        description="The seed of the simulated village observations; the same seed gives the same figures.",
    )


def load_settings(**options: Any) -> Settings:
    """The settings from the environment; an option that isn't None goes before its variable.

    Raises InvalidSetting, which names every variable that can't be used and repeats no database address.
    """
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    shown = [(_variable(fault), _reason(fault)) for fault in faults]
    if len(shown) == 1:
        raise InvalidSetting(shown[0][1], where=shown[0][0])
    raise InvalidSetting(
        Text(
            "；".join(f"{name}：{reason.zh}" for name, reason in shown),
            "; ".join(f"{name}: {reason.en}" for name, reason in shown),
        )
    )


def _variable(fault: ErrorDetails) -> str:
    return PREFIX + str(fault["loc"][0]).upper()


def _reason(fault: ErrorDetails) -> Text:
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, ValueError) and cause.args and isinstance(cause.args[0], LiangcunError):
        return cause.args[0].message
    value = str(fault["input"])[:60].encode("utf-8", "replace").decode()
    description = Settings.model_fields[str(fault["loc"][0])].description
    rule = _RULES_ZH.get(fault["type"])
    rule_zh = fault["msg"] if rule is None else rule.format(**fault.get("ctx", {}))
    return Text(f"值“{value}”不可用（{rule_zh}）", f"'{value}' can't be used ({fault['msg']}). {description}")
