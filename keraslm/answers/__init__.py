"""What is asked of models on one text: next tokens, surprise, branches, two prompts."""
