"""Regions (行政区划): the shipped divisions, region files, loading and looking up."""
