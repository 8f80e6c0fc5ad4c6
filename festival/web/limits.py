"""Rate limits per IP address, counted in memory, or in Redis for several processes."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=True, swallow_errors=True)
