"""The standards at hand: names, versions, tailorings worked in."""

from liangcun_standards.catalogue.changes import AppliedChange, tailor
from liangcun_standards.catalogue.identity import StandardReference, standard_id
from liangcun_standards.catalogue.publication import Publication
from liangcun_standards.catalogue.standards import ResolvedStandard, StandardCatalogue

__all__ = [
    "AppliedChange",
    "Publication",
    "ResolvedStandard",
    "StandardCatalogue",
    "StandardReference",
    "standard_id",
    "tailor",
]
