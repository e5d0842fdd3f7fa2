from shop.catalogue import Catalogue

http = Catalogue()
