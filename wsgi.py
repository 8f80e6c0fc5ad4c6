"""The app, for a WSGI server: `gunicorn wsgi:app`, and for `flask`."""

from festival import create_app

app = create_app()
