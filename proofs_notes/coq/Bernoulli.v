(** The Bernoulli sampler: every position is revealed at a random step, independently, with the step weights [w].

    Statements: [bernoulli/riemann-error], [bernoulli/left-sum], [bernoulli/max-weight], [bernoulli/uniform-rate],
    [bernoulli/vocabulary-rate].

    Proof of the first: position [i] comes at step [k] with probability [w k], and then every other position is known
    with probability [revealed w k], independently; that is the law in the definition of the curve. *)
From Maskbound Require Export Sampler.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section Times.
Variables (I : finType) (N : nat) (w : law (ordinal_finType N)).

(** The fraction revealed before step [k], counted from 0. *)
Definition revealed (k : nat) : R := \sum_(l : 'I_N | (l < k)%N) w l.

Definition bernoulli_times (tau : {ffun I -> 'I_N}) : R := \prod_i w (tau i).

Lemma bernoulli_ge0 tau : 0 <= bernoulli_times tau.
Proof. by apply: prod_ge0 => i _; apply: pmf_ge0. Qed.

Lemma bernoulli_sum : \sum_tau bernoulli_times tau = 1.
Proof.
by rewrite /bernoulli_times -(bigA_distr_bigA (fun (i : I) => w)); apply: big1 => i _; exact: pmf_sum.
Qed.

Definition bernoulli : law (sequences I (ordinal_finType N)) := Law bernoulli_ge0 bernoulli_sum.

Lemma revealed0 : revealed 0 = 0.
Proof. by rewrite /revealed big_pred0. Qed.

Lemma revealed1 : revealed N = 1.
Proof. by rewrite -(pmf_sum w) /revealed; apply: eq_bigl => l; rewrite ltn_ord. Qed.

Lemma revealedS (k : 'I_N) : revealed k.+1 = revealed k + w k.
Proof.
rewrite /revealed (bigD1 k) //= Rplus_comm; congr (_ + _); apply: eq_bigl => l.
by rewrite ltnS ltn_neqAle andbC.
Qed.

Lemma not_revealed k : \sum_(l : 'I_N | ~~ (l < k)%N) w l = 1 - revealed k.
Proof.
have := pmf_sum w; rewrite (bigID (fun l : 'I_N => (l < k)%N)) /= -/(revealed k) => <-.
by rewrite Rplus_comm /Rminus Rplus_assoc Rplus_opp_r Rplus_0_r.
Qed.

(** The joint law of the step of [i] and of what is known before. *)
Lemma before_law (i : I) (k : 'I_N) (R : {set I}) : i \notin R ->
  \sum_(tau : {ffun I -> 'I_N} | (tau i == k) && (before tau i == R)) bernoulli_times tau =
  w k * (revealed k ^ #|R| * (1 - revealed k) ^ (#|I|.-1 - #|R|)).
Proof.
move=> iR.
pose Q (j : I) : pred 'I_N := fun l => if j == i then l == k else (l < k)%N == (j \in R).
transitivity (\sum_(tau in family Q) \prod_j w (tau j)).
  apply: eq_bigl => tau; apply/andP/familyP => [[/eqP ei /eqP eB] j|h].
    rewrite -[_ \in _]/(Q j (tau j)) /Q; case: eqP => [->|_]; first exact/eqP.
    by rewrite -eB inE ei.
  have /eqP ei : tau i == k by have : Q i (tau i) := h i; rewrite /Q eqxx.
  split; apply/eqP => //; apply/setP => j; rewrite inE ei.
  have : Q j (tau j) := h j; rewrite /Q; case: eqP => [-> _|_ /eqP //].
  by rewrite ei ltnn (negbTE iR).
rewrite -(bigA_distr_big_dep Q (fun _ l => w l)) (bigD1 i) //=; congr (_ * _).
  by rewrite (big_pred1 k) // => l; rewrite /Q eqxx.
rewrite (bigID (fun j => j \in R)) /=; congr (_ * _).
  rewrite (eq_bigr (fun=> revealed k)) => [|j /andP[/negbTE ji jR]].
    rewrite prod_const; congr (_ ^ _); apply: eq_card => j; rewrite unfold_in andbC.
    by case: (boolP (j \in R)) => //= jR; apply: contraNneq iR => <-.
  by apply: eq_bigl => l; rewrite /Q ji jR eqb_id.
rewrite (eq_bigr (fun=> 1 - revealed k)) => [|j /andP[/negbTE ji /negbTE jR]]; last first.
  by rewrite -not_revealed; apply: eq_bigl => l; rewrite /Q ji jR eqbF_neg.
rewrite prod_const; congr (_ ^ _).
have -> : (#|I|.-1 - #|R| = #|~: (i |: R)|)%N.
  by rewrite [RHS]cardsCs setCK cardsU1 iR add1n -subn1 -subnDA.
by apply: eq_card => j; rewrite !inE negb_or.
Qed.

Lemma mean_before (i : I) (f : {set I} -> R) : mean bernoulli (fun tau => f (before tau i)) =
  \sum_k w k * \sum_(R : {set I} | i \notin R)
    revealed k ^ #|R| * (1 - revealed k) ^ (#|I|.-1 - #|R|) * f R.
Proof.
rewrite /mean (partition_big (fun tau : {ffun I -> 'I_N} => tau i) predT) //=; apply: eq_bigr => k _.
rewrite (partition_big (fun tau : {ffun I -> 'I_N} => before tau i) (fun R => i \notin R)) => [|tau _]; last first.
  exact: before_irr.
rewrite big_distrr /=; apply: eq_bigr => R iR.
rewrite -Rmult_assoc -(before_law k iR) big_distrl /=.
by apply: eq_bigr => tau /andP[_ /eqP ->].
Qed.

End Times.

Section Bernoulli.
Variables (I A : finType) (N : nat) (q : law (sequences I A)) (p : denoiser I A) (w : law (ordinal_finType N)).

(** [sum_k w_k Z(a_(k-1))], the left Riemann sum of the curve. *)
Definition curve_left_riemann_sum : R := \sum_k w k * language_curve q (revealed w k).

Lemma bernoulli_conditional_entropies : conditional_entropies q (bernoulli I w) = curve_left_riemann_sum.
Proof.
rewrite /conditional_entropies mean_sum (eq_bigr _ (fun i _ => mean_before w i (H_given q i))).
by rewrite exchange_big /=; apply: eq_bigr => k _; rewrite -big_distrr.
Qed.

(** bernoulli/riemann-error *)
Theorem bernoulli_riemann_error (integrable : Riemann_integrable (language_curve q) 0 1) :
  exact_denoiser q p -> path_kl q p (bernoulli I w) = Fin (curve_left_riemann_sum - RiemannInt integrable).
Proof.
move=> ex; rewrite path_kl_entropies learning_term_exact // bernoulli_conditional_entropies.
by rewrite language_area_curve /= Rplus_0_r.
Qed.

(** learning-error/bernoulli: any denoiser. *)
Theorem bernoulli_path_kl (integrable : Riemann_integrable (language_curve q) 0 1) :
  path_kl q p (bernoulli I w) =
  xadd (Fin (curve_left_riemann_sum - RiemannInt integrable)) (learning_term q p (bernoulli I w)).
Proof. by rewrite path_kl_entropies bernoulli_conditional_entropies language_area_curve. Qed.

Variable m : R.
Hypothesis max_weight : forall k, w k <= m.

Lemma left_sum_steps n : (n <= N)%N ->
  \sum_(k < N | (k < n)%N) w k * curve (H q) (revealed w k) -
  (erasure_mean [set: I] (H q) (revealed w n) - erasure_mean [set: I] (H q) 0) <=
  m * (curve (H q) 0 - curve (H q) (revealed w n)).
Proof.
elim: n => [|n ih] nN; first by rewrite big_pred0 // revealed0; lra.
pose k := Ordinal nN; have {}ih := ih (ltnW nN).
rewrite (bigD1 k) //= (eq_bigl (fun k : 'I_N => (k < n)%N)) => [|l]; last by rewrite ltnS ltn_neqAle andbC.
have w0 := pmf_ge0 w k; have wm := max_weight k.
have a0 : 0 <= revealed w n by apply: sum_ge0 => l _; apply: pmf_ge0.
have e : revealed w n.+1 = revealed w n + w k := revealedS w k.
have a1 : revealed w n.+1 <= 1.
  rewrite -(pmf_sum w) /revealed big_mkcond; apply: sum_le => l _.
  by have := pmf_ge0 w l; case: ifP => _; lra.
have dec : curve (H q) (revealed w n.+1) <= curve (H q) (revealed w n).
  by apply: curve_non_increasing => //; [exact: H_diminishing | lra].
set S := \sum_(l < N | _) _ in ih *; set G := erasure_mean _ _ in ih *; set Z := curve _ in dec ih *.
suff : w k * Z (revealed w n.+1) <= G (revealed w n.+1) - G (revealed w n) by rewrite /k /= in w0 wm *; nra.
case: w0 => [w0|w0]; last by rewrite e -w0 Rplus_0_r; lra.
have lt : revealed w n < revealed w n.+1 by lra.
have [c [-> [c1 c2]]] := MVT_cor2 G Z _ _ lt (fun c _ => curve_primitive (H q) c).
have : Z (revealed w n.+1) <= Z c by apply: curve_non_increasing; [exact: H_diminishing | lra..].
by rewrite e; nra.
Qed.

(** bernoulli/left-sum *)
Theorem bernoulli_left_sum :
  curve_left_riemann_sum - entropy q <= m * (total_correlation q + dual_total_correlation q).
Proof.
have := left_sum_steps (leqnn N).
rewrite revealed1 erasure_mean0 erasure_mean1 H_none H_all -language_curve_drop !language_curveE.
rewrite (eq_bigl predT) => [|k]; last by rewrite ltn_ord.
have -> : curve_left_riemann_sum = \sum_k w k * curve (H q) (revealed w k).
  by apply: eq_bigr => k _; rewrite language_curveE.
by rewrite Rminus_0_r.
Qed.

(** bernoulli/max-weight *)
Theorem bernoulli_max_weight : exact_denoiser q p ->
  xle (path_kl q p (bernoulli I w)) (Fin (m * (total_correlation q + dual_total_correlation q))).
Proof.
move=> ex; rewrite path_kl_entropies learning_term_exact // bernoulli_conditional_entropies /= Rplus_0_r.
exact: bernoulli_left_sum.
Qed.

End Bernoulli.

(** bernoulli/uniform-rate and bernoulli/vocabulary-rate: [N] steps of weight [1/N]. *)
Section Uniform.
Variables (I A : finType) (N : nat) (q : law (sequences I A)) (p : denoiser I A) (w : law (ordinal_finType N)).
Hypotheses (ex : exact_denoiser q p) (uniform : forall k, w k = / INR N).

Theorem bernoulli_uniform_rate :
  xle (path_kl q p (bernoulli I w)) (Fin ((total_correlation q + dual_total_correlation q) / INR N)).
Proof.
rewrite /Rdiv Rmult_comm; apply: bernoulli_max_weight => // k; rewrite uniform; exact: Rle_refl.
Qed.

Theorem bernoulli_vocabulary_rate :
  xle (path_kl q p (bernoulli I w)) (Fin (INR #|I| * ln (INR #|A|) / INR N)).
Proof.
apply: xle_trans bernoulli_uniform_rate _; rewrite /= /Rdiv.
apply: Rmult_le_compat_r; last exact: total_drop_vocabulary.
have [k _] := support_inhabited w.
by apply: Rlt_le; apply: Rinv_0_lt_compat; apply: INR_gt0; apply: leq_ltn_trans (ltn_ord k).
Qed.

End Uniform.
