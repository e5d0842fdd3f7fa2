import os
import subprocess

from flask import Blueprint, request

shop = Blueprint("shop", __name__)


@shop.get("/search")
def search():
    word = request.args["word"]
    return subprocess.check_output("grep " + word + " names.txt", shell=True)


@shop.get("/page")
def page():
    with open(os.path.join("pages", request.args["name"])) as file:
        return file.read()


@shop.get("/list")
def list_folder():
    os.system("ls " + request.args["folder"])
    return ""
