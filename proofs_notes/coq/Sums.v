(** Finite sums and products of reals, as mathcomp's big operators over Coq's reals. *)
From Coq Require Export Reals Lra Lia.
From mathcomp Require Export all_ssreflect.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Open Scope R_scope.

Arguments INR : simpl never.

Lemma INR_0 : INR 0 = 0. Proof. by []. Qed.
Lemma INR_1 : INR 1 = 1. Proof. by []. Qed.

Canonical Rplus_monoid := Monoid.Law (fun x y z => esym (Rplus_assoc x y z)) Rplus_0_l Rplus_0_r.
Canonical Rplus_comoid := Monoid.ComLaw Rplus_comm.
Canonical Rmult_monoid := Monoid.Law (fun x y z => esym (Rmult_assoc x y z)) Rmult_1_l Rmult_1_r.
Canonical Rmult_comoid := Monoid.ComLaw Rmult_comm.
Canonical Rmult_muloid := Monoid.MulLaw Rmult_0_l Rmult_0_r.
Canonical Rplus_addoid := Monoid.AddLaw Rmult_plus_distr_r Rmult_plus_distr_l.

Notation "\sum_ ( i <- r | P ) F" := (\big[Rplus/0]_(i <- r | P%B) F%R) : R_scope.
Notation "\sum_ ( i <- r ) F" := (\big[Rplus/0]_(i <- r) F%R) : R_scope.
Notation "\sum_ ( m <= i < n ) F" := (\big[Rplus/0]_(m <= i < n) F%R) : R_scope.
Notation "\sum_ ( i | P ) F" := (\big[Rplus/0]_(i | P%B) F%R) : R_scope.
Notation "\sum_ i F" := (\big[Rplus/0]_i F%R) : R_scope.
Notation "\sum_ ( i : t ) F" := (\big[Rplus/0]_(i : t) F%R) : R_scope.
Notation "\sum_ ( i : t | P ) F" := (\big[Rplus/0]_(i : t | P%B) F%R) : R_scope.
Notation "\sum_ ( i < n ) F" := (\big[Rplus/0]_(i < n) F%R) : R_scope.
Notation "\sum_ ( i < n | P ) F" := (\big[Rplus/0]_(i < n | P%B) F%R) : R_scope.
Notation "\sum_ ( i 'in' A ) F" := (\big[Rplus/0]_(i in A) F%R) : R_scope.
Notation "\prod_ ( i | P ) F" := (\big[Rmult/1]_(i | P%B) F%R) : R_scope.
Notation "\prod_ i F" := (\big[Rmult/1]_i F%R) : R_scope.
Notation "\prod_ ( i < n ) F" := (\big[Rmult/1]_(i < n) F%R) : R_scope.
Notation "\prod_ ( i : t ) F" := (\big[Rmult/1]_(i : t) F%R) : R_scope.
Notation "\prod_ ( i : t | P ) F" := (\big[Rmult/1]_(i : t | P%B) F%R) : R_scope.
Notation "\prod_ ( i 'in' A ) F" := (\big[Rmult/1]_(i in A) F%R) : R_scope.

(** Is a real positive, as a boolean. *)
Definition positive (x : R) : bool := if Rlt_dec 0 x then true else false.

Lemma positiveP x : reflect (0 < x) (positive x).
Proof. by rewrite /positive; case: Rlt_dec => h; constructor. Qed.

Section Sums.
Variable (T : Type) (r : seq T) (P : pred T).
Implicit Types F G : T -> R.

Lemma sum_ge0 F : (forall i, P i -> 0 <= F i) -> 0 <= \sum_(i <- r | P i) F i.
Proof. by move=> h; elim/big_ind: _ => *; [lra | lra | exact: h]. Qed.

Lemma sum_le F G : (forall i, P i -> F i <= G i) -> \sum_(i <- r | P i) F i <= \sum_(i <- r | P i) G i.
Proof. by move=> h; elim/big_ind2: _ => *; [lra | lra | exact: h]. Qed.

Lemma sum_le0 F : (forall i, P i -> F i <= 0) -> \sum_(i <- r | P i) F i <= 0.
Proof. by move=> h; elim/big_ind: _ => *; [lra | lra | exact: h]. Qed.

Lemma sum_opp F : \sum_(i <- r | P i) (- F i) = - \sum_(i <- r | P i) F i.
Proof. by elim/big_rec2: _ => [|i x y _ ->]; lra. Qed.

Lemma sum_sub F G : \sum_(i <- r | P i) (F i - G i) = \sum_(i <- r | P i) F i - \sum_(i <- r | P i) G i.
Proof. by elim/big_rec3: _ => [|i x y z _ ->]; lra. Qed.

Lemma prod_ge0 F : (forall i, P i -> 0 <= F i) -> 0 <= \big[Rmult/1]_(i <- r | P i) F i.
Proof. by move=> h; elim/big_ind: _ => [|x y hx hy|]; [lra | exact: Rmult_le_pos | exact: h]. Qed.

Lemma prod_gt0 F : (forall i, P i -> 0 < F i) -> 0 < \big[Rmult/1]_(i <- r | P i) F i.
Proof. by move=> h; elim/big_ind: _ => [|x y hx hy|]; [lra | exact: Rmult_lt_0_compat | exact: h]. Qed.

Lemma ln_prod F : (forall i, P i -> 0 < F i) ->
  ln (\big[Rmult/1]_(i <- r | P i) F i) = \sum_(i <- r | P i) ln (F i).
Proof.
move=> h; suff [] : 0 < \big[Rmult/1]_(i <- r | P i) F i /\
  ln (\big[Rmult/1]_(i <- r | P i) F i) = \sum_(i <- r | P i) ln (F i) by [].
elim/big_rec2: _ => [|i x y /h Fi [y0 <-]]; first by split; [lra | exact: ln_1].
by split; [exact: Rmult_lt_0_compat | exact: ln_mult].
Qed.

End Sums.

Lemma prod_le (T : Type) (r : seq T) (P : pred T) (F G : T -> R) :
  (forall i, P i -> 0 <= F i <= G i) -> \big[Rmult/1]_(i <- r | P i) F i <= \big[Rmult/1]_(i <- r | P i) G i.
Proof.
move=> h; suff [] : 0 <= \big[Rmult/1]_(i <- r | P i) F i <= \big[Rmult/1]_(i <- r | P i) G i by [].
elim/big_ind2: _ => [|x1 y1 x2 y2 h1 h2|i /h //]; first lra.
by split; [apply: Rmult_le_pos; lra | apply: Rmult_le_compat; lra].
Qed.

Lemma prod_inv (T : Type) (r : seq T) (P : pred T) (F : T -> R) :
  \big[Rmult/1]_(i <- r | P i) / F i = / \big[Rmult/1]_(i <- r | P i) F i.
Proof. by elim/big_rec2: _ => [|i x y _ ->]; rewrite ?Rinv_1 ?Rinv_mult. Qed.

(** A sum with one term more or less. *)
Lemma sum_pick (T : finType) (j : T) (F : T -> R) : \sum_i (if i == j then F i else 0) = F j.
Proof. by rewrite -big_mkcond big_pred1_eq. Qed.

Lemma sum_term_le (T : finType) (P : pred T) (F : T -> R) j :
  (forall i, P i -> 0 <= F i) -> P j -> F j <= \sum_(i | P i) F i.
Proof.
move=> h Pj; rewrite (bigD1 j) //=.
suff: 0 <= \sum_(i | P i && (i != j)) F i by lra.
by apply: sum_ge0 => i /andP[/h].
Qed.

Lemma sum_gt0 (T : finType) (P : pred T) (F : T -> R) j :
  (forall i, P i -> 0 <= F i) -> P j -> 0 < F j -> 0 < \sum_(i | P i) F i.
Proof. by move=> h Pj Fj; have := sum_term_le h Pj; lra. Qed.

Lemma sum_eq0 (T : finType) (P : pred T) (F : T -> R) j :
  (forall i, P i -> 0 <= F i) -> P j -> \sum_(i | P i) F i = 0 -> F j = 0.
Proof. by move=> h Pj e; have := sum_term_le h Pj; have := h _ Pj; lra. Qed.

Lemma sum_const (T : finType) (P : pred T) (c : R) : \sum_(i | P i) c = INR #|P| * c.
Proof.
rewrite big_const; elim: #|P| => [|n ih]; first by rewrite /= INR_0 Rmult_0_l.
by rewrite iterS ih S_INR; lra.
Qed.

Lemma sum_constT (T : finType) (c : R) : \sum_(i : T) c = INR #|T| * c.
Proof. by rewrite sum_const; congr (INR _ * _); apply: eq_card. Qed.

Lemma sum_const_in (T : finType) (A : {set T}) (c : R) : \sum_(i | i \in A) c = INR #|A| * c.
Proof. by rewrite sum_const; congr (INR _ * _); apply: eq_card. Qed.

Lemma prod_const (T : finType) (P : pred T) (c : R) : \prod_(i | P i) c = c ^ #|P|.
Proof. by rewrite big_const; elim: #|P| => //= n ->. Qed.

Lemma INR_mul m n : INR (m * n)%N = INR m * INR n.
Proof. exact: mult_INR. Qed.

Lemma INR_add m n : INR (m + n)%N = INR m + INR n.
Proof. exact: plus_INR. Qed.

Lemma INR_sum (T : Type) (r : seq T) (P : pred T) (F : T -> nat) :
  INR (\big[addn/0%N]_(i <- r | P i) F i) = \sum_(i <- r | P i) INR (F i).
Proof. by elim/big_rec2: _ => [|i x y _ <-] //; rewrite plus_INR. Qed.

Lemma INR_le m n : (m <= n)%N -> INR m <= INR n.
Proof. by move/leP/le_INR. Qed.

Lemma INR_gt0 n : (0 < n)%N -> 0 < INR n.
Proof. by move/ltP/lt_0_INR. Qed.

Lemma INR_subn m n : (n <= m)%N -> INR (m - n) = INR m - INR n.
Proof. by move/leP/minus_INR. Qed.

(** The tangent of the logarithm at 1, the source of every inequality between entropies here. *)
Lemma ln_tangent t : 0 < t -> ln t <= t - 1.
Proof.
move=> t0; have [e|ne] := Req_dec (ln t) 0.
  by rewrite e -(exp_ln t) // e exp_0; lra.
by have := exp_ineq1 _ ne; rewrite exp_ln //; lra.
Qed.

Lemma ln_div a b : 0 < a -> 0 < b -> ln (a / b) = ln a - ln b.
Proof. by move=> a0 b0; rewrite /Rdiv ln_mult ?ln_Rinv //; apply: Rinv_0_lt_compat. Qed.

Lemma div_ge0 a b : 0 <= a -> 0 <= b -> 0 <= a / b.
Proof.
move=> a0 [b0|<-]; last by rewrite /Rdiv Rinv_0 Rmult_0_r; lra.
by apply: Rmult_le_pos => //; apply: Rlt_le; apply: Rinv_0_lt_compat.
Qed.

Lemma div_gt0 a b : 0 < a -> 0 < b -> 0 < a / b.
Proof. exact: Rdiv_lt_0_compat. Qed.

Lemma mul_divK a b : a <> 0 -> a * (b / a) = b.
Proof. by move=> a0; field. Qed.
