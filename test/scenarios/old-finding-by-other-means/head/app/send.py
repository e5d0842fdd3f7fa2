import requests


def send(order):
    with requests.Session() as session:
        session.headers["X-Shop"] = "1"
        return session.post("https://shop.example.com/orders", json=order, verify=False)
