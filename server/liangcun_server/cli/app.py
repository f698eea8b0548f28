"""The commands, put together; what each needs is imported when it runs, so that help comes at once."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from liangcun_server.cli import (  # noqa: F401  (register commands)
    assessment_proof,
    scoring_table,
    standard_documents,
    standard_preview,
)
from liangcun_server.cli.assessment import assessment
from liangcun_server.cli.assessor_gap import assessor_gap
from liangcun_server.cli.audit import audit
from liangcun_server.cli.backup import backup, restore
from liangcun_server.cli.compare import compare
from liangcun_server.cli.costs import costs
from liangcun_server.cli.evidence import evidence
from liangcun_server.cli.explain import explain
from liangcun_server.cli.history import history
from liangcun_server.cli.importing import import_command, template
from liangcun_server.cli.indicators import indicators
from liangcun_server.cli.initialise import init
from liangcun_server.cli.inspect_first import inspect_first
from liangcun_server.cli.ladder import ladder
from liangcun_server.cli.observations import observations
from liangcun_server.cli.obstacles import obstacles
from liangcun_server.cli.options import MARKUP
from liangcun_server.cli.plan import plan
from liangcun_server.cli.plugin import (
    build,  # noqa: F401  (registers its command)
    check,  # noqa: F401  (registers its command)
    installing,  # noqa: F401  (registers its commands)
    new,  # noqa: F401  (registers its command)
    switching,  # noqa: F401  (registers its commands)
)
from liangcun_server.cli.plugin.group import plugin
from liangcun_server.cli.plugins import plugins
from liangcun_server.cli.regions import regions
from liangcun_server.cli.report import report, rescore
from liangcun_server.cli.running import CommandLine
from liangcun_server.cli.schema import schema
from liangcun_server.cli.score import score
from liangcun_server.cli.sensitivity import sensitivity
from liangcun_server.cli.serve import serve
from liangcun_server.cli.standards import standards
from liangcun_server.cli.token import token
from liangcun_server.cli.waive import waive
from liangcun_server.cli.whatif import whatif

app = typer.Typer(
    cls=CommandLine,
    help="量村：村级指标、标准与评分 / villages, indicators and assessment standards",
    add_completion=False,
    rich_markup_mode=MARKUP,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback(invoke_without_command=True)
def liangcun(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="版本 / print the version")
    ] = False,
) -> None:
    """量村：村级指标、标准与评分 / villages, indicators and assessment standards."""
    if show_version:
        typer.echo(f"liangcun {version('liangcun-server')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command("init")(init)
app.command("serve")(serve)
app.command("score")(score)
app.command("compare")(compare)
app.command("whatif")(whatif)
app.command("sensitivity")(sensitivity)
app.command("inspect-first")(inspect_first)
app.command("report")(report)
app.command("rescore")(rescore)
app.command("explain")(explain)
app.command("plan")(plan)
app.add_typer(costs, name="costs")
app.command("obstacles")(obstacles)
app.command("assessor-gap")(assessor_gap)
app.command("waive")(waive)
app.command("template")(template)
app.command("import")(import_command)
app.command("backup")(backup)
app.command("restore")(restore)
app.add_typer(assessment, name="assessment")
app.add_typer(evidence, name="evidence")
app.add_typer(history, name="history")
app.add_typer(ladder, name="ladder")
app.add_typer(audit, name="audit")
app.command("plugins")(plugins)
app.add_typer(plugin, name="plugin")
app.add_typer(regions, name="regions")
app.add_typer(standards, name="standards")
# Of one standard one says `liangcun standard preview …`.
app.add_typer(standards, name="standard", hidden=True)
app.add_typer(indicators, name="indicators")
app.add_typer(observations, name="observations")
app.add_typer(schema, name="schema")
app.add_typer(token, name="token")
