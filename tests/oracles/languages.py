"""Languages (definitions.md#languages) as tables: `dict[tuple[int, ...], Fraction]`, positive entries only, summing to
one.

Every table is written from its definition: an HMM sums over all hidden paths, an MDS code evaluates all
polynomials. The vocabulary size V is not part of a table and is given where it is needed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, permutations, product
from random import Random

Tokens = tuple[int, ...]
Law = dict[Tokens, Fraction]


def law(entries: Iterable[tuple[Sequence[int], Fraction | int | str]]) -> Law:
    """Add up (tokens, probability) pairs, drop zeros, refuse what is not a law.

    Raises
    ------
    ValueError
        When a probability is negative, the lengths differ or the sum is not one.
    """
    table: Law = {}
    for tokens, probability in entries:
        probability = Fraction(probability)
        if probability < 0:
            raise ValueError(f"probability {probability} of {tuple(tokens)} is negative")
        if probability:
            key = tuple(tokens)
            table[key] = table.get(key, Fraction(0)) + probability
    if sum(table.values()) != 1:
        raise ValueError(f"probabilities sum to {sum(table.values())}, not to 1")
    if len({len(tokens) for tokens in table}) != 1:
        raise ValueError("sequences of different lengths in one law")
    return table


def uniform(sequences: Iterable[Sequence[int]]) -> Law:
    """The uniform law on distinct sequences."""
    distinct = {tuple(tokens) for tokens in sequences}
    return law((tokens, Fraction(1, len(distinct))) for tokens in distinct)


def tabular(probabilities: Sequence[Fraction | int | str], V: int, L: int) -> Law:
    """A table of `V**L` probabilities, first token most significant."""
    if len(probabilities) != V**L:
        raise ValueError(f"{len(probabilities)} probabilities given, {V**L} needed")
    return law(zip(product(range(V), repeat=L), probabilities, strict=True))


def ngram(
    order: int,
    V: int,
    L: int,
    initial: Mapping[Tokens, Fraction] | Sequence[Fraction],
    transition: Sequence[Sequence[Fraction]],
) -> Law:
    """n-gram law: the first order-1 tokens from `initial`, each other from its predecessors' row.

    Parameters
    ----------
    initial : a dict from tuples of order-1 tokens, or `V**(order-1)` probabilities, first most significant.
    transition : `V**(order-1)` rows of V probabilities, contexts in the same order.
    """
    contexts = list(product(range(V), repeat=order - 1))
    starts = initial if isinstance(initial, Mapping) else dict(zip(contexts, initial, strict=True))
    rows = dict(zip(contexts, transition, strict=True))
    entries = []
    for start, weight in starts.items():
        for rest in product(range(V), repeat=max(L - order + 1, 0)):
            tokens = tuple(start) + rest
            probability = Fraction(weight)
            for i in range(order - 1, len(tokens)):
                probability *= Fraction(rows[tokens[i - order + 1 : i]][tokens[i]])
            entries.append((tokens[:L], probability))
    return law(entries)


def markov(initial: Sequence[Fraction], transition: Sequence[Sequence[Fraction]], L: int) -> Law:
    """A Markov chain: an n-gram of order 2."""
    return ngram(2, len(initial), L, initial, transition)


def iid(probabilities: Sequence[Fraction], L: int) -> Law:
    """L independent tokens of one law: an n-gram of order 1."""
    return ngram(1, len(probabilities), L, {(): Fraction(1)}, [probabilities])


def hmm(pi: Sequence[Fraction], A: Sequence[Sequence[Fraction]], B: Sequence[Sequence[Fraction]], L: int) -> Law:
    """Hidden chain (`pi` of K, `A` K x K) with emissions `B` K x V, summed over all hidden paths."""
    entries = []
    for path in product(range(len(pi)), repeat=L):
        weight = Fraction(pi[path[0]])
        for s, t in pairwise(path):
            weight *= Fraction(A[s][t])
        if not weight:
            continue
        for tokens in product(range(len(B[0])), repeat=L):
            probability = weight
            for state, token in zip(path, tokens, strict=True):
                probability *= Fraction(B[state][token])
            entries.append((tokens, probability))
    return law(entries)


def hidden_paths(pi: Sequence[Fraction], A: Sequence[Sequence[Fraction]], L: int) -> dict[tuple[int, ...], Fraction]:
    """The law of the hidden states themselves."""
    found = {}
    for path in product(range(len(pi)), repeat=L):
        weight = Fraction(pi[path[0]])
        for s, t in pairwise(path):
            weight *= Fraction(A[s][t])
        if weight:
            found[path] = weight
    return found


def blocks(block: Law, count: int) -> Law:
    """`count` independent blocks of one law."""
    entries = []
    for parts in product(block.items(), repeat=count):
        probability = Fraction(1)
        for _, weight in parts:
            probability *= weight
        entries.append((sum((tokens for tokens, _ in parts), ()), probability))
    return law(entries)


def copy(V: int, m: int, L: int) -> Law:
    """Copy(V, m): blocks of m equal tokens, each uniform."""
    return blocks(uniform((v,) * m for v in range(V)), _parts(L, m))


def pair(V: int, L: int) -> Law:
    """Pair(V): copy blocks of two."""
    return copy(V, 2, L)


def parity(L: int) -> Law:
    """Uniform on the bit strings of even weight."""
    return uniform(x for x in product(range(2), repeat=L) if sum(x) % 2 == 0)


def mds(Q: int, K: int, L: int) -> Law:
    """Uniform on the values at 0..L-1 of all polynomials of degree below K over GF(Q), Q prime."""
    if any(Q % d == 0 for d in range(2, Q)) or Q < 2 or Q < L or not 1 <= K <= L:
        raise ValueError(f"MDS needs a prime field of at least L elements and 1 <= K <= L: {Q=}, {K=}, {L=}")
    return uniform(
        [sum(c * point**d for d, c in enumerate(coefficients)) % Q for point in range(L)]
        for coefficients in product(range(Q), repeat=K)
    )


def mds_product(Q: int, exponents: Sequence[int], L: int) -> Law:
    """Independent codes side by side, `m_K` of rank K; by other constructions than polynomials at the ends."""
    codes = []
    for K, count in enumerate(exponents, 1):
        if K == 1:
            code = copy(Q, L, L)
        elif K == L:
            code = iid([Fraction(1, Q)] * Q, L)
        elif K == L - 1:
            code = uniform(x for x in product(range(Q), repeat=L) if sum(x) % Q == 0)
        else:
            code = mds(Q, K, L)
        codes += [code] * count
    found = []
    for chosen in product(*codes):
        word = [0] * L
        for part in chosen:
            word = [token * Q + digit for token, digit in zip(word, part, strict=True)]
        found.append(word)
    return uniform(found)


def permutation(L: int) -> Law:
    """Uniform on the permutations of 0..L-1 (V = L)."""
    return uniform(permutations(range(L)))


def shifted_pair(V: int, flip: Fraction, L: int) -> Law:
    """Blocks `(a, a + S_b + B mod V)`: a uniform, B a fair bit, S_b a two-state chain started uniformly."""
    count = _parts(L, 2)
    entries = []
    for S in product(range(2), repeat=count):
        probability = Fraction(1, 2)
        for s, t in pairwise(S):
            probability *= flip if s != t else 1 - flip
        probability /= (2 * V) ** count
        for draws in product(product(range(V), range(2)), repeat=count):
            tokens = []
            for s, (a, bit) in zip(S, draws, strict=True):
                tokens += [a, (a + s + bit) % V]
            entries.append((tokens, probability))
    return law(entries)


def colouring(L: int) -> Law:
    """Uniform on the proper 3-colourings of a path of L vertices."""
    proper = (x for x in product(range(3), repeat=L) if all(a != b for a, b in pairwise(x)))
    return uniform(proper)


def random_row(rng: Random, V: int, zeros: float = 0.3, parts: int = 9) -> list[Fraction]:
    """A random law with small denominators; each entry is a structural zero with probability `zeros`."""
    counts = [0 if rng.random() < zeros else rng.randint(1, parts) for _ in range(V)]
    if not any(counts):
        counts[rng.randrange(V)] = 1
    return [Fraction(c, sum(counts)) for c in counts]


def random_table(rng: Random, V: int, L: int, zeros: float = 0.3) -> Law:
    """A random table with structural zeros."""
    return tabular(random_row(rng, V**L, zeros), V, L)


def random_chain(rng: Random, V: int, zeros: float = 0.3) -> tuple[list[Fraction], list[list[Fraction]]]:
    """Initial law and transition matrix of a random chain with structural zeros."""
    return random_row(rng, V, zeros), [random_row(rng, V, zeros) for _ in range(V)]


def weight_strings(L: int, weight: int) -> Law:
    """Uniform on the bit strings of one weight."""
    return uniform([int(i in ones) for i in range(L)] for ones in combinations(range(L), weight))


def _parts(L: int, size: int) -> int:
    """How many blocks of one size make up L tokens."""
    if L % size:
        raise ValueError(f"length {L} is not a multiple of the block length {size}")
    return L // size


class Marginals:
    """The probabilities `q(x_R)` of a law for every set R of positions, summed on first use and kept.

    `V` is needed only for conditionals.
    """

    def __init__(self, law: Law) -> None:
        self.law = law
        self.L = len(next(iter(law)))
        self._tables: dict[Tokens, Law] = {}
        self._kept: dict[tuple, object] = {}

    def of(self, positions: Tokens) -> Law:
        """The law of the tokens at `positions` (increasing): a dict from their values."""
        if positions not in self._tables:
            table: Law = {}
            for tokens, probability in self.law.items():
                values = tuple(tokens[i] for i in positions)
                table[values] = table.get(values, Fraction(0)) + probability
            self._tables[positions] = table
        return self._tables[positions]

    def probability(self, context: Mapping[int, int]) -> Fraction:
        """`q(x_R)` of a context {position: token}; zero when impossible."""
        positions = tuple(sorted(context))
        return self.of(positions).get(tuple(context[i] for i in positions), Fraction(0))

    def conditional(self, i: int, context: Mapping[int, int], V: int) -> list[Fraction] | None:
        """`q(x_i = v | x_R)` for v = 0..V-1, or None when the context is impossible."""
        whole = self.probability(context)
        return [self.probability({**context, i: v}) / whole for v in range(V)] if whole else None

    def keep(self, key: tuple, compute: Callable[[], object]) -> object:
        """Compute once for this law."""
        if key not in self._kept:
            self._kept[key] = compute()
        return self._kept[key]
