from flask import make_response


def greet():
    response = make_response("")
    response.set_cookie("seen", "yes", secure=True, httponly=True)
    return response


def part():
    response = make_response("")
    response.set_cookie("left", "yes", secure=True, httponly=True)
    return response
