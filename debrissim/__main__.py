"""`python -m debrissim`."""

from debrissim.cli import entry

if __name__ == "__main__":
    entry()
