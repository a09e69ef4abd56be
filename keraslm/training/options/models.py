"""The models that a run trains, and the groups of them that share options."""

WINDOWS = ("bigram", "trigram", "neural-ngram")
RECURRENT = ("rnn", "gru", "lstm")
EMBEDDED = (*WINDOWS, *RECURRENT)
ATTENDING = ("transformer",)
STATEFUL = (*RECURRENT, *ATTENDING)
FEATURED = ("maxent", *RECURRENT)
NEURAL = (*WINDOWS, "maxent", *STATEFUL)
MODELS = ("ngram", *NEURAL)
