(** The profile and the curve of a set function [h] on the subsets of [L] positions, such as [h R = H(X_R)].

    Statements: [profile_non_increasing] and [curve_non_increasing] (for [h] of diminishing gains),
    [curve_bernstein], [area_theorem_profile], [area_theorem_curve], [profile_total_drop], [curve_ends].

    The area theorem for the curve: let [G a] be the mean of [h] of a set that holds every position independently
    with probability [a]. Raising [a] adds positions one by one, so [G'] is the sum over [i] of the mean gain of
    [i] ([russo]): that is the curve. So its integral is [G 1 - G 0 = h (all) - h (none)]. *)
From Maskbound Require Export Sums.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section SetFunctions.
Variables (I : finType) (h : {set I} -> R).
Local Notation L := #|I|.

Definition gain (i : I) (R : {set I}) := h (i |: R) - h R.

Definition profile (j : nat) : R :=
  (\sum_i \sum_(R : {set I} | (i \notin R) && (#|R| == j)) gain i R) / INR 'C(L.-1, j).

Definition curve (a : R) : R :=
  \sum_i \sum_(R : {set I} | i \notin R) a ^ #|R| * (1 - a) ^ (L.-1 - #|R|) * gain i R.

(** The mean of [f R], [R] holding every element of [U] independently with probability [a]. *)
Definition erasure_mean (U : {set I}) (f : {set I} -> R) (a : R) : R :=
  \sum_(R : {set I} | R \subset U) a ^ #|R| * (1 - a) ^ (#|U| - #|R|) * f R.

Definition diminishing := forall (i j : I) (R : {set I}), i \notin R -> j \notin R -> i != j -> gain i (j |: R) <= gain i R.

Lemma subset_all_but (i : I) (R : {set I}) : (R \subset [set: I] :\ i) = (i \notin R).
Proof. by rewrite subsetD1 subsetT. Qed.

Lemma card_all_but (i : I) : #|[set: I] :\ i| = L.-1%N.
Proof. by rewrite -[L](cardsT I) (cardsD1 i [set: I]) in_setT. Qed.

(** Sums over a set and an element in it, or outside it. *)
Lemma sum_add (U : {set I}) (F : I -> {set I} -> R) :
  \sum_(j | j \in U) \sum_(R : {set I} | R \subset U :\ j) F j (j |: R) =
  \sum_(S : {set I} | S \subset U) \sum_(j | j \in S) F j S.
Proof.
rewrite [RHS](exchange_big_dep (fun j => j \in U)) /=; last by move=> S j /subsetP sub /sub.
apply: eq_bigr => j jU.
rewrite [RHS](reindex_onto (fun R => j |: R) (fun S => S :\ j)) /=; last first.
  by move=> S /andP[_ jS]; rewrite setD1K.
apply: eq_bigl => R; rewrite setU11 andbT subsetD1 subUset sub1set jU /=.
congr (_ && _); case: (boolP (j \in R)) => jR; last by rewrite setU1K // eqxx.
by apply/esym/eqP => e; rewrite -e setD11 in jR.
Qed.

Lemma sum_out (U : {set I}) (F : I -> {set I} -> R) :
  \sum_(j | j \in U) \sum_(R : {set I} | R \subset U :\ j) F j R =
  \sum_(R : {set I} | R \subset U) \sum_(j | j \in U :\: R) F j R.
Proof.
rewrite [RHS](exchange_big_dep (fun j => j \in U)) /=; last by move=> R j _ /setDP[].
apply: eq_bigr => j jU; apply: eq_bigl => R.
by rewrite subsetD1 in_setD jU andbT.
Qed.

Lemma derivable_sum (T : Type) (r : seq T) (P : pred T) (F : T -> R -> R) (F' : T -> R) a :
  (forall i, derivable_pt_lim (F i) a (F' i)) ->
  derivable_pt_lim (fun b => \sum_(i <- r | P i) F i b) a (\sum_(i <- r | P i) F' i).
Proof.
move=> d; elim: r => [|i r ih].
  rewrite big_nil; apply: (derivable_pt_lim_ext (fun=> 0)); first by move=> b; rewrite big_nil.
  exact: derivable_pt_lim_const.
rewrite big_cons.
apply: (derivable_pt_lim_ext (fun b => if P i then F i b + \sum_(i <- r | P i) F i b
                                      else \sum_(i <- r | P i) F i b)).
  by move=> b; rewrite big_cons.
by case: (P i) => //; apply: derivable_pt_lim_plus.
Qed.

Lemma derivable_weight r m c a : derivable_pt_lim (fun b => b ^ r * (1 - b) ^ m * c) a
  ((INR r * a ^ r.-1 * (1 - a) ^ m - INR m * a ^ r * (1 - a) ^ m.-1) * c).
Proof.
have d1 := derivable_pt_lim_pow a r.
have d2 : derivable_pt_lim (fun b => (1 - b) ^ m) a (INR m * (1 - a) ^ m.-1 * (0 - 1)).
  apply: (derivable_pt_lim_comp (fun b => 1 - b) (fun b => b ^ m)); last exact: derivable_pt_lim_pow.
  by apply: derivable_pt_lim_minus; [exact: derivable_pt_lim_const | exact: derivable_pt_lim_id].
have d := derivable_pt_lim_mult _ _ _ _ _ (derivable_pt_lim_mult _ _ _ _ _ d1 d2) (derivable_pt_lim_const c a).
by move: d; rewrite /mult_fct /fct_cte; set l := (X in derivable_pt_lim _ _ X -> _); set l' := (X in _ -> derivable_pt_lim _ _ X);
   have -> : l = l' by rewrite /l /l'; ring.
Qed.

Lemma russo U f a : derivable_pt_lim (erasure_mean U f) a
  (\sum_(j | j \in U) erasure_mean (U :\ j) (fun R => f (j |: R) - f R) a).
Proof.
have d := @derivable_sum _ (index_enum _) (fun R : {set I} => R \subset U) _ _ a
  (fun R => derivable_weight #|R| (#|U| - #|R|) (f R) a).
set l := (X in derivable_pt_lim _ _ X) in d; suff e : \sum_(j | j \in U) erasure_mean (U :\ j) (fun R => f (j |: R) - f R) a = l by rewrite e.
rewrite /l {d l}.
pose w r := a ^ r * (1 - a) ^ (#|U|.-1 - r).
transitivity (\sum_(j | j \in U) (\sum_(R : {set I} | R \subset U :\ j) w #|(j |: R) :\ j| * f (j |: R) -
                                  \sum_(R : {set I} | R \subset U :\ j) w #|R| * f R)).
  apply: eq_bigr => j jU; rewrite -sum_sub; apply: eq_bigr => R; rewrite subsetD1 => /andP[_ jR].
  by rewrite setU1K // /w (cardsD1 j U) jU add1n /=; ring.
rewrite sum_sub (sum_add U (fun j S => w #|S :\ j| * f S)) (sum_out U (fun j R => w #|R| * f R)) -sum_sub.
apply: eq_bigr => R RU.
rewrite (eq_bigr (fun=> w #|R|.-1 * f R)) => [|j jR]; last by rewrite (cardsD1 j R) jR.
rewrite !sum_const_in cardsD (setIidPr RU) /w.
have le := subset_leq_card RU.
case: (posnP #|R|) => [e|pos]; first by rewrite e /= INR_0 !subn0; ring.
have -> : (#|U|.-1 - #|R|.-1 = #|U| - #|R|)%N by case: #|R| pos le => // r _; case: #|U|.
have -> : (#|U|.-1 - #|R| = (#|U| - #|R|).-1)%N by rewrite -!subn1 subnAC.
by ring.
Qed.

Lemma erasure_mean0 U f : erasure_mean U f 0 = f set0.
Proof.
rewrite /erasure_mean (bigD1 set0) ?sub0set //= cards0 subn0 /= Rminus_0_r pow1 big1; first ring.
by move=> R /andP[_]; rewrite -card_gt0 => /ltP R0; rewrite pow_ne_zero; [ring | lia].
Qed.

Lemma erasure_mean1 U f : erasure_mean U f 1 = f U.
Proof.
rewrite /erasure_mean (bigD1 U) //= subnn /= pow1 big1; first ring.
move=> R /andP[RU ne]; rewrite (_ : 1 - 1 = 0); last ring.
rewrite [X in _ * X * _]pow_ne_zero; first ring.
apply/eqP; rewrite subn_eq0 -ltnNge; apply: proper_card; rewrite properEneq ne; exact: RU.
Qed.

Lemma curve_erasure a : curve a = \sum_i erasure_mean ([set: I] :\ i) (gain i) a.
Proof.
apply: eq_bigr => i _; rewrite /erasure_mean card_all_but.
by apply: eq_bigl => R; rewrite subset_all_but.
Qed.

Lemma curve_primitive a : derivable_pt_lim (erasure_mean [set: I] h) a (curve a).
Proof.
have := russo [set: I] h a; rewrite curve_erasure.
by rewrite (eq_bigl predT) // => i; rewrite in_setT.
Qed.

Lemma curve_derivable a : derivable_pt_lim curve a
  (\sum_i \sum_(j | j \in [set: I] :\ i) erasure_mean (([set: I] :\ i) :\ j) (fun R => gain i (j |: R) - gain i R) a).
Proof.
apply: (derivable_pt_lim_ext (fun b => \sum_i erasure_mean ([set: I] :\ i) (gain i) b)).
  by move=> b; rewrite curve_erasure.
by apply: derivable_sum => i; apply: russo.
Qed.

(** ** The area theorem *)

Lemma curve_continuous a : continuity_pt curve a.
Proof. exact: (derivable_continuous_pt _ _ (exist _ _ (curve_derivable a))). Qed.

Lemma curve_integrable a b : a <= b -> Riemann_integrable curve a b.
Proof. by move=> ab; apply: continuity_implies_RiemannInt => // x _; apply: curve_continuous. Qed.

Theorem area_theorem_curve (integrable : Riemann_integrable curve 0 1) :
  RiemannInt integrable = h setT - h set0.
Proof.
pose G := erasure_mean [set: I] h.
pose dG : derivable G := fun a => exist _ (curve a) (curve_primitive a).
have derive_G : forall a, derive G dG a = curve a by [].
have cG : continuity (derive G dG) by move=> a; apply: curve_continuous.
have := @FTC_Riemann (mkC1 cG) 0 1 integrable.
by rewrite /= /G erasure_mean0 erasure_mean1.
Qed.

(** The mean of [h] over the sets of [j] elements. *)
Definition level (j : nat) : R := (\sum_(R : {set I} | #|R| == j) h R) / INR 'C(L, j).

Lemma bin_neq0 n j : (j <= n)%N -> INR 'C(n, j) <> 0.
Proof. by rewrite -bin_gt0 => /INR_gt0; lra. Qed.

Lemma profile_levels j : (j < L)%N -> profile j = INR L * (level j.+1 - level j).
Proof.
move=> jL; rewrite /profile.
have -> : \sum_i \sum_(R : {set I} | (i \notin R) && (#|R| == j)) gain i R =
  INR j.+1 * (\sum_(S : {set I} | #|S| == j.+1) h S) - INR (L - j) * (\sum_(R : {set I} | #|R| == j) h R).
  transitivity (\sum_(i | i \in [set: I]) (
      \sum_(R : {set I} | R \subset [set: I] :\ i) (if #|i |: R| == j.+1 then h (i |: R) else 0) -
      \sum_(R : {set I} | R \subset [set: I] :\ i) (if #|R| == j then h R else 0))).
    rewrite [RHS](eq_bigl predT); last by move=> i; rewrite in_setT.
    apply: eq_bigr => i _; rewrite -sum_sub big_mkcondr.
    apply: eq_big => [R|R iR]; first by rewrite subset_all_but.
    by rewrite cardsU1 iR add1n eqSS /gain; case: ifP => _; lra.
  rewrite sum_sub (sum_add [set: I] (fun i S => if #|S| == j.+1 then h S else 0)).
  rewrite (sum_out [set: I] (fun i R => if #|R| == j then h R else 0)) !big_distrr /=.
  congr (_ - _); rewrite [RHS]big_mkcond; apply: eq_big => [R|R _]; rewrite ?subsetT //.
    by rewrite sum_const_in; case: eqP => [->|_] //; rewrite !Rmult_0_r.
  by rewrite sum_const_in cardsD setTI cardsT; case: eqP => [->|_] //; rewrite !Rmult_0_r.
rewrite /level.
have L0 : (0 < L)%N by exact: leq_ltn_trans jL.
have n1 : INR 'C(L, j.+1) <> 0 by apply: bin_neq0.
have n2 : INR 'C(L, j) <> 0 by apply: bin_neq0; apply: ltnW.
have n3 : INR 'C(L.-1, j) <> 0 by apply: bin_neq0; rewrite -ltnS prednK.
have e1 : INR L * INR 'C(L.-1, j) = INR j.+1 * INR 'C(L, j.+1) by rewrite -!INR_mul mul_bin_diag.
have e2 : INR L * INR 'C(L.-1, j) = INR (L - j) * INR 'C(L, j) by rewrite -!INR_mul mul_bin_down.
set A := \sum_(S | _) _; set B := \sum_(R | _) _.
apply: (Rmult_eq_reg_r (INR 'C(L.-1, j) * INR 'C(L, j.+1) * INR 'C(L, j))); last first.
  by do !apply: Rmult_integral_contrapositive_currified.
transitivity ((INR j.+1 * INR 'C(L, j.+1)) * A * INR 'C(L, j) - (INR (L - j) * INR 'C(L, j)) * B * INR 'C(L, j.+1)).
  by field.
by rewrite -e1 -e2; field; split.
Qed.

Theorem area_theorem_profile : \sum_(j < L) profile j = INR L * (h setT - h set0).
Proof.
have -> : \sum_(j < L) profile j = \sum_(j < L) INR L * (level j.+1 - level j).
  by apply: eq_bigr => j _; rewrite profile_levels.
rewrite -big_distrr /=; congr (_ * _).
have tele n : \sum_(j < n) (level j.+1 - level j) = level n - level 0.
  by elim: n => [|n ih]; rewrite ?big_ord0 ?big_ord_recr /= ?ih; lra.
rewrite tele /level binn bin0 (big_pred1 setT); last first.
  by move=> R; rewrite /= eqEcard subsetT cardsT eqn_leq max_card.
rewrite (big_pred1 set0) => [|R]; last by rewrite /= cards_eq0.
by rewrite INR_1; field.
Qed.

(** ** Monotone *)

Section Monotone.
Hypothesis dim : diminishing.

Theorem profile_non_increasing j : (j.+1 < L)%N -> profile j.+1 <= profile j.
Proof.
move=> jL; rewrite /profile.
have L0 : (0 < L)%N by exact: leq_ltn_trans jL.
have c0 : 0 < INR 'C(L.-1, j) by apply: INR_gt0; rewrite bin_gt0 -ltnS prednK // ltnW.
have c1 : 0 < INR 'C(L.-1, j.+1) by apply: INR_gt0; rewrite bin_gt0 -ltnS prednK.
have e : INR j.+1 * INR 'C(L.-1, j.+1) = INR (L.-1 - j) * INR 'C(L.-1, j) by rewrite -!INR_mul mul_bin_left.
have j0 : 0 < INR j.+1 by apply: INR_gt0.
set B := \sum_i _; set A := \sum_i _.
suff le : INR j.+1 * B <= INR (L.-1 - j) * A.
  apply: (Rmult_le_reg_l (INR j.+1 * INR 'C(L.-1, j.+1))); first by apply: Rmult_lt_0_compat.
  have -> : INR j.+1 * INR 'C(L.-1, j.+1) * (B / INR 'C(L.-1, j.+1)) = INR j.+1 * B by field; lra.
  by rewrite e; have -> : INR (L.-1 - j) * INR 'C(L.-1, j) * (A / INR 'C(L.-1, j)) = INR (L.-1 - j) * A by field; lra.
rewrite /A /B !big_distrr /=; apply: sum_le => i _.
pose U := [set: I] :\ i.
have -> : INR j.+1 * (\sum_(R : {set I} | (i \notin R) && (#|R| == j.+1)) gain i R) =
  \sum_(k | k \in U) \sum_(R : {set I} | R \subset U :\ k) (if #|k |: R| == j.+1 then gain i (k |: R) else 0).
  rewrite (sum_add U (fun k S => if #|S| == j.+1 then gain i S else 0)) big_distrr /= big_mkcondr.
  apply: eq_big => [R|R _]; first by rewrite subset_all_but.
  by rewrite sum_const_in; case: eqP => [->|_] //; rewrite !Rmult_0_r.
have -> : INR (L.-1 - j) * (\sum_(R : {set I} | (i \notin R) && (#|R| == j)) gain i R) =
  \sum_(k | k \in U) \sum_(R : {set I} | R \subset U :\ k) (if #|R| == j then gain i R else 0).
  rewrite (sum_out U (fun k R => if #|R| == j then gain i R else 0)) big_distrr /= big_mkcondr.
  apply: eq_big => [R|R iR]; first by rewrite subset_all_but.
  rewrite sum_const_in cardsD card_all_but.
  have -> : U :&: R = R by apply/setIidPr; rewrite subset_all_but.
  by case: eqP => [->|_] //; rewrite !Rmult_0_r.
apply: sum_le => k kU; apply: sum_le => R; rewrite subsetD1 subset_all_but => /andP[iR kR].
rewrite cardsU1 kR add1n eqSS; case: ifP => _; last lra.
by apply: dim => //; move: kU; rewrite in_setD1 eq_sym => /andP[].
Qed.

Lemma profile_antitone i j : (i <= j)%N -> (j < L)%N -> profile j <= profile i.
Proof.
elim: j => [|j ih]; first by rewrite leqn0 => /eqP -> _; lra.
rewrite leq_eqVlt => /orP[/eqP -> _|]; first lra.
by rewrite ltnS => ij jL; have := ih ij (ltnW jL); have := profile_non_increasing jL; lra.
Qed.

Theorem curve_non_increasing a b : 0 <= a -> a <= b -> b <= 1 -> curve b <= curve a.
Proof.
move=> a0 ab b1; case: ab => [ab|->]; last lra.
have [c [e [ac cb]]] := MVT_cor2 curve _ a b ab (fun c _ => curve_derivable c).
rewrite -[curve b](Rplus_minus (curve a)) e.
set slope := \sum_i _; suff : slope <= 0 by nra.
apply: sum_le0 => i _; apply: sum_le0 => j; rewrite in_setD1 => /andP[ji _].
apply: sum_le0 => R; rewrite subsetD1 subset_all_but => /andP[iR jR].
have := dim iR jR; rewrite eq_sym => /(_ ji).
set weight := c ^ _ * (1 - c) ^ _; suff : 0 <= weight by nra.
by apply: Rmult_le_pos; apply: pow_le; lra.
Qed.

End Monotone.

(** ** The curve is the Bernstein polynomial of the profile *)

Theorem curve_bernstein a :
  curve a = \sum_(j < L) INR 'C(L.-1, j) * a ^ j * (1 - a) ^ (L.-1 - j) * profile j.
Proof.
rewrite /curve.
rewrite (eq_bigr (fun i => \sum_(j < L) a ^ j * (1 - a) ^ (L.-1 - j) *
   \sum_(R : {set I} | (i \notin R) && (#|R| == j)) gain i R)); last first.
  move=> i _.
  have lt (R : {set I}) : i \notin R -> (#|R| < L)%N.
    move=> iR; rewrite -[L](cardsT I); apply: proper_card; rewrite properEneq subsetT andbT.
    by apply: contraNneq iR => ->; rewrite in_setT.
  have L0 : (0 < L)%N by apply: (leq_ltn_trans _ (lt set0 _)); rewrite ?in_set0.
  pose size (R : {set I}) : 'I_L := insubd (Ordinal L0) #|R|.
  rewrite (partition_big size predT) //=; apply: eq_bigr => j _; rewrite big_distrr /=.
  apply: eq_big => [R|R /andP[iR /eqP <-]]; last by rewrite val_insubd lt.
  by apply: andb_id2l => iR; rewrite -val_eqE val_insubd lt.
rewrite exchange_big /=; apply: eq_bigr => j _; rewrite -big_distrr /= /profile.
have : INR 'C(L.-1, j) <> 0 by apply: bin_neq0; rewrite -ltnS prednK //; exact: leq_ltn_trans (ltn_ord j).
move: (INR _) (\sum_i _) (a ^ j) (_ ^ (_ - _)) => C S X Y C0.
by field.
Qed.

(** ** Ends *)

Lemma profile_start : profile 0 = \sum_i (h [set i] - h set0).
Proof.
rewrite /profile bin0 INR_1 /Rdiv Rinv_1 Rmult_1_r; apply: eq_bigr => i _.
rewrite (big_pred1 set0) => [|R]; first by rewrite /gain setU0.
by rewrite /= cards_eq0; case: eqP => [->|]; rewrite ?in_set0 ?andbF.
Qed.

Lemma profile_end : profile L.-1 = \sum_i (h setT - h ([set: I] :\ i)).
Proof.
rewrite /profile binn INR_1 /Rdiv Rinv_1 Rmult_1_r; apply: eq_bigr => i _.
rewrite (big_pred1 ([set: I] :\ i)) => [|R]; first by rewrite /gain setD1K ?in_setT.
rewrite /= eqEcard card_all_but subset_all_but; apply: andb_id2l => iR.
have le : (#|R| <= L.-1)%N by rewrite -(card_all_but i) subset_leq_card // subset_all_but.
by rewrite eqn_leq le.
Qed.

Lemma curve_start : curve 0 = profile 0.
Proof.
rewrite curve_erasure profile_start; apply: eq_bigr => i _.
by rewrite erasure_mean0 /gain setU0.
Qed.

Lemma curve_end : curve 1 = profile L.-1.
Proof.
rewrite curve_erasure profile_end; apply: eq_bigr => i _.
by rewrite erasure_mean1 /gain setD1K ?in_setT.
Qed.

End SetFunctions.
