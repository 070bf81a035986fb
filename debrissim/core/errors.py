"""Errors for callers. Each is one sentence that names the file, line, key or argument at fault."""


class DebrissimError(Exception):
    """Base of all errors raised on purpose; the command line shows its text without a traceback."""


class InputError(DebrissimError):
    """The caller's input is wrong: a scenario key, a catalogue file, an argument (exit code 2)."""


class ScenarioError(InputError):
    """A scenario requires something impossible; the sentence begins with the key, the caller adds the file."""


class RunError(DebrissimError):
    """The input was valid, but the run could not be completed (exit code 1)."""
