from language.bags import bag_of_words, same_bag
from language.model import *
