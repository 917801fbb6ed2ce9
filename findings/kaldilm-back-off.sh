#!/bin/sh
# kaldilm 1.15.5 (arpa2fst of Kaldi as a Python package): the automaton of a language model is not the language model.
#
# In an ARPA file the bigram "a b" is listed with probability 0.01, and "b" alone with 1/4; the back-off weight of "a" is 1.
# So after "a", "b" has probability 0.01. In the automaton the arc that backs off may be taken although the bigram is
# listed: the sentence "a b" costs 7.3778 nats in the model, 4.1589 on the best path and 4.1197 over all paths. That is by
# design (a failure arc would be needed), and a symbol #0 marks the arcs; who reads the text with the labels of the output
# side sees neither.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check kaldilm==1.15.5
cd "$folder"
env/bin/python - <<'PY'
import math
import sys

import kaldilm

LINES = ["\\data\\", "ngram 1=4", "ngram 2=2", "", "\\1-grams:", "-99\t<s>\t-0.30103", "-0.60206\t</s>"]
LINES += ["-0.30103\ta\t0.0", "-0.60206\tb", "", "\\2-grams:", "-2\ta b", "-0.1\ta a", "", "\\end\\", ""]
with open("model.arpa", "w") as stream:
    stream.write("\n".join(LINES))
text = kaldilm.arpa2fst(
    input_arpa="model.arpa", disambig_symbol="#0", read_symbol_table="", write_symbol_table="words.txt", max_order=2
)
words = dict(line.split() for line in open("words.txt"))
arcs, ends, start = [], {}, None
for fields in map(str.split, text.splitlines()):
    if not fields:
        continue
    start = fields[0] if start is None else start
    if len(fields) <= 2:
        ends[fields[0]] = float(fields[1]) if fields[1:] else 0.0
    else:
        arcs.append((fields[0], fields[1], fields[3], float(fields[4]) if fields[4:] else 0.0))


def paths(state, sentence):
    """The costs of all paths that write the sentence on the output side."""
    if not sentence and state in ends:
        yield ends[state]
    for source, target, label, cost in arcs:
        if source == state and (label == "0" or sentence[:1] == [label]):
            yield from (cost + rest for rest in paths(target, sentence[label != "0" :]))


costs = list(paths(start, [words["a"], words["b"]]))
model = -math.log(10) * (-0.30103 - 0.30103 - 2 - 0.60206)
best, total = min(costs), -math.log(sum(math.exp(-cost) for cost in costs))
print(f"a b: the model {model:.4f} nats, the best path {best:.4f}, all paths {total:.4f}")
sys.exit(not (abs(model - 7.3778) < 1e-4 and abs(best - 4.1589) < 1e-4 and abs(total - 4.1197) < 1e-4))
PY
