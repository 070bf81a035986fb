from .check import lint_bytes as lint_bytes
from .check import lint_file as lint_file
from .findings import LintFinding as LintFinding
from .findings import LintReport as LintReport
