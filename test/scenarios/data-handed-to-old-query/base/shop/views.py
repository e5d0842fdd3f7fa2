from flask import Flask, request

from shop.users import by_mail

app = Flask(__name__)

