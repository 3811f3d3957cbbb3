"""How gunicorn serves Gatefold: one process with threads, the job running beside the pages."""

from __future__ import annotations

import errno
import gc
import logging
import os
import socket
import sys
import time
from typing import Any

from config import ConfigError, load_settings

gc.disable()  # until all is imported: none of it is garbage, and looking costs a fifth of the start

try:
    settings = load_settings()
except ConfigError as error:
    sys.exit(str(error))

host = f"[{settings.host}]" if ":" in settings.host else settings.host
bind = f"{host}:{settings.port}"
family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
worker_class = "app.serving.worker.PatientWorker"  # threads, and patience with slow callers
workers = 1  # the job runs in this process; more processes need JOBS=worker and PostgreSQL
threads = 8  # requests the app works on at once; any number may be on their way
timeout = 60
graceful_timeout = 5
keepalive = 5

# A filtered address is long, but never this long; uploads are limited by the app itself.
limit_request_line = 8190
forwarder_headers = ""  # nobody on this machine tells us where we are mounted
limit_request_fields = 60
limit_request_field_size = 16380

accesslog = None  # the app logs its own requests, with their ids
loglevel = "warning"
control_socket_disable = True  # its path would be shared by all apps of one person


def on_starting(_server: Any) -> None:
    """Bring the database up to date before anyone is served."""
    wait_for_port()
    from flask_migrate import upgrade

    from app.extensions import db
    from run import app

    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        upgrade()
        db.engine.dispose()  # a connection must not be carried into another process
    gc.freeze()  # what is here now stays: neither looked through again nor copied by the worker
    gc.enable()


def post_fork(_server: Any, _worker: Any) -> None:
    """Make sure that the worker opens the database for itself, also with --preload."""
    from app.extensions import begin_in_this_process, db
    from run import app

    with app.app_context():
        begin_in_this_process(db.engine)


def post_worker_init(worker: Any) -> None:
    """Start the job beside the pages, and say where they are."""
    start_job_runner(worker.app.wsgi())
    if worker.age == 1:
        print(f"Gatefold is at http://{bind} (Ctrl-C stops it)", flush=True)


def worker_exit(_server: Any, _worker: Any) -> None:
    """Let the job end its step; what is not done resumes at the next start."""
    stop_job_runner()


def wait_for_port() -> None:
    """Wait a little for a Gatefold that is just ending; say so if the port stays taken."""
    give_up_at = time.monotonic() + 5
    while True:
        try:
            socket.create_server((settings.host, settings.port), family=family).close()
            return
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > give_up_at:
                sys.exit(
                    f"{bind} cannot be used: {os.strerror(error.errno or 0)}. Choose another PORT."
                )
            time.sleep(0.1)


def start_job_runner(app: Any) -> None:
    from app.jobs import runner

    runner.start(app)


def stop_job_runner() -> None:
    from app.jobs import runner
    from run import app

    runner.stop(app)
