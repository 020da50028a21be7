"""Which local speakers are the same person: pyannote's agglomerative clustering, at any length."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyannote.audio.pipelines.clustering import AgglomerativeClustering

Chosen = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]

MOST = 1000
"""Embeddings that are clustered, as memory and time grow with their square. The rest goes to the nearest."""


class SampledClustering(AgglomerativeClustering):  # type: ignore[misc]
    """Clusters at most `MOST` embeddings, evenly over the recording.

    Two people whom segmentation heard in one window are two people.
    """

    def __init__(self) -> None:
        super().__init__(metric="cosine", constrained_assignment=True)

    def filter_embeddings(
        self, embeddings: NDArray[np.float32], segmentations: Any = None, min_active_ratio: float = 0.2
    ) -> Chosen:
        """Embeddings (n, dimensions) that are worth clustering, with their windows and local speakers."""
        found: Chosen = super().filter_embeddings(embeddings, segmentations, min_active_ratio)
        if len(found[0]) <= MOST:
            return found
        chosen = np.linspace(0, len(found[0]) - 1, MOST).round().astype(int)
        part, windows, speakers = found
        return part[chosen], windows[chosen], speakers[chosen]
