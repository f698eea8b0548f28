"""Scorecards (评分表) and rankings (排名): live answers from the indicator tables."""
