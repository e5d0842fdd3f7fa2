import os
import subprocess
from pathlib import Path

from flask import Blueprint, request

shop = Blueprint("shop", __name__)
@shop.get("/search")
def search():
    return subprocess.run(f"grep {request.args.get('word')} names.txt", shell=True).stdout

@shop.get("/page")
def page():
    return (Path("pages") / request.args["name"]).read_text()


class Listing:
    def __init__(self, folder):
        self.folder = folder

    def run(self):
        os.system(f"ls {self.folder}")


@shop.get("/list")
def list_folder():
    Listing(request.args["folder"]).run()
    return ""


@shop.get("/remove")
def remove_folder():
    os.system("rmdir " + request.args["folder"])
    return ""
