"""The command line: parse the arguments, call the library, show the outcome.

| module       | commands                                             |
|--------------|------------------------------------------------------|
| `main.py`    | the application, and its exit codes                  |
| `run.py`     | `run`                                                |
| `track.py`   | `track`                                              |
| `verify.py`  | `verify`                                             |
| `export.py`  | `plot`, `export`                                     |
| `pc.py`      | `pc`                                                 |
| `catalog.py` | `catalog info`, `errors`, `fit`, `synthesize`        |
| `new.py`     | `new`                                                |
| `bench.py`   | `bench`                                              |

`main(arguments)` in `main.py` runs a command and returns its exit code.
"""
