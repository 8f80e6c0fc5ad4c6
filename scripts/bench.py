"""`make bench`: set up what measuring needs and run it; bench/ says what is measured."""

import os
import sys

from setup import PYTHON, ROOT, one_sentence, set_up

if __name__ == "__main__":
    with one_sentence():
        set_up(for_tests=True)
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "bench", *sys.argv[1:]])  # noqa: S606 (no shell is the point)
