"""`make bench`: set up what the benchmark needs and run it; bench/ is the benchmark."""

import os
import shutil
import sys

from setup import PYTHON, ROOT, install_system_packages, one_sentence, set_up

if __name__ == "__main__":
    with one_sentence():
        set_up(for_tests=True)
        # On other systems than Debian the benchmark itself says what to install.
        if shutil.which("wrk") is None and shutil.which("apt-get"):
            install_system_packages(["wrk"])
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "bench", *sys.argv[1:]])  # noqa: S606 (no shell is the point)
