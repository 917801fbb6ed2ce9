(** Sequences as lists, sums of rationals, and sums of rationals times logarithms, for computation. *)
From Coq Require Export ZArith QArith Qreals.
From Maskbound Require Export Expressions.
From Maskbound Require Export Sampler.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Open Scope R_scope.

(** ** Sequences as lists *)

Fixpoint words (v n : nat) : seq (seq nat) :=
  match n with O => [:: [::]] | S n => [seq a :: l | a <- iota 0 v, l <- words v n] end.

Lemma mem_words v n l : (l \in words v n) = (size l == n) && all (fun a => a < v)%N l.
Proof.
elim: n l => [|n ih] [|a l] //=.
  by apply/negbTE/allpairsP => -[[b m]] [].
apply/allpairsP/idP => [[[b m]] /= [hb hm [-> ->]]|].
  by move: hb hm; rewrite mem_iota ih eqSS => /= -> /andP[-> ->].
rewrite eqSS => /and3P[sl av al]; exists (a, l); split=> //; first by rewrite mem_iota.
by rewrite ih sl al.
Qed.

Lemma uniq_words v n : uniq (words v n).
Proof.
elim: n => //= n ih; apply: allpairs_uniq; rewrite ?iota_uniq //.
by move=> [a l] [b m] _ _ /= [-> ->].
Qed.

Section Words.
Variables (L v : nat).
Notation word := {ffun 'I_L -> 'I_v.+1}.

Definition of_word (l : seq nat) : word := [ffun i : 'I_L => inord (nth 0%N l i)].
Definition word_of (x : word) : seq nat := [seq val (x i) | i <- enum 'I_L].

Lemma size_word_of x : size (word_of x) = L.
Proof. by rewrite size_map size_enum_ord. Qed.

Lemma nth_word_of x (i : 'I_L) : nth 0%N (word_of x) i = x i.
Proof. by rewrite (nth_map i) ?size_enum_ord // nth_ord_enum. Qed.

Lemma of_wordK : cancel word_of of_word.
Proof. by move=> x; apply/ffunP => i; rewrite ffunE nth_word_of inord_val. Qed.

Lemma word_in x : word_of x \in words v.+1 L.
Proof. by rewrite mem_words size_word_of eqxx; apply/allP => a /mapP[i _ ->]; exact: ltn_ord. Qed.

Lemma word_ofK l : l \in words v.+1 L -> word_of (of_word l) = l.
Proof.
rewrite mem_words => /andP[/eqP sl /allP al]; apply: (@eq_from_nth _ 0%N); first by rewrite size_word_of.
rewrite size_word_of => i iL; rewrite (nth_word_of _ (Ordinal iL)) ffunE inordK //.
by apply: al; rewrite mem_nth // sl.
Qed.

Lemma big_words (T : Type) (idx : T) (op : Monoid.com_law idx) (F : word -> T) :
  \big[op/idx]_x F x = \big[op/idx]_(l <- words v.+1 L) F (of_word l).
Proof.
rewrite -(big_map of_word predT F); apply: perm_big; apply: uniq_perm; first exact: index_enum_uniq.
  by rewrite map_inj_in_uniq ?uniq_words // => l m /word_ofK {2}<- /word_ofK {2}<- ->.
move=> x; rewrite mem_index_enum; apply/esym/mapP; exists (word_of x); [exact: word_in | by rewrite of_wordK].
Qed.

End Words.

(** ** Sums of rationals, and of pairs *)

Definition qsum (s : seq Q) : Q := foldr qadd 0%Q s.

Lemma Q2R0 : Q2R 0 = 0. Proof. by rewrite /Q2R /= Rmult_0_l. Qed.
Lemma Q2R1 : Q2R 1 = 1. Proof. by rewrite /Q2R /=; field. Qed.

Lemma qsumP (T : Type) (f : T -> Q) s : Q2R (qsum (map f s)) = \sum_(x <- s) Q2R (f x).
Proof.
elim: s => [|x s ih]; first by rewrite big_nil Q2R0.
by rewrite big_cons -ih /= qaddP.
Qed.

Definition qprod (s : seq Q) : Q := foldr qmul 1%Q s.

Lemma qprodP (T : Type) (f : T -> Q) s : Q2R (qprod (map f s)) = \big[Rmult/1]_(x <- s) Q2R (f x).
Proof.
elim: s => [|x s ih]; first by rewrite big_nil Q2R1.
by rewrite big_cons -ih /= qmulP.
Qed.

Definition qdiv (a b : Q) : Q := Qred (a / b).
Lemma qdivP a b : Q2R b <> 0 -> Q2R (qdiv a b) = Q2R a / Q2R b.
Proof.
move=> b0; rewrite Q2R_Qred Q2R_div // => h; apply: b0.
by rewrite (Qeq_eqR _ _ h) Q2R0.
Qed.

Definition qpos (c : Q) : bool := match Qnum c with Zpos _ => true | _ => false end.

Lemma qposP c : reflect (0 < Q2R c) (qpos c).
Proof.
have D0 := IZR_gt0 (Qden c); have i0 : 0 < / IZR (Zpos (Qden c)) by apply: Rinv_0_lt_compat.
rewrite /qpos /Q2R; case: (Qnum c) => [|n|n]; constructor; first lra.
  by have := IZR_gt0 n; nra.
have : IZR (Zneg n) < 0 by apply: (IZR_lt _ 0).
nra.
Qed.

Lemma pairs_flatten (T : Type) (f : T -> seq (Q * Q)) s :
  pairs_value (flatten (map f s)) = \sum_(x <- s) pairs_value (f x).
Proof.
elim: s => [|x s ih]; first by rewrite big_nil.
rewrite big_cons -ih /=; elim: (f x) => [|[c r] l ihl] /=; first by rewrite Rplus_0_l.
by rewrite ihl; ring.
Qed.

Lemma pairs_map (T : Type) (f g : T -> Q) s :
  pairs_value [seq (f x, g x) | x <- s] = \sum_(x <- s) Q2R (f x) * ln (Q2R (g x)).
Proof.
elim: s => [|x s ih]; first by rewrite big_nil.
by rewrite big_cons -ih.
Qed.

Lemma of_pairs_pos base l f : of_pairs base l = Some f -> all (fun cr => qpos cr.2) l.
Proof.
elim: l f => [|[c [[|a|a] d]] l ih] f //; cbn [of_pairs Qnum] => //.
by case e : (of_pairs base l) => [g|] // _; exact: (ih g e).
Qed.

Lemma all_flatten (T : Type) (P : pred T) ss : all P (flatten ss) = all (all P) ss.
Proof. by elim: ss => //= s ss ih; rewrite all_cat ih. Qed.

(** A function of which some values are worked out once. *)
Fixpoint recall (K : eqType) (known : seq (K * Q)) (f : K -> Q) (k : K) : Q :=
  match known with [::] => f k | (j, c) :: known => if j == k then c else recall known f k end.

Lemma recallP (K : eqType) (f : K -> Q) ks k : recall [seq (j, f j) | j <- ks] f k = f k.
Proof.
elim: ks => //= j ks ih; case: eqP => [-> //|_]; exact: ih.
Qed.
