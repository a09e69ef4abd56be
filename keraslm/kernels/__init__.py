"""How the equations are computed fast: loops, products, losses, by back end."""
