"""Questions about speed and exactness, each a folder with its answer, script, table and picture.

Run them with `python -m benchmarks NAME|all [--size small|full] [--catalog FILE]`, from the repository's root. What a
small run writes goes into the folder `small/` of its question and never touches the figures of a full one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A folder of this one, what it asks, and the sizes at which its script can run."""

    name: str
    asks: str
    sizes: tuple[str, ...] = ("small", "full")


QUESTIONS = (
    Question("screening_peers", "How fast is the screening beside its peers, and who finds what?"),
    Question("screening_scaling", "How do time and memory grow with objects, duration and threshold?"),
    Question("executors", "What do two threads, processes or cluster workers gain over one?"),
    Question("cost_model", "Where does the time of the coarse phase go, and what is left to gain?"),
    Question("step_and_cell", "Which step and window are fastest, and does any of them miss an event?"),
    Question("interpolation_error", "How wrong are ephemeris windows against SGP4, for how many nodes?"),
    Question("sgp4_throughput", "How many SGP4 states a second, by whom, on how many threads?"),
    Question("probability_methods", "Which method of collision probability is how exact?", ("full",)),
    Question("population_agreement", "Does the bundled population stand for its catalogue?", ("full",)),
    Question("iss_element_history", "How wrong are the ISS's element sets?", ("full",)),
)
