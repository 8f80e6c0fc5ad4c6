"""Publishing the programme and changing it on the day, with the letters about it.

Each rule locks the edition's row and then the slots, in order of their id, until its transaction
ends. So a release and a change on the day never run at the same time, and anyone who books
meanwhile is either notified or refused. Each change on the day is a small release of its own.
"""
