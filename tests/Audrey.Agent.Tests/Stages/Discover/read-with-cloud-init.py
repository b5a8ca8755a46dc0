#!/usr/bin/python3
"""Reads user data with the code of the installed cloud-init, as its network stage does on a machine.

Usage: read-with-cloud-init.py FILE...
Prints a line for each file: its name, a tab, and the section audrey-instance-config of the cloud-config, or - if cloud-init finds none.
"""
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


def read(path, work):
    paths = helpers.Paths({"cloud_dir": work, "run_dir": work, "templates_dir": work}, ds=Source())
    os.makedirs(work + "/instances/i")
    with open(work + "/instance-data-sensitive.json", "w") as file:
        json.dump({"v1": {"local_hostname": "web"}, "ds": {}}, file)
    config = CloudConfigPartHandler(paths)
    template = JinjaTemplatePartHandler(paths, sub_handlers=[config])
    known = helpers.ContentHandlers()
    for handler in (config, template):
        known.register(handler, initialized=True, overwrite=False)
        handlers.call_begin(handler, None, "always")
    data = {"handlers": known, "data": None, "frequency": "always", "handlerdir": work, "excluded": [], "handlercount": 0}
    with open(path, "rb") as file:
        message = user_data.UserDataProcessor(paths).process(file.read())
    handlers.walk(message, handlers.walker_callback, data=data)
    for handler in (config, template):
        handlers.call_end(handler, None, "always")
    merged = util.load_yaml(util.load_file(paths.get_ipath("cloud_config"))) or {}
    return merged.get("audrey-instance-config", "-")


for path in sys.argv[1:]:
    with tempfile.TemporaryDirectory() as work:
        print(os.path.basename(path), read(path, work), sep="\t")
