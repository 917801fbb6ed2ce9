(** Pinsker's inequality for finite laws.

    Statement: [tv/pinsker].

    Proof: [ln t >= (t - 1)(5 t + 1) / (2 t (t + 2))] for [t > 0], as the difference is 0 at 1 and has the derivative
    [(t - 1)^3 / (t (t + 2))^2]. With [t = q/p] and any [c] this makes each term of the divergence at least
    [q - p + c |q - p| - c^2 (q + 2 p) / 6]. Sum, and let [c] be the sum of [|q - p|]. *)
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

(** Total variation, as half the distance in L1, or as the mass that [p] lacks where [q] is larger. *)
Definition tv : R := l1 / 2.

Corollary pinsker_tv : xle (Fin (2 * (tv * tv))) (kl q p).
Proof. by have := pinsker; case: kl => //= r; rewrite /tv; lra. Qed.

End Pinsker.
