"""Documents that a county might write, for the tests of bringing them in."""

from __future__ import annotations

BY = {"author": "王敏", "reason": "2024 年考核"}

# 长岭县's own for 2024: hardened roads worth more, greening left to another standard.
OWN = """\
jurisdiction: 220722
code: jiuyou-liuwu
version: 2024
title: 长岭县九有六无（2024）
effective: {from: 2024-01-01}
source: {status: interpretation, text: 县里 2024 年的讨论稿}
extends: 220722/jiuyou-liuwu@2023
changes:
  - {change: reweigh, target: hardened-road, max_score: 20, reason: 2024 年把硬化路放在首位}
  - {change: remove, target: greening, reason: 绿化改由三化考核}
"""
NAME = "220722/jiuyou-liuwu@2024"
