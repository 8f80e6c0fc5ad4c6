"""`make bench`: how fast the program is, compared with a trivial Flask page.

Everything runs on this machine, on loopback addresses, with its own databases that are dropped
afterwards. A wrong response, or fewer new rows than responses, ends the run.
"""
