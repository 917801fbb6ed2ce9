(** The tower rule for tokens drawn in an order: if the factor of [b] depends on its own token and on the tokens of
    those that come at earlier times, and its sum over its own token is at most [y b], then the sum of the product of
    all factors is at most the product of the [y b].

    The same with an equality. Proof: sum over the token of one that comes last, on which no other factor depends. *)
From Maskbound Require Export Sums.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section Tower.
Variables (B A : finType) (time : B -> nat) (G : B -> {ffun B -> A} -> R) (y : B -> R).

Definition put (u : {ffun B -> A}) (b : B) (a : A) : {ffun B -> A} := [ffun j => if j == b then a else u j].

Hypothesis G_ge0 : forall b u, 0 <= G b u.
Hypothesis causal : forall b (u v : {ffun B -> A}),
  u b = v b -> (forall j, (time j < time b)%N -> u j = v j) -> G b u = G b v.

(** Equality or order, whatever sums and products with non-negative factors respect. *)
Variable le : R -> R -> Prop.
Hypothesis le_refl : forall a, le a a.
Hypothesis le_trans : forall a b c, le a b -> le b c -> le a c.
Hypothesis le_sum : forall (T : finType) (P : pred T) (F F' : T -> R),
  (forall t, P t -> le (F t) (F' t)) -> le (\sum_(t | P t) F t) (\sum_(t | P t) F' t).
Hypothesis le_scale : forall c a b, 0 <= c -> le a b -> le (c * a) (c * b).
Hypothesis own_sum : forall b u, le (\sum_a G b (put u b a)) (y b).
Hypothesis y_ge0 : forall b, 0 <= y b.

Let agrees (D : {set B}) (u0 u : {ffun B -> A}) : bool := [forall j, (j \notin D) ==> (u j == u0 j)].

Lemma agreesP (D : {set B}) (u0 u : {ffun B -> A}) : reflect (forall j, j \notin D -> u j = u0 j) (agrees D u0 u).
Proof.
apply: (iffP forallP) => h j; first by move=> jD; move: (h j); rewrite jD => /eqP.
by apply/implyP => /h ->.
Qed.

Lemma tower_on (D : {set B}) (u0 : {ffun B -> A}) :
  le (\sum_(u | agrees D u0 u) \prod_(b | b \in D) G b u) (\prod_(b | b \in D) y b).
Proof.
move Hn : #|D| => n; elim: n D Hn => [|n ih] D e.
  have D0 : D = set0 by apply/eqP; rewrite -cards_eq0 e.
  rewrite [X in le _ X]big1 => [|b]; last by rewrite D0 inE.
  rewrite (big_pred1 u0) => [|u]; last first.
    apply/agreesP/eqP => [h|-> //]; apply/ffunP => j; apply: h; by rewrite D0 inE.
  by rewrite big1 // => b; rewrite D0 inE.
have [b0 b0D] : exists b0, b0 \in D by apply/card_gt0P; rewrite e.
have [b bD last] : exists2 b, b \in D & forall d, d \in D -> (time d <= time b)%N.
  by case: (@arg_maxnP _ b0 (mem D) time b0D) => b bD last; exists b.
have e' : #|D :\ b| = n by move: e; rewrite (cardsD1 b) bD => -[].
pose clear u := put u b (u0 b).
rewrite (partition_big clear (agrees (D :\ b) u0)) => [|u /agreesP h]; last first.
  apply/agreesP => j; rewrite in_setD1 negb_and negbK ffunE.
  by case: eqVneq => [->|] //= _ /h.
apply: (le_trans (b := \sum_(v | agrees (D :\ b) u0 v) (\prod_(d | d \in D :\ b) G d v) * y b)); last first.
  rewrite -big_distrl (bigD1 b) //= Rmult_comm; apply: le_scale => //.
  rewrite [X in le _ X](eq_bigl (fun d => d \in D :\ b)) => [|d]; last by rewrite in_setD1 andbC.
  exact: ih.
apply: le_sum => v /agreesP hv.
have -> : \sum_(u | agrees D u0 u && (clear u == v)) \prod_(d | d \in D) G d u =
  (\prod_(d | d \in D :\ b) G d v) * \sum_a G b (put v b a).
  rewrite (reindex_onto (fun a => put v b a) (fun u => u b)) => [|u /andP[_ /eqP <-]]; last first.
    by apply/ffunP => j; rewrite !ffunE; case: eqP => // ->.
  rewrite big_distrr /=; apply: eq_big => [a|a _].
    rewrite !ffunE eqxx eqxx andbT; apply/andP; split.
      apply/agreesP => j jD; rewrite ffunE; case: eqP => [ej|_]; first by rewrite ej bD in jD.
      by apply: hv; rewrite in_setD1 (negbTE jD) andbF.
    by apply/eqP/ffunP => j; rewrite !ffunE; case: eqP => // ->; rewrite hv // in_setD1 eqxx.
  rewrite (bigD1 b) //= Rmult_comm; congr (_ * _).
  apply: eq_big => [d|d /andP[dD db]]; first by rewrite in_setD1 andbC.
  by apply: causal => [|j jd]; rewrite ffunE ?(negbTE db) //; case: eqP => // ej;
     move: (last d dD); rewrite leqNgt -ej jd.
by apply: le_scale => //; apply: prod_ge0 => d _.
Qed.

Lemma tower (u0 : {ffun B -> A}) : le (\sum_u \prod_b G b u) (\prod_b y b).
Proof.
have := tower_on setT u0.
rewrite (eq_bigl predT) => [|u]; last by apply/agreesP => j; rewrite in_setT.
rewrite [X in le _ X](eq_bigl predT) => [|b]; last by rewrite in_setT.
by rewrite (eq_bigr (fun u => \prod_b G b u)) // => u _; apply: eq_bigl => b; rewrite in_setT.
Qed.

End Tower.

Section Instances.
Variables (B A : finType) (time : B -> nat) (G : B -> {ffun B -> A} -> R) (y : B -> R) (u0 : {ffun B -> A}).
Hypothesis G_ge0 : forall b u, 0 <= G b u.
Hypothesis causal : forall b (u v : {ffun B -> A}),
  u b = v b -> (forall j, (time j < time b)%N -> u j = v j) -> G b u = G b v.
Hypothesis y_ge0 : forall b, 0 <= y b.

Lemma tower_le : (forall b u, \sum_a G b (put u b a) <= y b) -> \sum_u \prod_b G b u <= \prod_b y b.
Proof.
move=> own; refine (@tower B A time G y G_ge0 causal Rle _ _ _ _ own y_ge0 u0).
- exact: Rle_refl.
- exact: Rle_trans.
- by move=> T P F F' h; apply: sum_le.
- by move=> c a b; apply: Rmult_le_compat_l.
Qed.

Lemma tower_eq : (forall b u, \sum_a G b (put u b a) = y b) -> \sum_u \prod_b G b u = \prod_b y b.
Proof.
move=> own; refine (@tower B A time G y G_ge0 causal eq _ _ _ _ own y_ge0 u0) => //.
- by move=> a b c -> ->.
- by move=> T P F F' h; apply: eq_bigr.
- by move=> c a b _ ->.
Qed.

End Instances.
