#!/bin/sh
# nltk 3.10.4: at the beginning of a sentence the probabilities of Kneser-Ney smoothing sum to more than 1.
#
# A trigram model of the package's own pipeline sees every sentence after "<s> <s>". After these its scores sum to 1.1406
# over the vocabulary at a discount of 0.75 (1.0025 at the default of 0.1), after a lone "<s>" to 1.375. Lower orders count
# how many kinds of n-grams a word ends, but the share set aside for them counts how many kinds of words follow, the padding
# "<s> <s>" among them, which is never counted on the other side. Log scores and perplexities are thus too good in orders
# from 3 up; every other context sums to 1, and so do the other smoothed models.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check nltk==3.10.4
"$folder/env/bin/python" - <<'PY'
import sys
from itertools import product

from nltk.lm import AbsoluteDiscountingInterpolated, KneserNeyInterpolated, WittenBellInterpolated
from nltk.lm.preprocessing import padded_everygram_pipeline

SENTENCES = [list("abcab"), list("abba"), list("aab"), list("cab")]
START = ("<s>", "<s>")


def fitted(kind, order, **arguments):
    model = kind(order=order, **arguments)
    model.fit(*padded_everygram_pipeline(order, SENTENCES))
    return model


def totals(model, length):
    """The sum of the scores after each context of that many words, but for the contexts that sum to 1."""
    sums = {c: sum(model.score(w, c) for w in model.vocab) for c in product(sorted(model.vocab), repeat=length)}
    return {context: round(total, 4) for context, total in sums.items() if abs(total - 1) > 1e-9}


found = fitted(KneserNeyInterpolated, 3, discount=0.75)
usual = fitted(KneserNeyInterpolated, 3)
print(f"order 3, discount 0.75: {totals(found, 2)[START]} after <s> <s>, {totals(found, 1)[('<s>',)]} after <s>")
print(f"order 3, default discount: {totals(usual, 2)[START]} after <s> <s>")
seen = [totals(found, 2)[START], totals(found, 1), totals(usual, 2)[START]]
ends_in_start = all(context[-1] == "<s>" for context in totals(found, 2))
others = [fitted(KneserNeyInterpolated, 2, discount=0.75), fitted(WittenBellInterpolated, 3)]
others.append(fitted(AbsoluteDiscountingInterpolated, 3, discount=0.75))
sound = not any(totals(model, model.order - 1) for model in others)
print(f"order 2, Witten-Bell and absolute discounting: {'all sum to 1' if sound else 'not all sum to 1'}")
sys.exit(not (seen == [1.1406, {("<s>",): 1.375}, 1.0025] and ends_in_start and sound))
PY
