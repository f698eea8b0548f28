"""The group of commands about one plugin; each command's file registers with it."""

from __future__ import annotations

from liangcun_server.cli.subcommands import group

plugin = group(
    "插件：新建、检查、打包、安装、启停 / plugins: write, check, build, install, switch on and off"
)
