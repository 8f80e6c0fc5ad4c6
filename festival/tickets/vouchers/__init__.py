"""Vouchers: codes that change the price of tickets, open hidden types, or keep places for some."""
