(** Total variation against KL and the sequence error rate, for finite laws.

    Statements: [tv/pinsker], [tv/bretagnolle-huber], [tv/at-least-ser].

    Proof of Pinsker's inequality: [ln t >= (t - 1)(5 t + 1) / (2 t (t + 2))] for [t > 0], as the difference is 0 at 1
    and has the derivative [(t - 1)^3 / (t (t + 2))^2]. With [t = q/p] and any [c] each term of the divergence is at
    least [q - p + c |q - p| - c^2 (q + 2 p) / 6]. Sum, and let [c] be the sum of [|q - p|].
    Of Bretagnolle and Huber's: [TV^2 <= 1 - B^2] by Cauchy and Schwarz, [B] the sum of [sqrt (q p)], and
    [B^2 >= exp (-KL)] by Jensen. *)
From Maskbound Require Export Laws.
From Coq Require Import Psatz.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section LowerBoundOfLn.

(** The difference, in partial fractions. *)
Let f u := ln u + (/ 4 * / u + 27 / 4 * / (u + 2)).
Let f' u := / u + (/ 4 * (- / (u * u)) + 27 / 4 * (- / ((u + 2) * (u + 2)))).

Lemma derivable_inv_shift c u : u + c <> 0 -> derivable_pt_lim (fun v => / (v + c)) u (- / ((u + c) * (u + c))).
Proof.
move=> ne.
have d1 : derivable_pt_lim (fun v => v + c) u (1 + 0).
  by apply: derivable_pt_lim_plus; [exact: derivable_pt_lim_id | exact: derivable_pt_lim_const].
have := derivable_pt_lim_div _ _ _ _ _ (derivable_pt_lim_const 1 u) d1 ne.
have -> : (0 * (u + c) - (1 + 0) * fct_cte 1 u) / Rsqr (u + c) = - / ((u + c) * (u + c)).
  by rewrite /fct_cte /Rsqr; field.
apply: derivable_pt_lim_ext => v; rewrite /div_fct /fct_cte; exact: Rmult_1_l.
Qed.

Lemma derivable_f u : 0 < u -> derivable_pt_lim f u (f' u).
Proof.
move=> u0; apply: (derivable_pt_lim_plus ln (fun v => / 4 * / v + 27 / 4 * / (v + 2))).
  exact: derivable_pt_lim_ln.
apply: (derivable_pt_lim_plus (fun v => / 4 * / v) (fun v => 27 / 4 * / (v + 2))).
  apply: (derivable_pt_lim_scal (fun v => / v)); have := @derivable_inv_shift 0 u; rewrite Rplus_0_r => d.
  apply: (derivable_pt_lim_ext (fun v => / (v + 0))) => [v|]; first by rewrite Rplus_0_r.
  by apply: d; lra.
by apply: (derivable_pt_lim_scal (fun v => / (v + 2))); apply: derivable_inv_shift; lra.
Qed.

Lemma f'E u : 0 < u -> f' u = (u - 1) * ((u - 1) * (u - 1) * / (u * u * ((u + 2) * (u + 2)))).
Proof. by move=> u0; rewrite /f'; field; lra. Qed.

Lemma weight_ge0 u : 0 < u -> 0 <= (u - 1) * (u - 1) * / (u * u * ((u + 2) * (u + 2))).
Proof.
move=> u0; apply: Rmult_le_pos; first exact: Rle_0_sqr.
by apply: Rlt_le; apply: Rinv_0_lt_compat; do !apply: Rmult_lt_0_compat; lra.
Qed.

Lemma f_min t : 0 < t -> 5 / 2 <= f t.
Proof.
move=> t0; have f1 : f 1 = 5 / 2 by rewrite /f ln_1; field.
case: (Rtotal_order t 1) => [lt|[->|gt]]; last 2 first.
- by rewrite f1; lra.
- have [c [e [c1 c2]]] := MVT_cor2 f f' 1 t gt (fun c h => derivable_f (ltac:(lra) : 0 < c)).
  rewrite f1 in e; have c0 : 0 < c by lra.
  have h := Rmult_le_pos _ _ (Rmult_le_pos (c - 1) _ (ltac:(lra)) (weight_ge0 c0)) (ltac:(lra) : 0 <= t - 1).
  by rewrite f'E // in e; rewrite -e in h; lra.
have [c [e [c1 c2]]] := MVT_cor2 f f' t 1 lt (fun c h => derivable_f (ltac:(lra) : 0 < c)).
rewrite f1 in e; have c0 : 0 < c by lra.
have h := Rmult_le_pos _ _ (Rmult_le_pos (1 - c) _ (ltac:(lra)) (weight_ge0 c0)) (ltac:(lra) : 0 <= 1 - t).
rewrite f'E // in e; move: h e; set W := _ * / _; move: W => W h e.
have : (1 - c) * W * (1 - t) = (c - 1) * W * (t - 1) by ring.
by move: e; lra.
Qed.

Lemma ln_lower t : 0 < t -> (t - 1) * (5 * t + 1) / (2 * t * (t + 2)) <= ln t.
Proof.
move=> t0; have := f_min t0; rewrite /f.
suff -> : (t - 1) * (5 * t + 1) / (2 * t * (t + 2)) = 5 / 2 - (/ 4 * / t + 27 / 4 * / (t + 2)) by lra.
by field; lra.
Qed.

End LowerBoundOfLn.

(** One term of the divergence. *)
Lemma pinsker_term c a b : 0 <= c -> 0 <= a -> 0 <= b -> (0 < a -> 0 < b) ->
  a - b + c * Rabs (a - b) - c * c * (a + 2 * b) / 6 <= a * ln (a / b).
Proof.
move=> c0 a0 b0 dom; case: a0 => [a0|<-]; last first.
  rewrite Rmult_0_l Rminus_0_l Rabs_Ropp Rabs_pos_eq //.
  suff : 0 <= b * (1 - c + c * c / 3) by lra.
  by apply: Rmult_le_pos => //; have := Rle_0_sqr (c - 3 / 2); rewrite /Rsqr; lra.
have {}b0 := dom a0; have ab := div_gt0 a0 b0.
have s0 : 0 < a + 2 * b by lra.
have := Rmult_le_compat_l a _ _ (Rlt_le _ _ a0) (ln_lower ab).
have -> : a * ((a / b - 1) * (5 * (a / b) + 1) / (2 * (a / b) * (a / b + 2))) =
  a - b + 3 / 2 * ((a - b) * (a - b) / (a + 2 * b)) by field; lra.
suff : c * Rabs (a - b) - c * c * (a + 2 * b) / 6 <= 3 / 2 * ((a - b) * (a - b) / (a + 2 * b)) by lra.
have sq : Rabs (a - b) * Rabs (a - b) = (a - b) * (a - b) by rewrite -[LHS]/(Rsqr _) -Rsqr_abs.
rewrite -sq; set d := Rabs (a - b); set s := a + 2 * b in s0 *.
have -> : 3 / 2 * (d * d / s) = c * d - c * c * s / 6 + (3 * d - c * s) * (3 * d - c * s) / (6 * s) by field; lra.
have : 0 <= (3 * d - c * s) * (3 * d - c * s) / (6 * s) by apply: div_ge0; [exact: Rle_0_sqr | lra].
by lra.
Qed.

Section Pinsker.
Variables (S : finType) (q : law S) (p : S -> R).
Hypotheses (p_ge0 : forall x, 0 <= p x) (p_sum : \sum_x p x <= 1).

Definition l1 : R := \sum_x Rabs (q x - p x).

(** tv/pinsker: half the square of the distance in L1; a law of less than mass 1 is allowed. *)
Theorem pinsker : xle (Fin (l1 * l1 / 2)) (kl q p).
Proof.
rewrite /kl; case: ifP => //= /dominatedP dom.
have l0 : 0 <= l1 by apply: sum_ge0 => x _; exact: Rabs_pos.
have : \sum_x (q x - p x + l1 * Rabs (q x - p x) - l1 * l1 * (q x + 2 * p x) / 6) <= divergence q p.
  by apply: sum_le => x _; apply: pinsker_term => //; [exact: pmf_ge0 | exact: dom].
rewrite sum_sub big_split /= sum_sub -big_distrr /= -/l1 pmf_sum.
have -> : \sum_x l1 * l1 * (q x + 2 * p x) / 6 = l1 * l1 / 6 * (1 + 2 * \sum_x p x).
  have <- : \sum_x (q x + 2 * p x) = 1 + 2 * \sum_x p x by rewrite big_split /= -big_distrr /= pmf_sum.
  by rewrite [RHS]big_distrr /=; apply: eq_bigr => x _; field.
by have := p_sum; move: (\sum_x p x) => P; nra.
Qed.

(** Total variation, as half the distance in L1. *)
Definition tv : R := l1 / 2.

Corollary pinsker_tv : xle (Fin (2 * (tv * tv))) (kl q p).
Proof. by have := pinsker; case: kl => //= r; rewrite /tv; lra. Qed.

Hypothesis p_mass : \sum_x p x = 1.

(** tv/at-least-ser *)
Theorem tv_at_least_ser : ser q p <= tv.
Proof.
have inside : ser q p = \sum_(x | positive (q x)) (q x - p x) by rewrite sum_sub support_mass.
have outside : ser q p = \sum_(x | ~~ positive (q x)) p x.
  by rewrite /ser -p_mass (bigID (fun x => positive (q x))) /=; lra.
have two : ser q p + ser q p <= l1.
  rewrite {1}inside outside /l1 [X in _ <= X](bigID (fun x => positive (q x))) /=.
  apply: Rplus_le_compat; apply: sum_le => x h.
    exact: Rle_abs.
  have -> : q x = 0 by move: h; case: positiveP => // n _; have [|] := pmf_cases q x.
  by rewrite Rminus_0_l Rabs_Ropp; exact: Rle_abs.
by rewrite /tv; lra.
Qed.

Definition affinity : R := \sum_x sqrt (q x) * sqrt (p x).

Lemma tv_affinity : tv * tv <= 1 - affinity * affinity.
Proof.
pose a x := Rabs (sqrt (q x) - sqrt (p x)); pose b x := sqrt (q x) + sqrt (p x).
have sq x : sqrt (q x) * sqrt (q x) = q x by apply: sqrt_sqrt; exact: pmf_ge0.
have sp x : sqrt (p x) * sqrt (p x) = p x by apply: sqrt_sqrt; exact: p_ge0.
have b0 x : 0 <= b x by apply: Rplus_le_le_0_compat; exact: sqrt_pos.
have -> : tv = (\sum_x a x * b x) / 2.
  rewrite /tv /l1; congr (_ / 2); apply: eq_bigr => x _.
  rewrite /a -[X in _ = _ * X]Rabs_pos_eq // -Rabs_mult /b; congr Rabs.
  by rewrite -{1}(sq x) -{1}(sp x); ring.
have A2 : \sum_x a x * a x = 2 - 2 * affinity.
  transitivity (\sum_x (q x + p x - sqrt (q x) * sqrt (p x) * 2)).
    apply: eq_bigr => x _; rewrite /a -Rabs_mult Rabs_pos_eq; last exact: Rle_0_sqr.
    by have := sq x; have := sp x; lra.
  by rewrite sum_sub big_split /= pmf_sum p_mass -big_distrl /= -/affinity; ring.
have B2 : \sum_x b x * b x = 2 + 2 * affinity.
  transitivity (\sum_x (q x + p x + sqrt (q x) * sqrt (p x) * 2)).
    by apply: eq_bigr => x _; rewrite /b; have := sq x; have := sp x; lra.
  by rewrite !big_split /= pmf_sum p_mass -big_distrl /= -/affinity; ring.
by have := cauchy_schwarz a b; rewrite A2 B2; lra.
Qed.

(** tv/bretagnolle-huber *)
Theorem bretagnolle_huber : tv * tv <= 1 - xexp_opp (kl q p).
Proof.
apply: Rle_trans tv_affinity _; apply: Rplus_le_compat_l; apply: Ropp_le_contravar.
rewrite /kl; case: ifP => [/dominatedP dom|_] /=; last exact: Rle_0_sqr.
pose f x := sqrt (p x) / sqrt (q x).
have f0 x : 0 < q x -> 0 < f x by move=> x0; apply: div_gt0; apply: sqrt_lt_R0 => //; exact: dom.
have fE : mean q f = affinity.
  transitivity (\sum_(x | positive (q x)) q x * f x); first exact: support_sum.
  rewrite /affinity [RHS](bigID (fun x => positive (q x))) /= [X in _ = _ + X]big1 => [|x h]; last first.
    have -> : q x = 0 by move: h; case: positiveP => // n _; have [|] := pmf_cases q x.
    by rewrite sqrt_0 Rmult_0_l.
  rewrite Rplus_0_r; apply: eq_bigr => x /positiveP x0; rewrite /f -{1}(sqrt_sqrt (q x)); last exact: pmf_ge0.
  by have := sqrt_lt_R0 _ x0; move: (sqrt (q x)) => c c0; field; lra.
have lnf : mean q (fun x => ln (f x)) = - (1 / 2) * divergence q p.
  rewrite -[divergence q p]/(mean q (fun x => ln (q x / p x))) -mean_scale; apply: mean_eq => x x0.
  have p0 := dom x x0; have sq0 := sqrt_lt_R0 _ x0; have sp0 := sqrt_lt_R0 _ p0.
  have eq : ln (q x) = ln (sqrt (q x)) + ln (sqrt (q x)) by rewrite -ln_mult // sqrt_sqrt //; lra.
  have ep : ln (p x) = ln (sqrt (p x)) + ln (sqrt (p x)) by rewrite -ln_mult // sqrt_sqrt //; lra.
  by rewrite /f ln_div // ln_div // eq ep; lra.
have aff0 : 0 < affinity.
  rewrite -fE; have [x x0] := support_inhabited q; apply: (sum_gt0 (j := x)) => // [y _|].
    by have [->|y0] := pmf_cases q y; [lra | apply: Rmult_le_pos; apply: Rlt_le => //; exact: f0].
  by apply: Rmult_lt_0_compat => //; exact: f0.
have := jensen_ln f0; rewrite lnf fE => jensen.
have -> : affinity * affinity = exp (ln affinity + ln affinity) by rewrite exp_plus exp_ln.
have : - divergence q p <= ln affinity + ln affinity by lra.
by case=> [lt|->]; [exact: Rlt_le (exp_increasing _ _ lt) | exact: Rle_refl].
Qed.

End Pinsker.
