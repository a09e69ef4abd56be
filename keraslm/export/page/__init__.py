"""A model as one HTML file: its numbers, and a small program that writes with them.

numbers      what float16 and int8 make of weights, and the bytes of a page
networks     a network's arrays by name, and the network of the rounded ones
outputs      the softmaxes of networks
counts       the same of stored n-grams
model        a language model as a page holds it
cost         what rounding costs in perplexity
document     the HTML file, of the files in `assets`
writing      from models to a file
"""
