(** Pair(V): [m] independent blocks, each a uniform token written twice. Every denoiser that is within [eps] of the
    exact one in every possible context errs on a fixed share of the blocks that it reveals in one step.

    Statements: [pair/ser-lower], [collision/at-least-1-over-n], [pair/linear-steps],
    [pair/token-error-lower].

    Proof: in a possible context two predictions for the tokens of one block agree with probability at most
    [1/V + eps] (Pinsker, [agreement]). Blocks are drawn in the order of their earlier token; each factor depends on
    the blocks before it only, so the tower rule bounds the probability of a correct sequence by [(1/V + eps)^B], [B] the
    number of blocks inside one step; for Bernoulli steps [B] is binomial. *)
From Maskbound Require Export TokenError TotalVariation Swap.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** Two predictions near the uniform law *)

Section Agreement.
Variables (A : finType) (p1 p2 : A -> R) (eps : R).
Local Notation V := (INR #|A|).
Hypotheses (V0 : 0 < V).
Hypotheses (p1_ge0 : forall a, 0 <= p1 a) (p2_ge0 : forall a, 0 <= p2 a).

Lemma uniform_ge0 (a : A) : 0 <= / V.
Proof. exact: Rlt_le (Rinv_0_lt_compat _ V0). Qed.

Lemma uniform_sum : \sum_(a : A) / V = 1.
Proof. by rewrite sum_constT Rinv_r //; exact: Rgt_not_eq. Qed.

Definition uniform_law : law A := Law uniform_ge0 uniform_sum.

(** Squares are at most half the square of the sum, for differences of sum zero. *)
Lemma squares_le_l1 (d : A -> R) : \sum_a d a = 0 ->
  \sum_a d a * d a <= (\sum_a Rabs (d a)) * (\sum_a Rabs (d a)) / 2.
Proof.
move=> d0; set l := \sum_a Rabs (d a).
have half a : Rabs (d a) <= l / 2.
  have e : d a = - \sum_(b | b != a) d b by move: d0; rewrite (bigD1 a) //=; lra.
  have : Rabs (d a) <= \sum_(b | b != a) Rabs (d b).
    rewrite e Rabs_Ropp; elim/big_rec2: _ => [|b x y _ h]; first by rewrite Rabs_R0; lra.
    by have := Rabs_triang (d b) y; lra.
  by move=> h; rewrite /l (bigD1 a) //=; lra.
have -> : l * l / 2 = \sum_a l / 2 * Rabs (d a) by rewrite -big_distrr /= -/l; lra.
apply: sum_le => a _; have := half a; have := Rabs_pos (d a).
have -> : d a * d a = Rabs (d a) * Rabs (d a) by rewrite -[RHS]/(Rsqr _) -Rsqr_abs.
by nra.
Qed.

(** A prediction of mass at most 1, completed to a law by uniform mass. *)
Lemma near_uniform (p : A -> R) : (forall a, 0 <= p a) -> \sum_a p a <= 1 ->
  xle (kl (fun=> / V) p) (Fin eps) ->
  exists p' : A -> R, [/\ forall a, p a <= p' a, \sum_a p' a = 1 & \sum_a (p' a - / V) * (p' a - / V) <= eps].
Proof.
move=> p_ge0 p_sum close; pose missing := 1 - \sum_a p a.
pose p' a := p a + missing / V.
have iV := Rinv_0_lt_compat _ V0.
have m0 : 0 <= missing / V by apply: div_ge0; rewrite /missing; lra.
have p'_sum : \sum_a p' a = 1.
  by rewrite big_split /= sum_constT mul_divK /missing; [lra | exact: Rgt_not_eq].
exists p'; split=> // [a|]; first by rewrite /p'; lra.
have p'_ge0 a : 0 <= p' a by rewrite /p'; have := p_ge0 a; lra.
have close' : xle (kl uniform_law p') (Fin eps).
  move: close; rewrite /kl; case: ifP => // dom.
  have pos a : 0 < p a.
    by move/forallP: dom => /(_ a); rewrite (introT (positiveP _) iV) /= => /positiveP.
  rewrite (introT (dominatedP uniform_law p')) => [|a _]; last by rewrite /p'; have := pos a; lra.
  apply: Rle_trans; apply: sum_le => a _; apply: Rmult_le_compat_l; first exact: Rlt_le.
  have p'0 : 0 < p' a by rewrite /p'; have := pos a; lra.
  rewrite !ln_div //; suff : ln (p a) <= ln (p' a) by rewrite /=; lra.
  have : p a <= p' a by rewrite /p'; lra.
  by case=> [lt|->]; [apply: Rlt_le; exact: ln_increasing | lra].
have le1 : \sum_a p' a <= 1 by rewrite p'_sum; lra.
have := xle_trans (pinsker uniform_law p'_ge0 le1) close'; rewrite /= => h.
apply: Rle_trans h; apply: Rle_trans (squares_le_l1 _) _.
  by rewrite sum_sub p'_sum uniform_sum; lra.
rewrite /l1 (eq_bigr (fun a => Rabs (uniform_law a - p' a))) => [|a _]; first exact: Rle_refl.
by rewrite Rabs_minus_sym.
Qed.

Theorem agreement : \sum_a p1 a <= 1 -> \sum_a p2 a <= 1 ->
  xle (kl (fun=> / V) p1) (Fin eps) -> xle (kl (fun=> / V) p2) (Fin eps) ->
  \sum_a p1 a * p2 a <= / V + eps.
Proof.
move=> s1 s2 /(near_uniform p1_ge0 s1)[r1 [le1 t1 c1]] /(near_uniform p2_ge0 s2)[r2 [le2 t2 c2]].
apply: (Rle_trans _ (\sum_a r1 a * r2 a)).
  apply: sum_le => a _; have := p1_ge0 a; have := p2_ge0 a; have := le1 a; have := le2 a => *.
  by apply: Rmult_le_compat.
have : \sum_a r1 a * r2 a <= \sum_a (((r1 a - / V) * (r1 a - / V) + (r2 a - / V) * (r2 a - / V)) / 2 +
    (r1 a * / V + r2 a * / V - / V * / V)).
  apply: sum_le => a _; set v := / V.
  by have := Rle_0_sqr (r1 a - r2 a); rewrite /Rsqr; lra.
rewrite big_split /= sum_sub !big_split /= -!big_distrl /= big_split /= t1 t2 uniform_sum.
by set v := / V in c1 c2 *; lra.
Qed.

End Agreement.

(** ** The language *)

Section Pair.
Variables (m : nat) (A : finType).
Hypothesis V_pos : (0 < #|A|)%N.
Local Notation V := (INR #|A|).
Local Notation position := ('I_m * bool)%type.
Local Notation positions := (prod_finType (ordinal_finType m) bool_finType).
Local Notation symbols := {ffun 'I_m -> A}.

(** Every block's token is written twice. *)
Definition double (u : symbols) : {ffun position -> A} := [ffun i => u i.1].
Definition paired (x : {ffun position -> A}) : bool := [forall b, x (b, true) == x (b, false)].
Definition pair_mass (x : {ffun position -> A}) : R := if paired x then (/ V) ^ m else 0.

Lemma V0 : 0 < V.
Proof. exact: INR_gt0. Qed.

Lemma paired_double (u : symbols) : paired (double u).
Proof. by apply/forallP => b; rewrite !ffunE. Qed.

Lemma sum_paired (F : {ffun position -> A} -> R) : \sum_(x | paired x) F x = \sum_(u : symbols) F (double u).
Proof.
rewrite (reindex_onto double (fun x => [ffun b => x (b, true)])) => [|x /forallP h].
  apply: eq_bigl => u; rewrite paired_double; apply/eqP/ffunP => b; by rewrite !ffunE.
by apply/ffunP => -[b []]; rewrite !ffunE //; apply/eqP.
Qed.

Lemma pair_ge0 x : 0 <= pair_mass x.
Proof.
rewrite /pair_mass; case: ifP => _; last lra.
by apply: pow_le; exact: Rlt_le (Rinv_0_lt_compat _ V0).
Qed.

Lemma sum_pair_mass (F : {ffun position -> A} -> R) :
  \sum_x pair_mass x * F x = \sum_(u : symbols) (/ V) ^ m * F (double u).
Proof.
rewrite -(sum_paired (fun x => (/ V) ^ m * F x)) [RHS]big_mkcond; apply: eq_bigr => x _.
by rewrite /pair_mass; case: ifP => // _; rewrite Rmult_0_l.
Qed.

Lemma pair_sum : \sum_x pair_mass x = 1.
Proof.
transitivity (\sum_(u : symbols) (/ V) ^ m * 1).
  by rewrite -(sum_pair_mass (fun=> 1)); apply: eq_bigr => x _; rewrite Rmult_1_r.
rewrite (eq_bigr (fun=> (/ V) ^ m)) => [|u _]; last by rewrite Rmult_1_r.
rewrite (eq_bigr (fun u => \prod_(b < m) / V)) => [|u _]; last by rewrite prod_const card_ord.
rewrite -(bigA_distr_bigA (fun (b : 'I_m) (a : A) => / V)); apply: big1 => b _.
exact: uniform_sum V0.
Qed.

Definition pair_law : law (sequences positions A) := Law pair_ge0 pair_sum.

Lemma pair_support x : positive (pair_law x) = paired x.
Proof.
apply/positiveP/idP; rewrite /= /pair_mass; case: ifP => // _; first lra.
by move=> _; apply: pow_lt; exact: Rinv_0_lt_compat V0.
Qed.

(** While a block is masked, its tokens are uniform. *)
Lemma pair_conditional (u : symbols) (R : {set positions}) (i : position) (a : A) :
  (forall c, (i.1, c) \notin R) -> exact_conditional pair_law i (show R (double u)) a = / V.
Proof.
move=> masked; rewrite exact_conditional_show.
set joint := push _ _.
have shift a1 a2 : joint (a1, show R (double u)) = joint (a2, show R (double u)).
  pose f (v : symbols) : symbols := [ffun b => if b == i.1 then swap a1 a2 (v b) else v b].
  have fK : involutive f by move=> v; apply/ffunP => b; rewrite !ffunE; case: eqP => // _; rewrite swapK.
  have joint_u a3 : joint (a3, show R (double u)) =
    \sum_(v : symbols | (v i.1 == a3) && (show R (double v) == show R (double u))) (/ V) ^ m.
    rewrite /joint push_pair.
    transitivity (\sum_x pair_mass x * (if (token i x == a3) && (show R x == show R (double u)) then 1 else 0)).
      by rewrite big_mkcond; apply: eq_bigr => x _ /=; case: ifP => _; lra.
    rewrite sum_pair_mass [RHS]big_mkcond; apply: eq_bigr => v _; rewrite /token ffunE.
    by case: ifP => _; lra.
  rewrite !joint_u (reindex_inj (can_inj fK)) /=; apply: eq_bigl => v; rewrite ffunE eqxx; congr (_ && _).
    by rewrite -(inj_eq (can_inj (@swapK _ a1 a2)) (swap a1 a2 (v i.1))) swapK swapL.
  congr (_ == _); apply/show_eqP => -[b c] bR; rewrite !ffunE /=; case: eqP => // e.
  by have := masked c; rewrite -e bR.
have seen0 : 0 < seen pair_law (show R) (double u).
  by apply: seen_gt0; apply/positiveP; rewrite pair_support paired_double.
have total : V * joint (a, show R (double u)) = seen pair_law (show R) (double u).
  rewrite /seen (push_pair_r pair_law (show R) (token i)) -/joint -sum_constT.
  by apply: eq_bigr => a' _; exact: shift.
have V1 := V0; rewrite -total; move: seen0; rewrite -total; move: (joint _) (INR _) V1 => j v v0 vj.
by field; split; apply: Rgt_not_eq => //; nra.
Qed.

(** ** Given the reveal times *)

Section GivenTimes.
Variables (N : nat) (p : denoiser positions A) (eps : R) (tau : {ffun position -> 'I_N}).
Hypothesis small : learned_within pair_law p eps.

Definition together (b : 'I_m) : bool := tau (b, true) == tau (b, false).
Definition block_time (b : 'I_m) : nat := minn (tau (b, true)) (tau (b, false)).
Definition reply (i : position) (u : symbols) : R := p i (show (before tau i) (double u)) (u i.1).

(** The factor of a block: both tokens if they come together, else the earlier one. *)
Definition block_factor (b : 'I_m) (u : symbols) : R :=
  if together b then reply (b, true) u * reply (b, false) u
  else if (tau (b, true) < tau (b, false))%N then reply (b, true) u else reply (b, false) u.
Definition block_bound (b : 'I_m) : R := if together b then / V + eps else 1.

Lemma predict_le1 i c a : p i c a <= 1.
Proof.
apply: Rle_trans (predict_sum p i c).
by apply: (sum_term_le (P := predT)) => // b _; exact: predict_ge0.
Qed.

Lemma reply_causal (i : position) (u v : symbols) : (tau i <= block_time i.1)%N -> u i.1 = v i.1 ->
  (forall j, (block_time j < block_time i.1)%N -> u j = v j) -> reply i u = reply i v.
Proof.
move=> first own earlier; rewrite /reply own; congr (p i _ _).
apply/show_eqP => -[b c]; rewrite inE !ffunE /= => lt; apply: earlier.
apply: leq_trans first; apply: leq_ltn_trans lt; rewrite /block_time.
by case: c; [exact: geq_minl | exact: geq_minr].
Qed.

Lemma double_put (u : symbols) b a (R : {set positions}) : (forall c, (b, c) \notin R) ->
  show R (double (put u b a)) = show R (double u).
Proof.
move=> masked; apply/show_eqP => -[d c] dR; rewrite !ffunE; case: eqP => //= e.
by have := masked c; rewrite -e dR.
Qed.

Lemma first_masked (i : position) c : (tau i <= block_time i.1)%N -> (i.1, c) \notin before tau i.
Proof.
move=> first; rewrite inE -leqNgt; apply: leq_trans first _.
by rewrite /block_time; case: c; [exact: geq_minl | exact: geq_minr].
Qed.

Lemma reply_sum (i : position) (u : symbols) : (tau i <= block_time i.1)%N -> \sum_a reply i (put u i.1 a) <= 1.
Proof.
move=> first; rewrite (eq_bigr (p i (show (before tau i) (double u)))) => [|a _]; first exact: predict_sum.
by rewrite /reply double_put ?ffunE ?eqxx // => c; exact: first_masked.
Qed.

Lemma factor_causal b (u v : symbols) : u b = v b -> (forall j, (block_time j < block_time b)%N -> u j = v j) ->
  block_factor b u = block_factor b v.
Proof.
move=> own earlier; rewrite /block_factor /together; case: eqP => [e|_].
  by congr (_ * _); apply: reply_causal => //=; rewrite /block_time e minnn.
case: ltnP => lt; apply: reply_causal => //=; rewrite /block_time.
  by rewrite (minn_idPl (ltnW lt)).
by rewrite (minn_idPr lt).
Qed.

Lemma factor_sum b (u : symbols) : \sum_a block_factor b (put u b a) <= block_bound b.
Proof.
rewrite /block_factor /block_bound /together; case: eqP => [e|_]; last first.
  case: ltnP => lt.
    by apply: (@reply_sum (b, true)); rewrite /block_time /= (minn_idPl (ltnW lt)).
  by apply: (@reply_sum (b, false)); rewrite /block_time /= (minn_idPr lt).
pose c := show (before tau (b, true)) (double u).
have masked d : (b, d) \notin before tau (b, true).
  by apply: (@first_masked (b, true)); rewrite /block_time /= e minnn.
have same : before tau (b, false) = before tau (b, true) by apply/setP => j; rewrite !inE e.
rewrite (eq_bigr (fun a => p (b, true) c a * p (b, false) c a)) => [|a _]; last first.
  by rewrite /reply same !double_put // ffunE eqxx.
have close i : i.1 = b -> xle (kl (fun=> / V) (p i c)) (Fin eps).
  move=> ib; have -> : kl (fun=> / V) (p i c) = learning_error_in pair_law p i c.
    have cond a : exact_conditional pair_law i c a = / V by apply: pair_conditional => d; rewrite ib.
    rewrite /learning_error_in /kl /dominated /divergence.
    have -> : [forall a, positive (/ V) ==> positive (p i c a)] =
              [forall a, positive (exact_conditional pair_law i c a) ==> positive (p i c a)].
      by apply: eq_forallb => a; rewrite cond.
    by case: ifP => // _; congr Fin; apply: eq_bigr => a _; rewrite cond.
  apply: small; last first.
    by rewrite context_show; apply: seen_gt0; apply/positiveP; rewrite pair_support paired_double.
  rewrite /c ffunE ifF //; apply/negbTE; move: ib; case: i => d f /= ->; exact: masked.
exact: (agreement V0 (predict_ge0 p (b, true) c) (predict_ge0 p (b, false) c) (predict_sum p (b, true) c)
  (predict_sum p (b, false) c) (close (b, true) erefl) (close (b, false) erefl)).
Qed.

Lemma given_times_factor (u : symbols) : given_times p tau (double u) <= \prod_b block_factor b u.
Proof.
rewrite /given_times.
have -> : \prod_i p i (show (before tau i) (double u)) (double u i) =
  \prod_(b < m) (reply (b, true) u * reply (b, false) u).
  transitivity (\prod_(b < m) \prod_(c : bool) reply (b, c) u).
    by rewrite pair_bigA; apply: eq_bigr => -[b c] _; rewrite /reply ffunE.
  by apply: eq_bigr => b _; rewrite big_bool.
apply: prod_le => b _.
have r0 i : 0 <= reply i u by exact: predict_ge0.
have r1 i : reply i u <= 1 by exact: predict_le1.
have t0 := r0 (b, true); have f0 := r0 (b, false); have t1 := r1 (b, true); have f1 := r1 (b, false).
rewrite /block_factor; move: (reply (b, true) u) (reply (b, false) u) t0 f0 t1 f1 => x z x0 z0 x1 z1.
split; first exact: Rmult_le_pos.
case: ifP => _; first lra.
have xz := Rmult_le_compat _ _ _ _ x0 z0 x1 (Rle_refl z); have zx := Rmult_le_compat _ _ _ _ x0 z0 (Rle_refl x) z1.
by case: ifP => _; lra.
Qed.

Lemma factor_ge0 b (u : symbols) : 0 <= block_factor b u.
Proof.
have r0 i : 0 <= reply i u by exact: predict_ge0.
by rewrite /block_factor; case: ifP => _; [exact: Rmult_le_pos | case: ifP].
Qed.

Theorem correct_given_times (u0 : {ffun 'I_m -> A}) :
  \sum_(x | positive (pair_law x)) given_times p tau x <= \prod_(b < m) block_bound b.
Proof.
rewrite (eq_bigl paired) => [|x]; last exact: pair_support.
rewrite sum_paired; apply: Rle_trans (sum_le _ _) _ => [u _|]; first exact: given_times_factor.
apply: (tower_le (time := block_time) u0) => //; [exact: factor_ge0 | exact: factor_causal | | exact: factor_sum].
move=> b; rewrite /block_bound; case: ifP => _; last lra.
by have := Rinv_0_lt_compat _ V0; have := learned_within_ge0 (b, true) small; lra.
Qed.

End GivenTimes.

(** ** Bernoulli steps *)

Section Steps.
Variables (N : nat) (p : denoiser positions A) (eps : R) (w : law (ordinal_finType N)).
Hypothesis small : learned_within pair_law p eps.

Definition collision : R := \sum_k w k * w k.

Lemma mean_blocks (y : R) :
  mean (bernoulli positions w) (fun tau => \prod_(b < m) (if together tau b then y else 1)) =
  (1 - collision * (1 - y)) ^ m.
Proof.
pose F (kl : 'I_N * 'I_N) := w kl.1 * w kl.2 * (if kl.1 == kl.2 then y else 1).
have sumF : \sum_kl F kl = 1 - collision * (1 - y).
  transitivity (\sum_k \sum_l F (k, l)); first by rewrite pair_bigA /=; apply: eq_bigr => -[k l].
  transitivity (\sum_k (w k - w k * w k * (1 - y))); last first.
    by rewrite sum_sub -big_distrl /= pmf_sum.
  apply: eq_bigr => k _; rewrite /F /=.
  transitivity (\sum_l (w k * w l - (if l == k then w k * w l * (1 - y) else 0))).
    by apply: eq_bigr => l _; rewrite eq_sym; case: eqP => _; lra.
  by rewrite sum_sub sum_pick -big_distrr /= pmf_sum Rmult_1_r.
rewrite -sumF -[in RHS](card_ord m) -(prod_const predT) bigA_distr_bigA /mean.
pose pack (tau : {ffun position -> 'I_N}) : {ffun 'I_m -> 'I_N * 'I_N} := [ffun b => (tau (b, true), tau (b, false))].
pose unpack (g : {ffun 'I_m -> 'I_N * 'I_N}) : {ffun position -> 'I_N} :=
  [ffun i => if i.2 then (g i.1).1 else (g i.1).2].
rewrite [RHS](reindex_onto pack unpack) => [|g _]; last first.
  by apply/ffunP => b; rewrite !ffunE /=; case: (g b).
apply: eq_big => [tau|tau _].
  by apply/esym/eqP/ffunP => -[b c]; rewrite !ffunE /=; case: c.
rewrite /= /bernoulli_times.
have -> : \prod_i w (tau i) = \prod_(b < m) (w (tau (b, true)) * w (tau (b, false))).
  transitivity (\prod_(b < m) \prod_(c : bool) w (tau (b, c))).
    by rewrite pair_bigA; apply: eq_bigr => -[b c].
  by apply: eq_bigr => b _; rewrite big_bool.
by rewrite -big_split /=; apply: eq_bigr => b _; rewrite ffunE.
Qed.

(** collision/at-least-1-over-n *)
Theorem collision_at_least : / INR N <= collision.
Proof.
have [k _] := support_inhabited w.
have N0 : 0 < INR N by apply: INR_gt0; apply: leq_ltn_trans (ltn_ord k).
have : 0 <= \sum_k (w k - / INR N) * (w k - / INR N) by apply: sum_ge0 => l _; exact: Rle_0_sqr.
have -> : \sum_k (w k - / INR N) * (w k - / INR N) =
  \sum_k (w k * w k - w k * (2 * / INR N) + / INR N * / INR N).
  by apply: eq_bigr => l _; ring.
rewrite big_split /= sum_sub -big_distrl /= pmf_sum sum_constT card_ord -/collision.
have -> : INR N * (/ INR N * / INR N) = / INR N by field; lra.
by lra.
Qed.

(** pair/ser-lower *)
Theorem pair_ser_lower :
  1 - (1 - collision * (1 - / V - eps)) ^ m <= ser pair_law (output p (bernoulli positions w)).
Proof.
have [a0 _] : exists a0 : A, true by move/card_gt0P: V_pos => [a0 _]; exists a0.
rewrite /ser; apply: Rplus_le_compat_l; apply: Ropp_le_contravar.
rewrite /output exchange_big /=.
have -> : 1 - / V - eps = 1 - (/ V + eps) by lra.
rewrite -mean_blocks; apply: sum_le => tau _.
rewrite -big_distrr /=; apply: Rmult_le_compat_l; first exact: bernoulli_ge0.
exact: correct_given_times [ffun=> a0].
Qed.

(** pair/linear-steps, with [L = 2 m] tokens *)
Theorem pair_linear_steps :
  1 - exp (- (INR #|positions| / (2 * INR N) * (1 - / V - eps))) <= ser pair_law (output p (bernoulli positions w)).
Proof.
have -> : INR #|positions| = 2 * INR m.
  by rewrite card_prod card_ord card_bool INR_mul; rewrite -[INR 2]/(1 + 1); ring.
set c := 1 - / V - eps.
have [k _] := support_inhabited w.
have N0 : 0 < INR N by apply: INR_gt0; apply: leq_ltn_trans (ltn_ord k).
have -> : 2 * INR m / (2 * INR N) * c = INR m * (c / INR N) by field; lra.
have m0 := pos_INR m.
have [neg|c0] := Rlt_le_dec c 0.
  apply: Rle_trans (ser_ge0 pair_law p (bernoulli positions w)).
  have cN : c / INR N <= 0 by have := Rinv_0_lt_compat _ N0; rewrite /Rdiv; nra.
  have : 0 <= - (INR m * (c / INR N)) by nra.
  by have := exp_ineq1_le (- (INR m * (c / INR N))); lra.
apply: Rle_trans pair_ser_lower; rewrite -/c.
suff : (1 - collision * c) ^ m <= exp (- (INR m * (c / INR N))) by lra.
have eps0 : (0 < m)%N -> 0 <= eps by move=> m1; exact: learned_within_ge0 (Ordinal m1, true) small.
have rho := collision_at_least; move: eps0; move: (m) => n; case: (posnP n) => [-> _|n1 /(_ isT) eps0].
  by rewrite INR_0 Rmult_0_l Ropp_0 exp_0 /=; lra.
have base0 : 0 <= 1 - collision * c.
  have rho1 : collision <= 1.
    by rewrite -(pmf_sum w); apply: sum_le => l _; have := pmf_le1 w l; have := pmf_ge0 w l; nra.
  have c1 : c <= 1 by rewrite /c; have := Rinv_0_lt_compat _ V0; lra.
  by have := Rinv_0_lt_compat _ N0; nra.
have base1 : 1 - collision * c <= exp (- (c / INR N)).
  have le : c / INR N <= collision * c by rewrite /Rdiv Rmult_comm; apply: Rmult_le_compat_r; lra.
  by have := exp_ineq1_le (- (c / INR N)); lra.
apply: Rle_trans (pow_incr _ _ _ (conj base0 base1)) _.
by rewrite exp_power Ropp_mult_distr_r_reverse; lra.
Qed.

(** Fewer than [(1 - 1/V - eps) L / (2 log 2)] steps err more often than not. *)
Corollary pair_half_wrong :
  INR N < (1 - / V - eps) * INR #|positions| / (2 * ln 2) ->
  1 / 2 < ser pair_law (output p (bernoulli positions w)).
Proof.
set c := 1 - / V - eps; move LE : (INR #|positions|) => l few.
have [k _] := support_inhabited w.
have N0 : 0 < INR N by apply: INR_gt0; apply: leq_ltn_trans (ltn_ord k).
have ln2 : 0 < ln 2 by rewrite -ln_1; apply: ln_increasing; lra.
apply: Rlt_le_trans pair_linear_steps; rewrite LE -/c.
have e2 : exp (- ln 2) = 1 / 2 by rewrite exp_Ropp exp_ln; lra.
suff : exp (- (l / (2 * INR N) * c)) < exp (- ln 2) by rewrite e2; lra.
apply: exp_increasing; apply: Ropp_lt_contravar.
have := Rmult_lt_compat_r (ln 2 / INR N) _ _ (div_gt0 ln2 N0) few.
have -> : INR N * (ln 2 / INR N) = ln 2 by field; lra.
by have -> : c * l / (2 * ln 2) * (ln 2 / INR N) = l / (2 * INR N) * c by field; lra.
Qed.

(** pair/token-error-lower: the token error rate falls no faster than the probability of a collision. *)
Theorem pair_token_error_lower : (0 < m)%N ->
  xle (Fin (log_ter_language pair_law + collision / 2 * (1 - / V - eps)))
      (log_ter pair_law (output p (bernoulli positions w))).
Proof.
move=> m1; have L0 : (0 < #|positions|)%N by rewrite card_prod card_ord card_bool muln_gt0 m1.
have LE : INR #|positions| = 2 * INR m.
  by rewrite card_prod card_ord card_bool INR_mul; rewrite -[INR 2]/(1 + 1); ring.
have m0 := INR_gt0 m1; set c := 1 - / V - eps.
have [a0 _] : exists a0 : A, true by move/card_gt0P: V_pos => [a0 _]; exists a0.
suff : xle (Fin (INR m * (collision * c))) (kl pair_law (output p (bernoulli positions w))).
  rewrite (token_error_identity _ L0) LE; case: kl => [r|] /=; last first.
    by rewrite (introT (positiveP _)) //; apply: Rinv_0_lt_compat; lra.
  have i0 : 0 < / (2 * INR m) by apply: Rinv_0_lt_compat; lra.
  move=> h; apply: Rplus_le_compat_l; have := Rmult_le_compat_l _ _ _ (Rlt_le _ _ i0) h.
  by have -> : / (2 * INR m) * (INR m * (collision * c)) = collision / 2 * c by field; lra.
have out0 := output_ge0 p (bernoulli positions w).
have rho : 0 <= collision by apply: sum_ge0 => k _; apply: Rmult_le_pos; exact: pmf_ge0.
have [neg|c0] := Rlt_le_dec c 0.
  apply: xle_trans (gibbs pair_law out0 (output_mass p (bernoulli positions w) [ffun=> a0])) => /=.
  have rc : 0 <= collision * - c by apply: Rmult_le_pos => //; lra.
  by have := Rmult_le_pos _ _ (Rlt_le _ _ m0) rc; lra.
have upper := ser_from_kl pair_law out0; have lower := pair_ser_lower; rewrite -/c in lower.
have eps0 : 0 <= eps := learned_within_ge0 (Ordinal m1, true) small.
have base0 : 0 <= 1 - collision * c.
  have rho1 : collision <= 1.
    by rewrite -(pmf_sum w); apply: sum_le => l _; have := pmf_le1 w l; have := pmf_ge0 w l; nra.
  have c1 : c <= 1 by rewrite /c; have := Rinv_0_lt_compat _ V0; lra.
  by nra.
have base1 : 1 - collision * c <= exp (- (collision * c)) by have := exp_ineq1_le (- (collision * c)); lra.
have power := pow_incr _ _ m (conj base0 base1).
rewrite exp_power in power.
have both := Rle_trans _ _ _ lower upper.
case: kl both => [r|] //= both; have le : exp (- r) <= exp (INR m * - (collision * c)) by lra.
case: (Rle_lt_dec (INR m * (collision * c)) r) => // lt.
by have := exp_increasing (INR m * - (collision * c)) (- r); lra.
Qed.

End Steps.
End Pair.
