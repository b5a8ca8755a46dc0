#!/usr/bin/python3
"""Reads user data with the code of the installed cloud-init, as its network stage does on a machine.

Usage: read-with-cloud-init.py [--merged] FILE...
Prints a line for each file: its name, a tab, and the contents of the file /etc/audrey-instance-config/user-data that the cloud-config
stores, or its section audrey-instance-config, or - if cloud-init finds neither. With --merged, the line has the whole cloud-config and the
scripts as JSON.
"""
import base64
import gzip
import json
import logging
import os
import sys
import tempfile

from cloudinit import handlers, helpers, user_data, util
from cloudinit.handlers.cloud_config import CloudConfigPartHandler
from cloudinit.handlers.jinja_template import JinjaTemplatePartHandler

logging.disable(logging.CRITICAL)


class Source:
    """Stands for the source of the metadata of a cloud."""

    def get_instance_id(self):
        return "i"


class Scripts(handlers.Handler):
    """Collects the scripts."""

    prefixes = ["#!"]

    def __init__(self):
        super().__init__("always")
        self.texts = []

    def handle_part(self, data, ctype, filename, payload, frequency):
        if ctype not in handlers.CONTENT_SIGNALS:
            self.texts.append(payload)


def stored(config):
    """Returns what the cloud-config stores as the guest's user data."""
    text = None
    for file in config.get("write_files") or []:
        if file.get("path") == "/etc/audrey-instance-config/user-data":
            encoding = file.get("encoding", "")
            text = base64.b64decode(file["content"]) if "64" in encoding else file["content"].encode()
            text = (gzip.decompress(text) if "gz" in encoding else text).decode()
    return text


def read(path, work):
    paths = helpers.Paths({"cloud_dir": work, "run_dir": work, "templates_dir": work}, ds=Source())
    os.makedirs(work + "/instances/i")
    with open(work + "/instance-data-sensitive.json", "w") as file:
        json.dump({"v1": {"local_hostname": "web"}, "ds": {}}, file)
    config = CloudConfigPartHandler(paths)
    template = JinjaTemplatePartHandler(paths, sub_handlers=[config])
    scripts = Scripts()
    known = helpers.ContentHandlers()
    for handler in (config, template, scripts):
        known.register(handler, initialized=True, overwrite=False)
        handlers.call_begin(handler, None, "always")
    data = {"handlers": known, "data": None, "frequency": "always", "handlerdir": work, "excluded": [], "handlercount": 0}
    with open(path, "rb") as file:
        message = user_data.UserDataProcessor(paths).process(file.read())
    handlers.walk(message, handlers.walker_callback, data=data)
    for handler in (config, template):
        handlers.call_end(handler, None, "always")
    merged = util.load_yaml(util.load_file(paths.get_ipath("cloud_config"))) or {}
    return merged, scripts.texts


def describe(merged, scripts):
    if is_merged:
        return json.dumps({"config": merged, "scripts": scripts})
    return stored(merged) or merged.get("audrey-instance-config", "-")


is_merged = sys.argv[1] == "--merged"
for path in sys.argv[2 if is_merged else 1:]:
    with tempfile.TemporaryDirectory() as work:
        print(os.path.basename(path), describe(*read(path, work)), sep="\t")
