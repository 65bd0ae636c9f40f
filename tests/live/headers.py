"""Headers of many kinds, each with NumPy's verdict, for the Rust side to compare.

    python -X utf8 headers.py COUNT SEED [--summary]

Prints a line `# NumPy 2.4.6, Python 3.11.7`, then a line a case:

    class  name  file  verdict...

`class` is `written`, `by-hand` or `broken`; `name` tells how the case was made, and with which
number; `file` is its bytes in hexadecimal; `verdict` is what judge.py answers, or `crashed` and the
signal that ended it. `--summary` counts the verdicts instead.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np

import cases


class Judge:
    """A child process that answers for NumPy, started again when a header has killed it."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start the child."""
        command = [sys.executable, "-X", "utf8", str(Path(__file__).with_name("judge.py"))]
        pipe = subprocess.PIPE
        # The order of a set, which can decide the order of fields, must be the same in each run.
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment)

    def verdict(self, content: bytes) -> str:
        """NumPy's verdict on the file."""
        self.child.stdin.write(content.hex().encode() + b"\n")
        self.child.stdin.flush()
        if line := self.child.stdout.readline():
            return line.decode().rstrip("\n")
        status = self.child.wait()
        self.start()
        return f"crashed\t{status}"

    def close(self) -> None:
        """Let the child end."""
        self.child.stdin.close()
        self.child.wait()


def main() -> None:
    """Print the cases, or a summary of them."""
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    summary = "--summary" in sys.argv[3:]
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    print(f"# NumPy {np.__version__}, Python {platform.python_version()}")
    judge = Judge()
    verdicts: Counter[tuple[str, str, str]] = Counter()
    for number in range(count):
        # Each case has its own generator, so that it can be made again without the others.
        case = cases.case(Random(f"{seed}/{number}"))
        verdict = judge.verdict(case.content)
        if summary:
            verdicts[case.group, case.name, verdict.split("\t")[0]] += 1
        else:
            print(f"{case.group}\t{case.name} #{number}\t{case.content.hex()}\t{verdict}")
    judge.close()
    for group in sorted({group for group, _, _ in verdicts}):
        totals = Counter()
        for (of, _, word), cases_of in verdicts.items():
            if of == group:
                totals[word] += cases_of
        print(f"{group}: {dict(totals)}")
        for (of, name, word), cases_of in sorted(verdicts.items()):
            if of == group:
                print(f"    {name}: {word} {cases_of}")


if __name__ == "__main__":
    main()
