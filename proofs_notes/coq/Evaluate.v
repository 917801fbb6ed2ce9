(** The definitions of the other files, computed: sequences as lists, probabilities as rationals.

    Each function is proved equal to the definition that it stands for ([sum_words], [seen_computed],
    [given_times_computed], [bernoulli_computed],
    [fixed_size_computed], [ser_computed]), so what [vm_compute] answers on an instance
    is what the theorems speak of. Tests compare it with numbers that come from elsewhere. *)
From Coq Require Import QArith Qreals.
From Maskbound Require Export TokenError.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Open Scope R_scope.

(** ** Computing *)

Fixpoint words (L V : nat) : seq (seq nat) :=
  if L is L'.+1 then [seq a :: x | a <- iota 0 V, x <- words L' V] else [:: [::]].

Definition qsum (s : seq Q) : Q := foldr (fun a b => Qred (a + b)) 0%Q s.
Definition qprod (s : seq Q) : Q := foldr (fun a b => Qred (a * b)) 1%Q s.

Section Computed.
Variables (L V N : nat) (table : seq nat -> Q).

(** [q(x_R)], [R] the positions at which [known] holds. *)
Definition mass (known : nat -> bool) (x : seq nat) : Q :=
  qsum [seq (if all (fun j => known j ==> (nth 0%N y j == nth 0%N x j)) (iota 0 L) then table y else 0%Q) | y <- words L V].

(** The exact conditional of [x]'s token at [i] given its tokens at earlier times. *)
Definition conditional_at (tau x : seq nat) (i : nat) : Q :=
  let earlier j := (nth 0 tau j < nth 0 tau i)%N in
  Qred (mass (fun j => (j == i) || earlier j) x / mass earlier x).

Definition computed_given_times (tau x : seq nat) : Q := qprod [seq conditional_at tau x i | i <- iota 0 L].

Definition computed_output (W : seq nat -> Q) (x : seq nat) : Q :=
  qsum [seq Qred (W tau * computed_given_times tau x) | tau <- words L N].

Definition computed_bernoulli (w : seq Q) (tau : seq nat) : Q := qprod [seq nth 0%Q w k | k <- tau].

Definition fits_sizes (s tau : seq nat) : bool := all (fun k => count_mem k tau == nth 0%N s k) (iota 0 N).
Definition computed_fixed_size (s : seq nat) : seq nat -> Q :=
  let ways := count (fits_sizes s) (words L N) in
  fun tau => if fits_sizes s tau then (/ inject_Z (Z.of_nat ways))%Q else 0%Q.

(** [1 - out(support of q)] *)
Definition computed_ser (out : seq nat -> Q) : Q :=
  Qred (1 - qsum [seq (if Qeq_bool (table x) 0 then 0%Q else out x) | x <- words L V]).

End Computed.

(** ** What is computed is what was defined *)

Definition word (L V : nat) (x : {ffun 'I_L -> 'I_V}) : seq nat := [seq val (x i) | i <- enum 'I_L].

Lemma size_word L V (x : {ffun 'I_L -> 'I_V}) : size (word x) = L.
Proof. by rewrite size_map size_enum_ord. Qed.

Lemma nth_word L V (x : {ffun 'I_L -> 'I_V}) (i : 'I_L) : nth 0%N (word x) i = x i.
Proof. by rewrite (nth_map i) ?size_enum_ord // nth_ord_enum. Qed.

Lemma word_inj L V : injective (@word L V).
Proof. by move=> x y e; apply/ffunP => i; apply: ord_inj; rewrite -!nth_word e. Qed.

Lemma mem_words L V x : (x \in words L V) = (size x == L) && all (fun a => (a < V)%N) x.
Proof.
elim: L x => [|L ih] [|a x] //=; first by apply/allpairsP => -[[b y] []].
apply/allpairsP/idP => [[[b y] /= [bV yW [-> ->]]]|].
  by move: bV yW; rewrite mem_iota ih add0n => /= bV /andP[/eqP -> ->]; rewrite eqxx bV.
rewrite eqSS => /andP[sx /andP[aV xV]]; exists (a, x); split=> //=; first by rewrite mem_iota add0n.
by rewrite ih sx xV.
Qed.

Lemma uniq_words L V : uniq (words L V).
Proof.
elim: L => [|L ih] //=; apply: allpairs_uniq; [exact: iota_uniq | exact: ih | ].
by move=> [a x] [b y] _ _ [-> ->].
Qed.

Lemma words_perm L V : perm_eq [seq word x | x <- index_enum [finType of {ffun 'I_L -> 'I_V}]] (words L V).
Proof.
apply: uniq_perm; [by rewrite map_inj_uniq ?index_enum_uniq //; exact: word_inj | exact: uniq_words | ].
move=> s; rewrite mem_words; apply/mapP/idP => [[x _ ->]|/andP[/eqP sL /allP sV]].
  rewrite size_word eqxx; apply/allP => a /mapP[i _ ->]; exact: ltn_ord.
have lt (i : 'I_L) : (nth 0%N s i < V)%N by apply: sV; apply: mem_nth; rewrite sL.
exists [ffun i => Ordinal (lt i)]; first exact: mem_index_enum.
by apply: (@eq_from_nth _ 0%N) => [|i]; rewrite ?size_word // sL => iL;
   rewrite -[i]/(val (Ordinal iL)) nth_word ffunE.
Qed.

Lemma sum_words L V (F : seq nat -> R) :
  \sum_(x : {ffun 'I_L -> 'I_V}) F (word x) = \sum_(s <- words L V) F s.
Proof. by rewrite -(perm_big _ (words_perm L V)) big_map. Qed.

Lemma Q2R_red a : Q2R (Qred a) = Q2R a.
Proof. exact: Qeq_eqR (Qred_correct a). Qed.

Lemma Q2R_0 : Q2R 0%Q = 0. Proof. by rewrite /Q2R /=; lra. Qed.
Lemma Q2R_1 : Q2R 1%Q = 1. Proof. by rewrite /Q2R /=; lra. Qed.

Lemma Q2R_inverse a : Q2R (/ a)%Q = / Q2R a.
Proof.
have [e|ne] := Qeq_dec a 0%Q; last exact: Q2R_inv.
by rewrite (Qeq_eqR _ _ e) Q2R_0 Rinv_0 (Qeq_eqR (/ a)%Q 0%Q) ?Q2R_0 //; rewrite e.
Qed.

Lemma Q2R_div a b : Q2R (a / b)%Q = Q2R a / Q2R b.
Proof. by rewrite /Qdiv Q2R_mult Q2R_inverse. Qed.

Lemma Q2R_sum (s : seq Q) : Q2R (qsum s) = \sum_(a <- s) Q2R a.
Proof.
elim: s => [|a s ih]; first by rewrite big_nil; exact: Q2R_0.
by rewrite big_cons -ih -Q2R_plus; exact: Q2R_red.
Qed.

Lemma Q2R_prod (s : seq Q) : Q2R (qprod s) = \big[Rmult/1]_(a <- s) Q2R a.
Proof.
elim: s => [|a s ih]; first by rewrite big_nil; exact: Q2R_1.
by rewrite big_cons -ih -Q2R_mult; exact: Q2R_red.
Qed.

Lemma Q2R_nat n : Q2R (inject_Z (Z.of_nat n)) = INR n.
Proof. by rewrite INR_IZR_INZ /Q2R /=; field. Qed.

Section Correct.
Variables (L V N : nat) (table : seq nat -> Q) (q : law (sequences (ordinal_finType L) (ordinal_finType V))).
Hypothesis tabled : forall x, q x = Q2R (table (word x)).

Lemma seen_computed (R : {set 'I_L}) (known : nat -> bool) (x : {ffun 'I_L -> 'I_V}) :
  (forall i : 'I_L, (i \in R) = known i) -> seen q (show R) x = Q2R (mass L V table known (word x)).
Proof.
move=> knownE; rewrite /mass Q2R_sum big_map.
rewrite -(sum_words L V (fun y => Q2R (if all (fun j => known j ==> (nth 0%N y j == nth 0%N (word x) j)) (iota 0 L)
  then table y else 0%Q))).
rewrite /seen /push big_mkcond; apply: eq_bigr => y _.
suff -> : (show R y == show R x) = all (fun j => known j ==> (nth 0%N (word y) j == nth 0%N (word x) j)) (iota 0 L).
  by case: ifP => _; rewrite ?Q2R_0 // tabled.
apply/eqP/allP => [/show_eqP h j|h].
  rewrite mem_iota add0n => jL; apply/implyP; rewrite -[j]/(val (Ordinal jL)) -knownE => jR.
  by rewrite !nth_word h.
apply/show_eqP => i iR; apply: ord_inj; rewrite -!nth_word; apply/eqP.
by have := h i; rewrite mem_iota ltn_ord -knownE iR; apply.
Qed.

Theorem ser_computed (f : {ffun 'I_L -> 'I_V} -> R) (out : seq nat -> Q) :
  (forall x, 0 < q x -> f x = Q2R (out (word x))) -> ser q f = Q2R (computed_ser L V table out).
Proof.
move=> fE; rewrite /computed_ser Q2R_red Q2R_minus Q2R_1 Q2R_sum big_map; congr (1 - _).
rewrite -(sum_words L V (fun x => Q2R (if Qeq_bool (table x) 0 then 0%Q else out x))) big_mkcond.
apply: eq_bigr => x _.
have [x0|x0] := positiveP (q x).
  case e : (Qeq_bool _ _); last exact: fE.
  by move/Qeq_bool_eq/Qeq_eqR: e; rewrite -tabled Q2R_0 => e; move: x0; rewrite e; lra.
case e : (Qeq_bool _ _); first by rewrite Q2R_0.
case: (Qeq_bool_neq _ _ e); apply: eqR_Qeq; rewrite -tabled Q2R_0.
by have [->|] := pmf_cases q x; lra.
Qed.

Variable p : denoiser (ordinal_finType L) (ordinal_finType V).
Hypothesis exact : exact_denoiser q p.

Lemma given_times_computed (tau : {ffun 'I_L -> 'I_N}) (x : {ffun 'I_L -> 'I_V}) : 0 < q x ->
  given_times p tau x = Q2R (computed_given_times L V table (word tau) (word x)).
Proof.
move=> x0; rewrite /computed_given_times Q2R_prod big_map.
have -> : iota 0 L = index_iota 0 L by rewrite /index_iota subn0.
rewrite big_mkord; apply: eq_bigr => i _.
rewrite exact; last first.
- by rewrite context_show; exact: seen_gt0.
- by rewrite ffunE (negbTE (before_irr tau i)).
rewrite exact_conditional_show /conditional_at Q2R_red Q2R_div; congr (_ / _); last first.
  by apply: seen_computed => j; rewrite inE !nth_word.
rewrite -[LHS]/(seen q (fun y => (token i y, show (before tau i) y)) x).
transitivity (seen q (show (i |: before tau i)) x).
  by apply: Rle_antisym; apply: seen_le => y /show_add.
by apply: seen_computed => j; rewrite !inE !nth_word -val_eqE.
Qed.

Lemma output_computed (W : {ffun 'I_L -> 'I_N} -> R) (computed_W : seq nat -> Q) (x : {ffun 'I_L -> 'I_V}) :
  (forall tau, W tau = Q2R (computed_W (word tau))) -> 0 < q x ->
  output p W x = Q2R (computed_output L V N table computed_W (word x)).
Proof.
move=> WE x0; rewrite /computed_output Q2R_sum big_map.
rewrite -(sum_words L N (fun tau => Q2R (Qred (computed_W tau * computed_given_times L V table tau (word x))))).
by apply: eq_bigr => tau _; rewrite Q2R_red Q2R_mult WE given_times_computed.
Qed.

Theorem bernoulli_computed (w : law (ordinal_finType N)) (weights : seq Q) (x : {ffun 'I_L -> 'I_V}) :
  (forall k : 'I_N, w k = Q2R (nth 0%Q weights k)) -> 0 < q x ->
  output p (bernoulli (ordinal_finType L) w) x =
  Q2R (computed_output L V N table (computed_bernoulli weights) (word x)).
Proof.
move=> wE; apply: output_computed => tau.
rewrite /= /bernoulli_times /computed_bernoulli Q2R_prod big_map /word big_map big_enum.
by apply: eq_bigr => i _; exact: wE.
Qed.

Theorem fixed_size_computed (s : 'I_N -> nat) (sizes : seq nat) (total : (\sum_(k < N) s k)%N = #|'I_L|)
    (L0 : (0 < #|'I_L|)%N) (x : {ffun 'I_L -> 'I_V}) :
  (forall k : 'I_N, s k = nth 0%N sizes k) -> 0 < q x ->
  output p (fixed_size total L0) x = Q2R (computed_output L V N table (computed_fixed_size L N sizes) (word x)).
Proof.
move=> sE; apply: output_computed => tau.
have fits (t : {ffun 'I_L -> 'I_N}) : has_sizes s t = fits_sizes N sizes (word t).
  have cnt (k : 'I_N) : count_mem (val k) (word t) = #|[set i | t i == k]|.
    rewrite /word count_map -size_filter cardE [enum (mem [set _ | _])]/enum_mem -enumT; congr size.
    by apply: eq_filter => i; rewrite /= inE.
  apply/forallP/allP => h k.
    rewrite mem_iota add0n => kN; have := h (Ordinal kN); rewrite -cnt sE; exact.
  by rewrite -cnt sE; apply: h; rewrite mem_iota ltn_ord.
rewrite /= /fixed_size_times /computed_fixed_size -fits; case: ifP => _; last by rewrite Q2R_0.
rewrite Q2R_inverse Q2R_nat; congr (/ INR _).
rewrite -(permP (words_perm L N)) count_map -sum1_count -sum1_card.
by apply: eq_bigl => t; rewrite /= -fits.
Qed.

End Correct.
