"""Which local speakers are the same person: pyannote's agglomerative tree, cut by how people talk.

Embeddings of stretches in which one voice talks alone are joined pairwise, the most alike first (average
linkage of cosine distances). From the top down, a branch is parted in two where its halves are unlike enough
and both hold enough talk to be somebody; a twig that is unlike and tiny is a cough or a ringing tone, and is
given to whoever it is most like. With a known number of people, parting goes on until there are as many.
"""

from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyannote.audio.pipelines.clustering import AgglomerativeClustering
from scipy.cluster.hierarchy import linkage

MOST = 1000
"""Embeddings that are clustered, as memory and time grow with their square. The rest goes to the nearest."""
TWO_APART = (0.28, 0.08)
"""Mean cosine distance from which on there are two people, for many embeddings on either side; and what is
added to it, divided by their number on the smaller side: a mean of few is far off by chance."""
MORE_APART = (0.31, 0.25)
"""The same for a third person and more, of whom there are few on the telephone."""
MIDDLES_APART = 0.16
"""Cosine distance between the middles of two people's embeddings, at least."""
LEAST_SHARE = 0.055
"""Who talks for less than this share of the time is not counted as a further person."""

Chosen = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]


class PeopleClustering(AgglomerativeClustering):  # type: ignore[misc]
    """Clusters at most `MOST` embeddings, evenly over the recording.

    Two people whom segmentation heard in one window are two people.
    """

    def __init__(self) -> None:
        super().__init__(metric="cosine", constrained_assignment=True)
        self._talk = np.zeros(0)

    def filter_embeddings(
        self, embeddings: NDArray[np.float32], segmentations: Any = None, min_active_ratio: float = 0.2
    ) -> Chosen:
        """Embeddings (n, dimensions) that are worth clustering, with their windows and local speakers."""
        found: Chosen = super().filter_embeddings(embeddings, segmentations, min_active_ratio)
        if len(found[0]) > MOST:
            chosen = np.linspace(0, len(found[0]) - 1, MOST).round().astype(int)
            found = (found[0][chosen], found[1][chosen], found[2][chosen])
        alone = segmentations.data * (segmentations.data.sum(axis=2, keepdims=True) == 1)
        self._talk = alone.sum(axis=1)[found[1], found[2]]
        return found

    def cluster(
        self,
        embeddings: NDArray[np.float32],
        min_clusters: int,
        max_clusters: float,
        num_clusters: int | None = None,
    ) -> NDArray[np.int64]:
        """The person of each embedding (n, dimensions), numbered from 0, shape (n,)."""
        if len(embeddings) < 2:
            return np.zeros(len(embeddings), np.int64)
        return people(embeddings, self._talk, num_clusters)


def people(
    embeddings: NDArray[np.float32], talk: NDArray[np.float64], number: int | None
) -> NDArray[np.int64]:
    """The person of each of two or more embeddings (n, dimensions), with how much talk each stands for, (n,).

    `number` is how many people there are, None where that is to be found out.
    """
    tree = _Tree(embeddings, talk)
    branches = tree.parted(number, LEAST_SHARE)
    if number is not None and len(branches) < number:
        branches = tree.parted(number, 0.0)
    if number is not None and len(branches) < number:
        branches = tree.parted(number, 0.0, however_alike=True)
    centres = np.stack([tree.middle(branch) for branch in branches])
    labels: NDArray[np.int64] = (tree.units @ centres.T).argmax(axis=1)
    for label, branch in enumerate(branches):
        labels[tree.members[branch]] = label
    return labels


class _Tree:
    """Embeddings joined pairwise: branch `n + k` is the k-th join, branches below n are embeddings."""

    def __init__(self, embeddings: NDArray[np.float32], talk: NDArray[np.float64]) -> None:
        self.units = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
        joins = linkage(self.units, method="average", metric="cosine")
        self.members = [[at] for at in range(len(embeddings))]
        self._joins: list[tuple[float, int, int]] = []
        for left, right, distance, _ in joins:
            self._joins.append((float(distance), int(left), int(right)))
            self.members.append(self.members[int(left)] + self.members[int(right)])
        self._talk = [float(talk[own].sum()) for own in self.members]

    def parted(self, number: int | None, least_share: float, *, however_alike: bool = False) -> list[int]:
        """The branches that are people each, at most `number`, without the twigs that are nobody."""
        least = least_share * self._talk[-1]
        heap: list[tuple[float, int]] = []
        people: list[int] = []
        whole: list[int] = []
        self._push(heap, people, len(self.members) - 1)
        while heap and (number is None or len(heap) + len(people) + len(whole) < number):
            _, branch = heappop(heap)
            distance, left, right = self._join(branch)
            small, large = sorted((left, right), key=lambda side: self._talk[side])
            base, spread = MORE_APART if heap or people or whole else TWO_APART
            fewest = min(len(self.members[left]), len(self.members[right]))
            alike = distance < base + spread / fewest or self._between(left, right) < MIDDLES_APART
            if self._talk[small] < least:
                self._push(heap, people, large)
            elif alike and not however_alike:
                whole.append(branch)
            else:
                self._push(heap, people, large)
                self._push(heap, people, small)
        return [*people, *whole, *(branch for _, branch in heap)]

    def middle(self, branch: int) -> NDArray[np.float32]:
        """The direction of a branch's embeddings, of length 1."""
        found: NDArray[np.float32] = self.units[self.members[branch]].mean(axis=0)
        return found / np.linalg.norm(found)

    def _between(self, left: int, right: int) -> float:
        return 1.0 - float(self.middle(left) @ self.middle(right))

    def _push(self, heap: list[tuple[float, int]], people: list[int], branch: int) -> None:
        """Put a branch among those that may be parted, the most unlike halves first, or those that can't."""
        if branch < len(self.members) - len(self._joins):
            people.append(branch)
        else:
            heappush(heap, (-self._join(branch)[0], branch))

    def _join(self, branch: int) -> tuple[float, int, int]:
        return self._joins[branch - (len(self.members) - len(self._joins))]
