from fastapi import FastAPI
app = FastAPI(debug=False)
