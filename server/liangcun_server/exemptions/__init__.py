"""Exemptions (豁免 / 不适用): which criteria don't bind a region, by whose authority, why and until when."""
