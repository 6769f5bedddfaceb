"""Runs the AWS CLI many times: it is loaded once, and each call gets a process of its own by fork.

Reads one JSON object a line, {"args": [...], "env": {...}, "cwd": "..."}, and answers each with one line,
{"code": ..., "stdout": "...", "stderr": "..."}. What Python has read of the CLI's own data files is shared; the
session, its settings and its credentials are made anew by the CLI's own main function.

The CLI makes some paths below HOME when it is loaded. So HOME is a link then, which leads to the home folder of each
call in turn.
"""

import errno
import gc
import json
import os
import signal
import socket
import sys
import tempfile
import traceback

FOLDER = tempfile.TemporaryDirectory(prefix="aws-cli-")
HOME = os.path.join(FOLDER.name, "home")
os.environ["HOME"] = HOME

import awscli.clidriver
import botocore.loaders
import botocore.utils

# Seconds; a call of a few milliseconds that takes longer is stuck.
LIMIT = 30
DATA_PATH = os.environ["AWS_DATA_PATH"]


def remember_data_files():
    """The JSON files that come with the CLI don't change: each is looked for and parsed once."""
    remember(botocore.loaders.JSONFileLoader, "load_file")
    remember(botocore.loaders.JSONFileLoader, "exists")
    remember(botocore.loaders.Loader, "list_available_services")


def remember(owner, name):
    read = getattr(owner, name)
    known = {}

    def remembered(self, *arguments, **named):
        key = (*getattr(self, "search_paths", ()), *arguments, *named.values())
        if key not in known:
            known[key] = read(self, *arguments, **named)
        return known[key]

    setattr(owner, name, remembered)


def stay_on_this_machine():
    """A container's or an instance's own addresses are not for tests to ask."""
    connect = socket.socket.connect

    def connect_here(self, address):
        if not str(address[0]).startswith("127."):
            raise OSError(errno.ENETUNREACH, f"{address[0]} is not this machine")
        return connect(self, address)

    socket.socket.connect = connect_here


def run(call, output):
    """In the child: becomes the CLI, in a session without a terminal."""
    gc.disable()
    os.setsid()
    signal.alarm(LIMIT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, source in enumerate([nothing, *output]):
        os.dup2(source, descriptor)
    os.environ.clear()
    # The CLI sets this one itself when it is loaded.
    os.environ.update({"AWS_DATA_PATH": DATA_PATH, **call["env"]})
    os.chdir(call["cwd"])
    sys.argv = ["aws", *call["args"]]
    code = 1
    try:
        code = awscli.clidriver.main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def answer(call):
    link_home(call["env"]["HOME"])
    output = [os.memfd_create(name) for name in ("stdout", "stderr")]
    child = os.fork()
    if child == 0:
        run(call, output)
    _, status = os.waitpid(child, 0)
    texts = []
    for descriptor in output:
        with os.fdopen(descriptor, "rb") as file:
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
    return {"code": os.waitstatus_to_exitcode(status), "stdout": texts[0], "stderr": texts[1]}


def link_home(folder):
    if os.path.lexists(HOME):
        os.unlink(HOME)
    os.symlink(folder, HOME)


def warm(endpoint):
    """Loads the modules that the first call would load. Nothing is asked: the port is closed."""
    env = {
        "AWS_ACCESS_KEY_ID": "unused",
        "AWS_SECRET_ACCESS_KEY": "unused",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    before = dict(os.environ)
    os.environ.update(env)
    standard_error = os.dup(2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.argv = ["aws", "sts", "get-caller-identity"]
    awscli.clidriver.main()
    os.dup2(standard_error, 2)
    os.environ.clear()
    os.environ.update(before)


# It tries a container's endpoint thrice and waits in between.
botocore.utils.ContainerMetadataFetcher.SLEEP_TIME = 0
stay_on_this_machine()
remember_data_files()
warm("http://127.0.0.1:9")
gc.collect()
gc.freeze()
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
