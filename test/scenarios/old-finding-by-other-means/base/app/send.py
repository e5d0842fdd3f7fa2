import requests


def send(order):
    return requests.post("https://shop.example.com/orders", json=order, verify=False)
