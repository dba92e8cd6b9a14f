"""The hardware catalogue and the measures that export rules use."""

from __future__ import annotations

from thalweg.hardware.catalogue import Catalogue, catalogue
from thalweg.hardware.measure import largest_throughput, performance_density, total_processing_performance
from thalweg.hardware.model import Alternative, ItemFacts

__all__ = [
    "Alternative",
    "Catalogue",
    "ItemFacts",
    "catalogue",
    "largest_throughput",
    "performance_density",
    "total_processing_performance",
]
