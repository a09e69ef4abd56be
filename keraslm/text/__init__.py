"""Text becomes tokens, tokens become ids, ids become batches."""
