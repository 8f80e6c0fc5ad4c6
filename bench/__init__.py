"""`make bench`: how fast the program is, beside a Flask page that does nothing.

Everything runs on this machine, at loopback addresses, with databases of its own that are dropped
afterwards. A wrong answer, or fewer rows in the database than answers, ends the run.
"""
