"""The benchmark itself: it must not believe what is not so."""
