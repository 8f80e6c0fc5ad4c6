"""Checking out, money in and out, reminders, and the end of orders."""
