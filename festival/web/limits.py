"""How often one address may ask: counted in memory, or in Redis where there are several of us."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=True, swallow_errors=True)
