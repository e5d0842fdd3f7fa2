import os

def restart(unit):
    os.system("systemctl restart " + unit)

def reload(unit):
    os.system("systemctl reload " + unit)
