"""Publishing the programme and changing it on the day, with the letters that belong to it.

Each rule holds the edition's row and then the slots, in order of their id, until it ends: a release
and a change on the day come one after the other, and who books at the same time is either told or
refused (slots.claim). Each change on the day is a small release of its own.
"""
