"""The app for WSGI servers (`gunicorn wsgi:app`) and for the `flask` command."""

from festival import create_app

app = create_app()
