import requests

http = requests.Session()
