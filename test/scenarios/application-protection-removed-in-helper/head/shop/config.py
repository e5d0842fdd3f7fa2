from shop.defaults import Base


class Production(Base):
    TITLE = "shop"
