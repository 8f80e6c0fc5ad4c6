"""Coaching: a coach's time cut into meetings of one place, and moving or dropping one of them."""
