from flask import make_response


def greet():
    response = make_response("")
    response.set_cookie("seen", "yes", httponly=True)
    return response


def part():
    response = make_response("")
    response.set_cookie("left", "yes", secure=True, httponly=True)
    response.set_cookie("theme", "dark")
    return response
