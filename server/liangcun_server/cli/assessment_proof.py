"""`liangcun assessment verify | export | key`: proving an assessment, here and on another machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.assessment import Number, assessment
from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import DatabaseUrl, Language
from liangcun_server.cli.output import note, say, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liangcun_server.application import Application
    from liangcun_server.assessments.bundle.exporting import Exported
    from liangcun_server.assessments.bundle.proving import BundleProof
    from liangcun_server.assessments.verifying import Verification
    from liangcun_server.settings import Settings
    from liangcun_standards.text import Text

_LONGEST_SHOWN = 20


@assessment.command("verify")
def verify(
    what: Annotated[
        str,
        typer.Argument(metavar="ID|FILE", help="考评编号，或导出的考评包 / a number, or an exported bundle"),
    ],
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="FINGERPRINT",
            help="应由这个密钥签名（liangcun assessment key 显示）/ whose signature it must be",
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """从数据重算一遍，与记录的结果比对 / work it out again from its data and compare with what is kept."""
    from liangcun_server.cli.reading import BadOption
    from liangcun_server.cli.session import read_settings
    from liangcun_standards.text import Text

    settings = read_settings(database_url=database_url)
    if not what.isdigit():
        _report_bundle(_proved(Path(what), settings), key, settings)
        return
    if key is not None:
        raise BadOption(
            Text("--key 用于考评包，不用于编号", "--key goes with a bundle, not with a number"), where="--key"
        )
    found = _verified(int(what), settings)
    _report(found.differences, found.unproved, found.changed)
    digest = found.assessment.result.digest if found.assessment.result is not None else ""
    say(
        words(
            f"考评 {found.assessment.id} 重算一致，摘要 {digest}",
            f"assessment {found.assessment.id} comes out the same, digest {digest}",
        ),
        "green",
    )


def _verified(number: int, settings: Settings) -> Verification:
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> Verification:
        from liangcun_server.assessments.verifying import verify

        return await verify(application.database, application.plugins, number)

    return ask(work, settings=settings)


def _proved(file: Path, settings: Settings) -> BundleProof:
    """Raises InvalidBundle, also for a file that can't be read."""
    from liangcun_server.assessments.bundle.archive import MOST_BYTES, InvalidBundle
    from liangcun_server.assessments.bundle.proving import proved
    from liangcun_server.cli.installed import plugins
    from liangcun_server.cli.reading import file_bytes

    data = file_bytes(file, InvalidBundle, MOST_BYTES)
    registry = plugins(settings)
    try:
        return proved(data, registry)
    finally:
        registry.close()


def _report_bundle(proof: BundleProof, key: str | None, settings: Settings) -> None:
    differences = list(proof.differences)
    if proof.signed_by is not None:
        say(words("签名密钥：", "signed by: ") + proof.signed_by + _whose(proof.signed_by, settings))
        if key is not None and key.strip().lower() != proof.signed_by:
            from liangcun_standards.text import Text

            differences.insert(
                0,
                Text(
                    f"签名的不是 {key[:60]}，而是 {proof.signed_by}",
                    f"it isn't signed by {key[:60]} but by {proof.signed_by}",
                ),
            )
    _report(differences, proof.unproved, proof.changed)
    found = proof.assessment
    assert found is not None
    assert found.result is not None
    say(
        words(
            f"{found.standard} {found.region_code} {found.period}：每个字节与封存时相同，重算一致，"
            f"摘要 {found.result.digest}",
            f"{found.standard} {found.region_code} {found.period}: every byte is as sealed and it comes out "
            f"the same, digest {found.result.digest}",
        ),
        "green",
    )
    if key is None:
        note(
            words(
                "签名只说明由持有这个密钥的人封存；请与对方公布的指纹核对，或用 --key 写明",
                "the signature says that whoever holds this key sealed it; compare the fingerprint with the "
                "one they publish, or name it with --key",
            )
        )


def _whose(fingerprint: str, settings: Settings) -> str:
    from liangcun_server.assessments.bundle import signing

    if not settings.signing_key.exists():
        return ""
    own = signing.fingerprint(signing.public_half(signing.signing_key(settings.signing_key)))
    return words("（本机的密钥）", " (this installation's own)") if own == fingerprint else ""


def _report(differences: Sequence[Text], unproved: Text | None, changed: Sequence[Text]) -> None:
    """Say what was found; end with code 1 unless all is well."""
    for one in changed:
        warn(one.pick(locale()))
    for one in differences[:_LONGEST_SHOWN]:
        say(one.pick(locale()), "red")
    if unproved is not None:
        say(unproved.pick(locale()), "red")
    if differences or unproved is not None:
        say(words("没有通过验证", "it isn't verified"), "red")
        raise typer.Exit(1)


@assessment.command("export")
def export(
    number: Number,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="默认 考评-ID.zip / by default 考评-ID.zip"),
    ] = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """导出一个考评包：标准、数据、结果，签名封存 / one sealed file: standard, data, results."""
    from liangcun_server.cli.session import ask, read_settings
    from liangcun_server.cli.writing import write_answer

    settings = read_settings(database_url=database_url)

    async def work(application: Application) -> Exported:
        from liangcun_server.assessments.bundle.exporting import exported

        return await exported(application.database, application.plugins, number, settings.signing_key)

    made = ask(work, settings=settings)
    file = output or Path(f"考评-{number}.zip")
    write_answer(made.data, file)
    say(words("签名密钥：", "signed by: ") + made.fingerprint)
    note(
        words(
            f"在任何装有量村的机器上：liangcun assessment verify {file}",
            f"on any machine with liangcun: liangcun assessment verify {file}",
        )
    )


@assessment.command("key")
def show_key(language: Language = None) -> None:
    """本机签名密钥的指纹，公布出去供人核对 / the fingerprint of this installation's key, to be published."""
    from liangcun_server.assessments.bundle import signing
    from liangcun_server.cli.session import read_settings

    file = read_settings().signing_key
    say(signing.fingerprint(signing.public_half(signing.signing_key(file))))
    note(words(f"密钥在 {file}，请另存一份", f"the key is in {file}; keep a copy"))
