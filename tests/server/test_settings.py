"""Settings from the environment, and what one reads when one of them is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from liangcun_server.settings import PREFIX, InvalidSetting, Settings, load_settings


@pytest.fixture(autouse=True)
def _no_variables_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_without_variables_a_sqlite_file_in_the_working_directory_is_used() -> None:
    settings = load_settings()

    assert settings.database_url == "sqlite+aiosqlite:///var/liangcun.db"
    assert (settings.host, settings.port, settings.within) == ("127.0.0.1", 8000, "220722")
    assert (settings.language, settings.log_format, settings.environment) == ("zh", "console", "production")
    assert settings.graphiql is True


def test_every_setting_has_a_variable_and_a_description(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "database_url": "postgresql+psycopg://h/d",
        "plugin_folder": Path("elsewhere"),
        "signing_key": Path("own.pem"),
        "evidence_store": "s3://county/evidence",
        "max_evidence_bytes": 1_000_000,
        "max_import_bytes": 50_000_000,
        "host": "0.0.0.0",
        "port": 8123,
        "within": "2207",
        "language": "en",
        "log_format": "json",
        "log_level": "debug",
        "environment": "development",
        "metrics": False,
        "tracing": True,
        "trusted_documents": Path("documents"),
        "trusted_only": True,
        "open_reading": False,
        "graphiql": False,
        "introspection": False,
        "max_body_bytes": 2_000_000,
        "body_seconds": 5.5,
        "max_json_depth": 16,
        "max_document_bytes": 50_000,
        "max_tokens": 2_500,
        "max_depth": 12,
        "max_fields": 500,
        "max_aliases": 0,
        "max_directives": 20,
        "max_fragments": 30,
        "max_cost": 5_000,
        "budget_points": 0,
        "budget_seconds": 10,
        "request_seconds": 2.5,
        "statement_seconds": 1.0,
        "plugin_seconds": 2.5,
        "plugin_megabytes": 128,
        "trusted_proxies": 1,
        "demo_seed": 7,
        "compiled": False,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"LIANGCUN_{name.upper()}", str(value))

    assert load_settings().model_dump() == values
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("sqlite:///data/a.db", "sqlite+aiosqlite:///data/a.db"),
        ("postgres://u:p%40ss@h/d", "postgresql+psycopg://u:p%40ss@h/d"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_database_addresses_may_be_plain(
    monkeypatch: pytest.MonkeyPatch, written: str, understood: str
) -> None:
    monkeypatch.setenv("LIANGCUN_DATABASE_URL", written)

    assert load_settings().database_url == understood


def test_a_password_is_not_shown_with_the_settings() -> None:
    settings = load_settings(database_url="postgresql://u:secret@h/d")

    assert "secret" not in repr(settings) + str(settings)


def test_an_option_goes_before_its_variable_unless_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGCUN_PORT", "8123")

    assert load_settings(port=8200).port == 8200
    assert load_settings(port=None).port == 8123


def test_a_log_level_may_be_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGCUN_LOG_LEVEL", "WARNING")

    assert load_settings().log_level == "warning"


@pytest.mark.parametrize(
    ("variable", "value", "zh", "en"),
    [
        ("LIANGCUN_PORT", "eighty", "应为整数", "'eighty'"),
        ("LIANGCUN_PORT", "tcp://10.0.0.1:8000", "应为整数", "'tcp://10.0.0.1:8000'"),
        ("LIANGCUN_PORT", "70000", "不能大于 65535", "65535"),
        ("LIANGCUN_DEMO_SEED", "-1", "不能小于 0", "greater than or equal to 0"),
        ("LIANGCUN_LANGUAGE", "fr", "可选：'zh' or 'en'", "'zh' or 'en'"),
        ("LIANGCUN_GRAPHIQL", "maybe", "应为 true 或 false", "boolean"),
        ("LIANGCUN_REQUEST_SECONDS", "long", "应为数字", "'long'"),
        ("LIANGCUN_REQUEST_SECONDS", "inf", "应为有限的数", "'inf'"),
        ("LIANGCUN_REQUEST_SECONDS", "0", "应大于 0", "greater than 0"),
        ("LIANGCUN_HOST", "", "不能为空", "at least 1 character"),
        ("LIANGCUN_WITHIN", "22072220120", "有 11 位", "has 11 digits"),
        ("LIANGCUN_DATABASE_URL", "mysql://u:secret@h/d", "不支持的数据库类型“mysql”", "'mysql'"),
        ("LIANGCUN_DATABASE_URL", "secret", "数据库地址无法识别", "can't be read"),
    ],
)
def test_a_wrong_value_is_explained_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, zh: str, en: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(InvalidSetting) as caught:
        load_settings()

    assert caught.value.text("zh").startswith(f"{variable}: ")
    assert zh in caught.value.message.zh
    assert en in caught.value.message.en
    assert "secret" not in caught.value.text("zh") + str(caught.value)


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGCUN_PORT", "eighty")
    monkeypatch.setenv("LIANGCUN_LANGUAGE", "fr")

    with pytest.raises(InvalidSetting) as caught:
        load_settings()

    assert "LIANGCUN_PORT：值“eighty”" in caught.value.message.zh
    assert "LIANGCUN_LANGUAGE：值“fr”" in caught.value.message.zh
