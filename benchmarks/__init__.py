"""Questions about speed and accuracy, each a folder with its answer, script, table and figure.

Run them with `python -m benchmarks NAME|all [--size small|full] [--catalog FILE]`, from the repository's root. A run
prints its tables and writes them into `results/benchmarks/NAME`, a small one into `small/` there. `--record` writes
into the folder of the question instead, whose tables and figures its README reports.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A folder of this package, its question, and the sizes at which its script can run."""

    name: str
    text: str
    sizes: tuple[str, ...] = ("small", "full")


QUESTIONS = (
    Question(
        "screening_peers", "How fast is the screening compared with its peers, and do they find the same?"
    ),
    Question("screening_scaling", "How do time and memory grow with objects, duration and threshold?"),
    Question("every_run", "Where do the seconds of a run go, and how long does a mistake in the input take?"),
    Question("executors", "What do two threads, processes or cluster workers gain over one?"),
    Question("cost_model", "Where does the time of the coarse phase go, and what is left to gain?"),
    Question("writing", "What does it cost to write the results of a large run, and to read them again?"),
    Question("step_and_cell", "Which step and window are fastest, and does any of them miss an event?"),
    Question(
        "interpolation_error", "How accurate are ephemeris windows against SGP4, and with how many nodes?"
    ),
    Question("sgp4_throughput", "How many SGP4 states per second, with which code, on how many threads?"),
    Question("first_run", "How long does the first run take, and what does compiling cost?", ("full",)),
    Question("probability_methods", "How accurate is each method of collision probability?", ("full",)),
    Question("population_agreement", "Does the bundled population represent its catalogue?", ("full",)),
    Question("iss_element_history", "How large are the errors of the ISS's element sets?", ("full",)),
    Question("covariance_calibration", "Are the stated errors of element sets the real ones?", ("full",)),
    Question("forecast_reliability", "Is a predicted miss as often within its sigma as it says?", ("full",)),
    Question(
        "entries_and_tca",
        "How many more approaches enter a volume than are inside at closest approach?",
        ("full",),
    ),
    Question(
        "socrates_causes",
        "Of the events that SOCRATES lists, how many does a run find, and why not the others?",
        ("full",),
    ),
    Question("watch_replay", "What would a watch have said in December 2020?", ("full",)),
    Question("maneuvers", "How true are burns and what they change, and what does their screening cost?"),
    Question("ephemerides", "What does it cost to fly ephemerides instead of element sets?", ("small",)),
    Question("probability_conservation", "Do probabilities add up to the geometric rate?", ("full",)),
)
