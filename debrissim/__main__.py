"""`python -m debrissim`."""

from debrissim.cli.main import entry

if __name__ == "__main__":
    entry()
