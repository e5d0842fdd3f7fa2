from fastapi import FastAPI

api = FastAPI(debug=True)
