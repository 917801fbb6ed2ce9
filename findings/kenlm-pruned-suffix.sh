#!/bin/sh
# kenlm 0.3.0 (Python): small files that are sound cannot be read.
#
# In a pruned model a trigram "a b c" may be listed while "b c" is not: the probability of c after b is then that of backing
# off, which the format defines. KenLM reserves room for such missing n-grams in proportion to those that are listed, so
# that files with few bigrams raise; its command has an option for more room, the Python class none. One more listed bigram
# ("b c" itself) makes the same file readable. Both give "a b c" 10^-1.6021.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check kenlm==0.3.0
cd "$folder"
env/bin/python - <<'PY' 2>"$folder/progress"
import sys

import kenlm


def model(*bigrams):
    lines = ["\\data\\", "ngram 1=5", f"ngram 2={len(bigrams)}", "ngram 3=1", "", "\\1-grams:", "-99\t<s>\t0"]
    lines += ["-0.60206\t</s>", "-0.60206\ta\t0", "-0.60206\tb\t0", "-0.60206\tc\t0", "", "\\2-grams:"]
    return "\n".join([*lines, *bigrams, "", "\\3-grams:", "-0.5\ta b c", "", "\\end\\", ""])


outcomes = []
for name, bigrams in (("pruned", ["-0.5\ta b\t0"]), ("whole", ["-0.5\ta b\t0", "-0.60206\tb c\t0"])):
    with open(f"{name}.arpa", "w") as stream:
        stream.write(model(*bigrams))
    try:
        outcomes.append(f"{kenlm.Model(f'{name}.arpa').score('a b c', bos=False, eos=False):.4f}")
    except OSError as problem:
        outcomes.append("Avoid pruning" if "Avoid pruning" in str(problem) else str(problem))
    print(f"{name}: {outcomes[-1]}")
sys.exit(outcomes != ["Avoid pruning", "-1.6021"])
PY
