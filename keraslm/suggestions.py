"""Which option was meant: a near name, or the one that other programs have for it."""

import difflib
from collections.abc import Iterable

# Ours, then what users of PyTorch, Keras, gensim, char-rnn, KenLM and SRILM type. What
# stands twice means that one of ours which the command has, of two the later.
_THEIRS = {
    "learning_rate": "lr learn_rate step_size eta alpha",
    "batch_size": "bs batch batchsize minibatch_size mini_batch_size b",
    "units": (
        "hidden_size hidden_dim hidden_units hidden_state_size rnn_size lstm_size "
        "gru_size state_size n_hidden num_hidden nhid nhidden num_units n_units neurons"
    ),
    "hidden": "hidden_layers hidden_sizes mlp_sizes",
    "embedding": "emsize emb_size embed_size embed_dim embedding_size embedding_dim "
    "embeddings_dim d_model n_embd ninp word_dim",
    "layers": "nlayers num_layers n_layers n_layer depth stack",
    "epochs": "n_epochs num_epochs max_epochs nb_epoch epoch passes iter iters e",
    "steps": "n_steps num_steps max_steps max_iters iterations num_iterations updates",
    "time": "seq_length seq_len sequence_length seqlen block_size num_steps unroll "
    "max_length max_len maxlen window context_length bptt_len",
    "heads": "num_heads n_head n_heads nhead attention_heads",
    "context": "context_size window_size window history ngram_size block_size",
    "minutes": "time_limit max_minutes duration max_time",
    "dropout": "dropout_rate drop dropout_prob p_drop drop_rate recurrent_dropout",
    "optimizer": "optim opt optimiser solver",
    "schedule": "scheduler lr_schedule lr_scheduler learning_rate_schedule",
    "warmup": "warmup_steps num_warmup_steps warm_up",
    "decay": "lr_decay learning_rate_decay gamma decay_rate",
    "decay_after": "learning_rate_decay_after lr_decay_after",
    "weight_decay": "wd decay_weights",
    "clip_norm": "clip grad_clip gradient_clip clipnorm max_grad_norm max_norm",
    "clip_value": "clipvalue grad_clip_value",
    "patience": "early_stopping early_stop es_patience",
    "seed": "random_seed rng_seed manual_seed random_state",
    "vocabulary_size": "vocab_size vocab n_vocab max_vocab vocab_limit max_vocab_size "
    "max_features num_words top_words",
    "vocabulary": "vocab vocab_file tokens_file",
    "min_count": "min_freq min_frequency min_word_freq minfreq unk_threshold cutoff",
    "order": "n ngram ngram_order n_gram ngrams ngram_size",
    "smoothing": "discount smooth discounting kndiscount",
    "delta": "add_k addsmooth laplace k",
    "prune": "pruning prune_counts",
    "level": "token_level unit char chars characters char_level word_level granularity",
    "tokenize": "tokenizer tokenise lower lowercase lower_case",
    "model": "arch architecture rnn_type cell cell_type net network model_type kind "
    "checkpoint model_path model_file init_from load",
    "tied": "tie tie_weights tied_weights weight_tying tie_word_embeddings",
    "embeddings": "pretrained pretrained_embeddings glove word_vectors vectors w2v",
    "freeze": "freeze_embeddings non_trainable fixed",
    "init_from": "load restore finetune finetune_from checkpoint start_from "
    "pretrained_model warm_start",
    "resume": "continue resume_from continue_training restart",
    "split": "val_split validation_split train_frac val_frac valid_split test_split",
    "log_steps": "print_every log_interval log_every report_every log_freq",
    "valid_steps": "eval_interval eval_val_every eval_every eval_steps validate_every",
    "sample_steps": "sample_every sample_interval",
    "checkpoint_steps": "save_every checkpoint_every save_steps checkpoint_interval",
    "keep_last": "max_to_keep save_total_limit keep_checkpoints",
    "precision": "dtype mixed_precision fp16 bf16 amp half",
    "tensorboard": "tb logdir log_dir",
    "out": "o output outfile out_file output_file output_dir out_dir outdir save "
    "save_to save_dir save_path dest destination run_dir png plot",
    "overwrite": "force f replace clobber y yes",
    "samples": "num_samples n_samples sample_count number n",
    "length": "max_length max_len maxlen max_new_tokens max_tokens num_tokens n_tokens "
    "n_chars num_words words len size n",
    "temperature": "temp t tau",
    "prompt": "start primetext prime prefix start_text seed_text start_string context",
    "top_k": "topk k",
    "top_p": "topp nucleus nucleus_p p",
    "min_p": "minp",
    "typical_p": "typical typicalp",
    "number": "topn top n k top_n num count n_classes num_classes num_clusters classes",
    "width": "dim size vector_size embedding_size embedding_dim vec_size dimension "
    "dimensions layer1_size",
    "window": "ws window_size context",
    "negatives": "neg negative num_negatives negative_samples",
    "subsample": "sample subsampling downsample",
    "method": "sg cbow algorithm model mode model_type",
    "encoding": "charset codec enc",
    "text": "test test_file test_text eval_text input input_file data file corpus "
    "dataset ppl",
    "corpus": "data data_dir dataset data_path text text_file input_file train_file "
    "train_text train_data file input path",
    "train": "train_file train_text training_text corpus",
    "valid": "val dev valid_file validation validation_text dev_file",
    "interpolate": "mix ensemble interpolation lambda",
    "format": "fmt type to file_format",
    "words": "vocab terms list",
    "csv": "save_csv table_csv",
    "rungs": "models only",
    "json": "as_json",
}
_COMMANDS = {
    "train": "fit learn run build",
    "resume": "continue restart",
    "evaluate": "eval test perplexity ppl measure validate",
    "generate": "sample write text predict babble",
    "score": "prob probability logprob query",
    "compare": "rank versus vs",
    "ladder": "benchmark all",
    "adopt": "import",
    "export": "convert save to-arpa",
    "counts": "count ngrams ngram zipf",
    "embeddings": "vectors word2vec glove embedding w2v",
    "classes": "brown cluster clusters",
    "datasets": "data download dataset corpora",
    "audit": "verify lint",
    "check": "grade exercise exercises",
    "recipes": "presets configs",
    "neighbours": "neighbors nearest similar most-similar most_similar nn",
    "plot": "draw map tsne pca",
    "odd-one-out": "doesnt-match outlier",
    "fetch": "download get",
    "list": "ls all",
    "show": "info card describe",
}
NEAR = 0.6  # difflib's: how much of two names must be the same


def nearest_option(name: str, known: Iterable[str]) -> str | None:
    """Find the known option that a name was meant to be, else None."""
    return _nearest(_plain(name), {_plain(each): each for each in known}, _THEIRS)


def nearest_command(name: str, known: Iterable[str]) -> str | None:
    """Find the known command that a name was meant to be, else None."""
    return _nearest(name.lower(), {each: each for each in known}, _COMMANDS)


def _plain(name: str) -> str:
    return name.lstrip("-").replace("-", "_").lower()


def _nearest(name: str, known: dict[str, str], others: dict[str, str]) -> str | None:
    """Prefer the same name, then another program's for it, then the most alike."""
    theirs = {
        word: ours
        for ours, words in others.items()
        if ours in known
        for word in reversed(words.split())
    }
    answers = {**theirs, **{each: each for each in known}}
    if name in answers:
        return known[answers[name]]
    begun = [each for each in known if len(name) > 2 and each.startswith(name)]
    near = begun or difflib.get_close_matches(name, answers, n=1, cutoff=NEAR)
    return known[answers[near[0]]] if near else None
