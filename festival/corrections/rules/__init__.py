"""The rules that change the buyer of an order and the holders of its tickets."""
