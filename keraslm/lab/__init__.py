"""The lab: a page in the browser that shows what models make of a prompt."""
