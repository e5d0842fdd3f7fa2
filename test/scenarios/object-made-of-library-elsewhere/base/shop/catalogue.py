class Catalogue:
    def get(self, url):
        return self.pages[url]
